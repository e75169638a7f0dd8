package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads environment variables: a list of `K=V`, or an object. A bare `K`, or a null value, takes away what was there
/// before.
public record EnvironmentReader(Fields fields, Faults faults) {
    /// As `K=V` and bare `K`; none if the field is not there or is wrong.
    public List<String> read(String name) {
        Optional<Json> value = fields.raw(name);
        if (value.isEmpty()) return List.of();
        return switch (value.get()) {
            case Json.Arr _ -> list(name);
            case Json.Obj object -> object(name, object);
            case Json other -> {
                faults.add(name, "must be a list of \"K=V\" or an object, not " + other.kind());
                yield List.of();
            }
        };
    }

    private List<String> list(String name) {
        return fields.list(name, (entry, at) -> {
                    Optional<String> text = fields.text(entry, at);
                    text.ifPresent(it -> check(it, at, faults));
                    return text;
                })
                .orElse(List.of());
    }

    private List<String> object(String name, Json.Obj object) {
        List<String> entries = new ArrayList<>();
        object.fields().forEach((key, inner) -> {
            String at = name + "." + key;
            check(key, at, faults);
            if (key.indexOf('=') > 0) faults.add(at, "a name must not contain '='");
            if (inner.isNull()) entries.add(key);
            else fields.text(inner, at).ifPresent(text -> entries.add(key + "=" + text));
        });
        return entries;
    }

    /// Whether it can be a variable, or the name of one.
    public static void check(String entry, String at, Faults faults) {
        if (entry.indexOf('\0') >= 0) faults.add(at, "must not contain a NUL character");
        if (entry.isEmpty() || entry.startsWith("=")) faults.add(at, "needs a name before the '='");
    }
}
