package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import java.time.Duration;
import java.util.List;

/// The network calls of Docker's API.
final class DockerNetworks implements EngineNetworks {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final Duration READ = Duration.ofSeconds(10);
    /// Drivers may be plugins that live elsewhere.
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private final Conversation conversation;

    DockerNetworks(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public List<Network> list() {
        Json all = conversation.demand(
                Request.get("/networks", "list the networks").within(READ));
        return Conversation.read(
                "a network",
                () -> all.items().stream().map(DockerNetworks::network).toList());
    }

    @Override
    public String create(NetworkSpec spec) {
        var body = new ObjBuilder()
                .put("Name", spec.name())
                .put("CheckDuplicate", true) // newer engines always do
                .put("Internal", spec.internal())
                .put(
                        "EnableIPv6",
                        spec.ranges().stream().anyMatch(it -> it.subnet().indexOf(':') >= 0))
                .put("Labels", Json.of(spec.labels()));
        spec.driver().ifPresent(it -> body.put("Driver", it));
        if (!spec.ranges().isEmpty())
            body.put("IPAM", new ObjBuilder().put("Config", ranges(spec)).build());
        try {
            Json answer = conversation.ask(Request.post("/networks/create", "create a network")
                    .body(body.build())
                    .within(PATIENT));
            return answer.get("Id")
                    .someText()
                    .orElseThrow(() -> new Failure.EngineNonsense("the engine created a network without an id", null));
        } catch (Refused refused) {
            throw refusal(refused, spec.name()).saidByEngine(refused.message());
        }
    }

    @Override
    public void remove(String id) {
        try {
            conversation.call(Request.delete("/networks/" + Request.segment(id), "remove a network")
                    .within(PATIENT));
        } catch (Refused refused) {
            boolean gone = refused.status() == NOT_FOUND && refused.hasMessage();
            if (!gone) throw removal(refused).saidByEngine(refused.message());
        }
    }

    private static Json ranges(NetworkSpec spec) {
        return new Json.Arr(spec.ranges().stream()
                .<Json>map(it -> {
                    var range = new ObjBuilder().put("Subnet", it.subnet());
                    it.gateway().ifPresent(gateway -> range.put("Gateway", gateway));
                    return range.build();
                })
                .toList());
    }

    private static Failure refusal(Refused refused, String name) {
        String message = refused.message();
        boolean exists = refused.status() == CONFLICT
                || message.contains("already exists")
                || message.contains("already used")
                || message.contains("on predefined");
        if (exists) return new Failure.Conflict("network-exists", "there is a network '" + name + "' already");
        boolean overlaps = message.contains("overlaps") || message.contains("already used on the host");
        if (overlaps)
            return new Failure.Conflict("subnet-taken", "the subnet overlaps with one that another network has");
        return new Failure.Rejected("network-refused", "the engine refused to create the network");
    }

    private static Failure removal(Refused refused) {
        String message = refused.message();
        if (message.contains("pre-defined") || message.contains("default network"))
            return new Failure.Conflict("network-predefined", "a network of the engine's own cannot be removed");
        boolean used =
                refused.status() == CONFLICT || message.contains("active endpoints") || message.contains("in use");
        if (used) return new Failure.Conflict("network-in-use", "the network is in use");
        return new Failure.Rejected("network-refused", "the engine refused to remove the network");
    }

    private static Network network(Json json) {
        List<Network.Range> ranges = json.at("IPAM", "Config").items().stream()
                .flatMap(it -> it.get("Subnet").someText().stream()
                        .map(subnet ->
                                new Network.Range(subnet, it.get("Gateway").someText())))
                .toList();
        return new Network(
                json.get("Id").someText().orElseThrow(() -> new Failure.Invalid("it has no id")),
                json.get("Name").textOrEmpty(),
                json.get("Driver").textOrEmpty(),
                ranges,
                json.get("Internal").isTrue(),
                ContainerJson.texts(json.get("Labels")),
                ContainerJson.time(json.get("Created")));
    }
}
