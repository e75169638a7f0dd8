package dev.berth.updates;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a successor's `Config` is made of: its forerunner's, less what that merely inherited from its image, so
/// that the new image's defaults apply. An inspect shows both merged; a setting by hand that equals the image's
/// cannot be told from an inherited one and counts as such.
///
/// The rules of merging: <https://github.com/moby/moby/blob/v20.10.24/daemon/commit.go>, `merge`.
final class SuccessorConfig {
    private static final String NO_CHECK = "NONE";
    /// What an image may bring and no container has by itself.
    private static final Set<String> WHOLE = Set.of("User", "WorkingDir", "StopSignal", "Shell");
    private static final Set<String> KEYED = Set.of("Volumes", "ExposedPorts");
    /// What means something only where it was made.
    private static final Set<String> DROPPED = Set.of("OnBuild", "ArgsEscaped");

    private final Json config;
    private final Json inherited;
    private final TreeMap<String, Json> next;

    /// @param config of the container
    /// @param inherited the `Config` of the image that it runs
    private SuccessorConfig(Json config, Json inherited) {
        this.config = config;
        this.inherited = inherited;
        this.next = new TreeMap<>(config.fields());
    }

    /// @param config of the container
    /// @param inherited the `Config` of the image that it runs
    /// @param brought the labels of the image that the successor will run
    static Map<String, Json> of(Json config, Json inherited, Json brought) {
        var successor = new SuccessorConfig(config, inherited);
        successor.environment();
        successor.next.put("Labels", successor.labels(brought));
        successor.command();
        successor.healthCheck();
        successor.theRest();
        return successor.next;
    }

    private void environment() {
        Map<String, String> image = variables(inherited.get("Env"));
        List<String> kept = new ArrayList<>();
        variables(config.get("Env")).forEach((name, entry) -> {
            if (!entry.equals(image.get(name))) kept.add(entry);
        });
        next.put("Env", Json.of(kept));
    }

    /// Whole entries by name; one without `=` takes the image's away.
    private static Map<String, String> variables(Json list) {
        var variables = new LinkedHashMap<String, String>();
        for (String entry : list.texts()) {
            int equals = entry.indexOf('=');
            variables.put(equals < 0 ? entry : entry.substring(0, equals), entry);
        }
        return variables;
    }

    /// No image may steer us: what one says under our prefix is overwritten with nothing.
    private Json labels(Json brought) {
        var labels = new TreeMap<String, Json>();
        config.get("Labels").fields().forEach((key, value) -> {
            if (!value.equals(inherited.get("Labels").get(key)) && !UpdateLabels.isOfOneLife(key))
                labels.put(key, value);
        });
        brought.fields().forEach((key, _) -> {
            if (key.startsWith(UpdateLabels.OURS)) labels.putIfAbsent(key, Json.of(""));
        });
        return new Json.Obj(labels);
    }

    /// A pair, as engines merge them: an entrypoint of the user's keeps the image's command away.
    private void command() {
        List<String> entrypoint = config.get("Entrypoint").texts();
        List<String> command = config.get("Cmd").texts();
        List<String> imageEntrypoint = inherited.get("Entrypoint").texts();
        List<String> imageCommand = inherited.get("Cmd").texts();
        next.remove("Entrypoint");
        next.remove("Cmd");
        if (!entrypoint.equals(imageEntrypoint)) {
            next.put("Entrypoint", Json.of(entrypoint.isEmpty() ? List.of("") : entrypoint));
            next.put("Cmd", Json.of(command));
        } else if (!command.equals(imageCommand)) {
            if (command.isEmpty()) next.put("Entrypoint", Json.of(entrypoint));
            next.put("Cmd", Json.of(command));
        }
    }

    private void healthCheck() {
        Json check = config.get("Healthcheck");
        Json image = inherited.get("Healthcheck");
        next.remove("Healthcheck");
        if (check.equals(image) || check.isNull()) return;
        if (check.get("Test").texts().equals(List.of(NO_CHECK))) {
            next.put(
                    "Healthcheck",
                    new ObjBuilder().put("Test", List.of(NO_CHECK)).build());
            return;
        }
        var own = new TreeMap<>(check.fields());
        own.entrySet().removeIf(it -> it.getValue().equals(image.get(it.getKey())));
        if (!own.isEmpty()) next.put("Healthcheck", new Json.Obj(own));
    }

    private void theRest() {
        for (String field : WHOLE) if (config.get(field).equals(inherited.get(field))) next.remove(field);
        for (String field : KEYED) {
            var own = new TreeMap<>(config.get(field).fields());
            own.keySet().removeAll(inherited.get(field).fields().keySet());
            if (own.isEmpty()) next.remove(field);
            else next.put(field, new Json.Obj(own));
        }
        for (String field : DROPPED) next.remove(field);
        if (config.get("MacAddress").someText().isEmpty()) next.remove("MacAddress");
    }

    /// What differs between two images, as far as a container would feel it, by the names of the API.
    static Json changes(Json before, Json after) {
        var changes = new ObjBuilder();
        changed("environment", texts(variables(before.get("Env"))), texts(variables(after.get("Env"))))
                .ifPresent(it -> changes.put("environment", it));
        changed("labels", before.get("Labels").fields(), after.get("Labels").fields())
                .ifPresent(it -> changes.put("labels", it));
        changed(
                        "ports",
                        before.get("ExposedPorts").fields(),
                        after.get("ExposedPorts").fields())
                .ifPresent(it -> changes.put("ports", it));
        changed("volumes", before.get("Volumes").fields(), after.get("Volumes").fields())
                .ifPresent(it -> changes.put("volumes", it));
        for (var field : Map.of(
                        "entrypoint", "Entrypoint",
                        "command", "Cmd",
                        "user", "User",
                        "working_dir", "WorkingDir",
                        "stop_signal", "StopSignal",
                        "healthcheck", "Healthcheck")
                .entrySet()) {
            Json old = before.get(field.getValue());
            Json now = after.get(field.getValue());
            if (!old.equals(now))
                changes.put(
                        field.getKey(),
                        new ObjBuilder().put("before", old).put("after", now).build());
        }
        return changes.build();
    }

    private static Map<String, Json> texts(Map<String, String> entries) {
        var values = new TreeMap<String, Json>();
        entries.forEach((name, entry) ->
                values.put(name, Json.of(entry.substring(Math.min(entry.length(), name.length() + 1)))));
        return values;
    }

    private static Optional<Json> changed(String what, Map<String, Json> before, Map<String, Json> after) {
        var all = new TreeMap<String, Json>();
        boolean names = what.equals("ports") || what.equals("volumes"); // whose values say nothing
        before.forEach((key, value) -> {
            if (!value.equals(after.get(key))) all.put(key, step(names, value, after.get(key)));
        });
        after.forEach((key, value) -> {
            if (!before.containsKey(key)) all.put(key, step(names, null, value));
        });
        return all.isEmpty() ? Optional.empty() : Optional.of(new Json.Obj(all));
    }

    private static Json step(boolean names, @Nullable Json before, @Nullable Json after) {
        if (names) return Json.of(before == null ? "added" : "removed");
        return new ObjBuilder()
                .put("before", before == null ? Json.Null.VALUE : before)
                .put("after", after == null ? Json.Null.VALUE : after)
                .build();
    }
}
