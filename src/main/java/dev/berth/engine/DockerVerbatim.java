package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import java.time.Duration;

/// The calls of Docker's API whose bodies are handed on.
final class DockerVerbatim implements EngineVerbatim {
    private static final int NOT_FOUND = 404;
    private static final Duration PATIENT = Duration.ofMinutes(3);

    private final Conversation conversation;

    DockerVerbatim(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public ContainerId create(String name, Json body) {
        try {
            Json answer = conversation.ask(Request.post("/containers/create", "create a container")
                    .query("name", name)
                    .body(body)
                    .within(PATIENT));
            return Conversation.read(
                    "a container", () -> new ContainerId(answer.get("Id").textOrEmpty()));
        } catch (Refused refused) {
            throw Refusals.create(refused);
        }
    }

    @Override
    public void connect(String network, ContainerId id, Json settings) {
        var body = new ObjBuilder().put("Container", id.hex()).put("EndpointConfig", settings);
        try {
            conversation.call(Request.post(path(network, "connect"), "connect a container to a network")
                    .body(body.build())
                    .within(PATIENT));
        } catch (Refused refused) {
            boolean already = refused.hasMessage() && refused.message().contains("already exists in network");
            if (!already) throw Refusals.create(refused);
        }
    }

    @Override
    public void disconnect(String network, ContainerId id) {
        var body = new ObjBuilder().put("Container", id.hex()).put("Force", true);
        try {
            conversation.call(Request.post(path(network, "disconnect"), "take a container off a network")
                    .body(body.build())
                    .within(PATIENT));
        } catch (Refused refused) {
            boolean off = refused.hasMessage()
                    && (refused.status() == NOT_FOUND || refused.message().contains("is not connected to"));
            if (!off) throw Refusals.container(refused, id, "take it off a network");
        }
    }

    private static String path(String network, String doing) {
        return "/networks/" + Request.segment(network) + "/" + doing;
    }
}
