package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A create, with what several calls of Docker's API make of it.
final class ContainerCreation {
    private static final Duration PATIENT = Duration.ofMinutes(3);

    private final Conversation conversation;
    private final Consumer<ContainerId> removal;
    private volatile @Nullable LogDriver logDriver;

    ContainerCreation(Conversation conversation, Consumer<ContainerId> removal) {
        this.conversation = conversation;
        this.removal = removal;
    }

    ContainerId create(ContainerSpec spec) {
        var body = CreateJson.body(spec, logDriver());
        Request create = Request.post("/containers/create", "create a container")
                .body(body)
                .within(PATIENT);
        ContainerId id;
        try {
            Request named = spec.name().map(name -> create.query("name", name)).orElse(create);
            Json answer = conversation.ask(named);
            id = Conversation.read(
                    "a container", () -> new ContainerId(answer.get("Id").textOrEmpty()));
        } catch (Refused refused) {
            throw Refusals.create(refused);
        }
        connect(id, spec.networks());
        return id;
    }

    /// The engine's default; asked once for each time it was met.
    private String logDriver() {
        Engine.Greeting now = conversation.greeting();
        LogDriver known = logDriver;
        if (known != null && known.of().equals(now)) return known.name();
        Json info = conversation.demand(Request.get("/info", "ask for the engine's log driver"));
        String name = info.get("LoggingDriver").textOrEmpty();
        logDriver = new LogDriver(now, name);
        return name;
    }

    private record LogDriver(Engine.Greeting of, String name) {}

    /// A create takes one network before API 1.44, so the others follow; a container that lacks one is not kept.
    private void connect(ContainerId id, List<String> networks) {
        try {
            for (String network : networks.stream().skip(1).toList())
                conversation.call(Request.post(
                                "/networks/" + Request.segment(network) + "/connect",
                                "connect a container to a network")
                        .body(new ObjBuilder().put("Container", id.hex()).build()));
        } catch (Refused refused) {
            throw undone(id, Refusals.create(refused));
        } catch (Failure failure) {
            throw undone(id, failure);
        }
    }

    private Failure undone(ContainerId id, Failure why) {
        try {
            removal.accept(id);
        } catch (Failure alsoFailed) {
            why.addSuppressed(alsoFailed);
        }
        return why;
    }
}
