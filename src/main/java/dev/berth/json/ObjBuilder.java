package dev.berth.json;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Puts an object together; what is absent becomes null.
public final class ObjBuilder {
    private final TreeMap<String, Json> entries = new TreeMap<>();

    public ObjBuilder put(String key, Json value) {
        entries.put(key, value);
        return this;
    }

    public ObjBuilder put(String key, String value) {
        return put(key, Json.of(value));
    }

    public ObjBuilder put(String key, long value) {
        return put(key, Json.of(value));
    }

    public ObjBuilder put(String key, double value) {
        return put(key, Json.of(value));
    }

    public ObjBuilder put(String key, boolean value) {
        return put(key, Json.of(value));
    }

    /// RFC 3339 in UTC.
    public ObjBuilder put(String key, Instant value) {
        return put(key, value.toString());
    }

    public ObjBuilder put(String key, Iterable<String> values) {
        return put(key, Json.of(values));
    }

    public ObjBuilder put(String key, OptionalInt value) {
        return put(key, value.isPresent() ? Json.of(value.getAsInt()) : Json.Null.VALUE);
    }

    public ObjBuilder put(String key, OptionalLong value) {
        return put(key, value.isPresent() ? Json.of(value.getAsLong()) : Json.Null.VALUE);
    }

    public ObjBuilder put(String key, OptionalDouble value) {
        return put(key, value.isPresent() ? Json.of(value.getAsDouble()) : Json.Null.VALUE);
    }

    public ObjBuilder putText(String key, Optional<String> value) {
        return put(key, value.map(Json::of).orElse(Json.Null.VALUE));
    }

    public ObjBuilder putTime(String key, Optional<Instant> value) {
        return putText(key, value.map(Instant::toString));
    }

    public Json.Obj build() {
        return new Json.Obj(entries);
    }
}
