package dev.berth.engine;

import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import dev.berth.json.ObjBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The engine's events.
final class EventJson {
    private static final List<String> TYPES = List.of("container", "image", "network", "volume", "daemon");

    /// A list of what is wanted, as the engine knows no other: exec, attach, top and resize must stay out
    /// before the engine's buffer, which drops silently. `health_status` makes the engine compare by
    /// prefix, so that `health_status: healthy` passes too. `remove` and `died` are Podman's words. A
    /// push gives an image a digest.
    private static final List<String> ACTIONS = List.of(
            "create",
            "start",
            "restart",
            "stop",
            "kill",
            "die",
            "died",
            "oom",
            "pause",
            "unpause",
            "rename",
            "update",
            "destroy",
            "remove",
            "health_status",
            "prune",
            "connect",
            "disconnect",
            "tag",
            "untag",
            "pull",
            "push",
            "load",
            "import",
            "delete",
            "reload");

    private static final Pattern BARE_ID = Pattern.compile("[0-9a-f]{64}");

    private EventJson() {}

    static Request request(Instant since) {
        Json filters = new ObjBuilder().put("type", TYPES).put("event", ACTIONS).build();
        return Request.get("/events", "follow the events")
                .query("since", String.format(Locale.ROOT, "%d.%09d", since.getEpochSecond(), since.getNano()))
                .query("filters", new String(JsonWriter.bytes(filters), StandardCharsets.UTF_8));
    }

    /// From now on. `exec_start` is compared by prefix too.
    static Request execs() {
        Json filters = new ObjBuilder()
                .put("type", List.of("container"))
                .put("event", List.of("exec_start", "exec_die"))
                .build();
        return Request.get("/events", "follow what is executed")
                .query("filters", new String(JsonWriter.bytes(filters), StandardCharsets.UTF_8));
    }

    static TranslatedStream.Step<EngineEvent> read(Json json) {
        String type = json.get("Type").textOrEmpty();
        String action = json.get("Action").textOrEmpty();
        if (type.isEmpty() || action.isEmpty()) return new TranslatedStream.Step.Skip<>();
        var attributes = new TreeMap<String, String>();
        json.at("Actor", "Attributes").fields().forEach((key, value) -> attributes.put(key, value.textOrEmpty()));
        long seconds = json.get("time").wholeOr(0);
        long nanos = json.get("timeNano").wholeOr(TimeUnit.SECONDS.toNanos(seconds));
        return new TranslatedStream.Step.Item<>(new EngineEvent(
                type, word(type, action), id(type, json.at("Actor", "ID").textOrEmpty()), attributes, nanos));
    }

    /// Docker's word for what Podman calls otherwise.
    private static String word(String type, String action) {
        return switch (action) {
            case "died" -> "die";
            case "remove" -> type.equals("image") ? "delete" : "destroy";
            default -> action;
        };
    }

    /// Podman leaves an image id's `sha256:` out.
    private static String id(String type, String id) {
        return type.equals("image") && BARE_ID.matcher(id).matches() ? "sha256:" + id : id;
    }
}
