package dev.berth.attachments;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Faults;
import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the body that asks for a network, and names everything that is wrong with it at once.
public final class NetworkRequestReader {
    private static final int MOST_SUBNETS = 16;

    private final Fields fields;
    private final Faults faults;

    private NetworkRequestReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    /// What is wrong goes to `faults`, and then nothing is returned.
    public static Optional<NetworkSpec> read(Json body, Faults faults) {
        return new NetworkRequestReader(Fields.of(body, "", faults), faults).read();
    }

    private Optional<NetworkSpec> read() {
        var reader = new NameReader(fields, faults);
        Optional<String> name = reader.name();
        Optional<String> driver = reader.driver();
        List<Network.Range> ranges = ranges();
        boolean internal = fields.bool("internal", false);
        Map<String, String> labels = reader.labels();
        fields.refuseUnknown();
        return faults.any() ? Optional.empty() : name.map(it -> new NetworkSpec(it, driver, ranges, internal, labels));
    }

    private List<Network.Range> ranges() {
        List<Subnet> subnets = subnets();
        Optional<String> written = fields.string("gateway");
        Optional<InetAddress> gateway = written.flatMap(Subnet::address);
        if (written.isPresent() && gateway.isEmpty()) faults.add("gateway", "is not an IP address");
        boolean outside =
                gateway.isPresent() && subnets.stream().noneMatch(it -> it.holds(gateway.get())) && !faults.any();
        if (outside)
            faults.add("gateway", subnets.isEmpty() ? "needs subnets to lie in" : "lies in none of the subnets");
        return subnets.stream()
                .map(it -> new Network.Range(
                        it.toString(), gateway.filter(it::holds).map(InetAddress::getHostAddress)))
                .toList();
    }

    /// A string, or a list of strings.
    private List<Subnet> subnets() {
        Optional<Json> value = fields.raw("subnets");
        if (value.isPresent() && value.get() instanceof Json.Str)
            return fields.parsed("subnets", Subnet::parse).stream().toList();
        List<Subnet> subnets = fields.list(
                        "subnets",
                        (item, at) -> fields.text(item, at).flatMap(text -> faults.parse(at, () -> Subnet.parse(text))))
                .orElse(List.of());
        if (subnets.size() > MOST_SUBNETS) faults.add("subnets", "has more than " + MOST_SUBNETS + " subnets");
        List<Subnet> before = new ArrayList<>();
        for (Subnet subnet : subnets) {
            if (before.stream().anyMatch(it -> it.holds(subnet.first()) || subnet.holds(it.first())))
                faults.add("subnets", subnet + " overlaps with another one");
            before.add(subnet);
        }
        return subnets;
    }
}
