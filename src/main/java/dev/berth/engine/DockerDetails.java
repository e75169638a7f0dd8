package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The calls of Docker's API whose answers are handed on.
final class DockerDetails implements EngineDetails {
    private static final int NOT_FOUND = 404;
    private static final Pattern OF_PS = Pattern.compile("^ps\\b|ps: |ps output|ps args|ps arguments|ps_args");

    private final Conversation conversation;

    DockerDetails(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public Json container(ContainerId id, boolean secrets) {
        try {
            return shown(conversation.ask(Request.get("/containers/" + id + "/json", "inspect a container")), secrets);
        } catch (Refused refused) {
            throw Refusals.container(refused, id, "inspect it");
        }
    }

    @Override
    public Json image(ImageId id, boolean secrets) {
        return shown(ofImage(Request.get("/images/" + id.text() + "/json", "inspect an image")), secrets);
    }

    @Override
    public Json history(ImageId id) {
        return ofImage(Request.get("/images/" + id.text() + "/history", "read an image's history"));
    }

    @Override
    public Processes processes(ContainerId id, Optional<String> psArguments) {
        Request top = Request.get("/containers/" + id + "/top", "list a container's processes");
        try {
            Json table = conversation.ask(
                    psArguments.map(it -> top.query("ps_args", it)).orElse(top));
            List<String> titles = table.get("Titles").texts();
            List<List<String>> rows =
                    table.get("Processes").items().stream().map(Json::texts).toList();
            if (titles.isEmpty() || rows.stream().anyMatch(it -> it.size() != titles.size()))
                throw new Failure.EngineNonsense("the engine showed processes that are no table", null);
            return new Processes(titles, rows);
        } catch (Refused refused) {
            if (psArguments.isPresent()
                    && refused.hasMessage()
                    && OF_PS.matcher(refused.message()).find())
                throw new Failure.Rejected("ps-refused", "ps does not take these arguments")
                        .saidByEngine(refused.message());
            throw Refusals.state(refused, id, "list its processes");
        }
    }

    private static Json shown(Json told, boolean secrets) {
        return secrets ? told : SecretValues.masked(told);
    }

    private Json ofImage(Request request) {
        try {
            return conversation.ask(request);
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage())
                throw new Failure.NotFound("no-such-image", "the image is not on this engine")
                        .saidByEngine(refused.message());
            throw Refusals.unexpected(refused, request.doing());
        }
    }
}
