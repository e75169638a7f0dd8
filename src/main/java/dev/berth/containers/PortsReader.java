package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.ContainerPort;
import dev.berth.model.Faults;
import dev.berth.model.PortBinding;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads which ports of a container answer where on the host.
final class PortsReader {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"; // a leading 0 would be octal to some
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9a-fA-F:]{2,39}");

    private final Fields fields;
    private final Faults faults;

    PortsReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    Map<ContainerPort, List<PortBinding>> read(String name) {
        var ports = new TreeMap<ContainerPort, List<PortBinding>>();
        fields.entries(name, (value, at) -> Optional.of(new Entry(value, at)))
                .forEach((key, entry) -> faults.parse(entry.at(), () -> ContainerPort.parse(key))
                        .ifPresent(port -> {
                            if (ports.put(port, bindings(entry.value(), entry.at())) != null)
                                faults.add(entry.at(), "is the same port as another entry");
                        }));
        refuseTheSameTwice(ports, name);
        return ports;
    }

    private record Entry(Json value, String at) {}

    private List<PortBinding> bindings(Json value, String at) {
        if (!(value instanceof Json.Arr(List<Json> items)))
            return binding(value, at).map(List::of).orElse(List.of());
        if (items.stream().anyMatch(PortsReader::isAddress)) {
            faults.add(at, "an address belongs into an object: {\"ip\": \"127.0.0.1\", \"port\": 8080}");
            return List.of();
        }
        if (items.isEmpty()) faults.add(at, "must not be empty; null lets the engine pick a port");
        List<PortBinding> bindings = new ArrayList<>();
        for (int i = 0; i < items.size(); i++)
            binding(items.get(i), at + "[" + i + "]").ifPresent(bindings::add);
        return bindings;
    }

    private Optional<PortBinding> binding(Json value, String at) {
        if (!(value instanceof Json.Obj)) return bound(Optional.empty(), value, at);
        var object = Fields.of(value, at, faults);
        Optional<String> ip = object.string("ip").filter(it -> checkAddress(it, at + ".ip"));
        Json port = object.raw("port").orElse(Json.Null.VALUE);
        object.refuseUnknown();
        return bound(ip, port, at + ".port");
    }

    /// A number, a numeric string, or null to let the engine pick.
    private Optional<PortBinding> bound(Optional<String> ip, Json port, String at) {
        return switch (port) {
            case Json.Null() -> Optional.of(new PortBinding(ip, OptionalInt.empty()));
            case Json.Num _ -> numbered(ip, port.whole(), at);
            case Json.Str(String text)
            when NUMBER.matcher(text).matches() -> numbered(ip, OptionalLong.of(Long.parseLong(text)), at);
            case Json.Str _, Json.Bool _, Json.Obj _, Json.Arr _ -> {
                faults.add(at, "must be a port number, null, {\"ip\": …, \"port\": …}, or a list of those");
                yield Optional.empty();
            }
        };
    }

    private Optional<PortBinding> numbered(Optional<String> ip, OptionalLong number, String at) {
        if (number.isEmpty() || number.getAsLong() < 1 || number.getAsLong() > 65_535) {
            faults.add(at, "a port is a whole number from 1 to 65535; null lets the engine pick one");
            return Optional.empty();
        }
        return Optional.of(new PortBinding(ip, OptionalInt.of((int) number.getAsLong())));
    }

    private static boolean isAddress(Json value) {
        return value instanceof Json.Str(String text) && isAddress(text);
    }

    private static boolean isAddress(String text) {
        if (IPV4.matcher(text).matches()) return true;
        if (!IPV6.matcher(text).matches()) return false; // a zone or a port has no place here
        try {
            return !InetAddress.ofLiteral(text).getHostAddress().isEmpty();
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    private boolean checkAddress(String ip, String at) {
        boolean good = isAddress(ip);
        if (!good) faults.add(at, "'" + ip + "' is not an IP address");
        return good;
    }

    private void refuseTheSameTwice(Map<ContainerPort, List<PortBinding>> ports, String name) {
        var seen = new java.util.HashSet<String>();
        ports.forEach((port, bindings) -> {
            for (PortBinding binding : bindings)
                if (binding.port().isPresent()
                        && !seen.add(
                                binding.ip().orElse("") + " " + binding.port().getAsInt() + " " + port.protocol()))
                    faults.add(
                            name + "." + port,
                            "the host's port " + binding.port().getAsInt() + " is given twice");
        });
    }
}
