package dev.berth.json;

import dev.berth.model.Faults;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// Reads the fields of a request's object; whatever is wrong becomes a fault and reading goes on.
///
/// A field that is null counts as absent.
public final class Fields {
    private final Map<String, Json> entries;
    private final String path;
    private final Faults faults;
    private final Set<String> known = new HashSet<>();

    private Fields(Map<String, Json> entries, String path, Faults faults) {
        this.entries = entries;
        this.path = path;
        this.faults = faults;
    }

    /// @param path where the value stands, empty for the whole body
    public static Fields of(Json value, String path, Faults faults) {
        if (!(value instanceof Json.Obj))
            faults.add(path.isEmpty() ? "body" : path, "must be an object, not " + value.kind());
        return new Fields(value.fields(), path, faults);
    }

    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// The value as it came.
    public Optional<Json> raw(String name) {
        known.add(name);
        return Optional.ofNullable(entries.get(name)).filter(it -> !it.isNull());
    }

    /// Whether it was named at all, also as null.
    public boolean stands(String name) {
        return entries.containsKey(name);
    }

    public Optional<String> string(String name) {
        return raw(name).flatMap(value -> text(value, path(name)));
    }

    /// A string made into a value; the parser's complaint becomes the field's fault.
    public <T> Optional<T> parsed(String name, Function<String, T> parser) {
        return string(name).flatMap(text -> faults.parse(path(name), () -> parser.apply(text)));
    }

    public boolean bool(String name, boolean otherwise) {
        return raw(name)
                .map(value -> {
                    if (value instanceof Json.Bool(boolean bool)) return bool;
                    faults.add(path(name), "must be true or false, not " + value.kind());
                    return otherwise;
                })
                .orElse(otherwise);
    }

    public OptionalLong whole(String name, long least, long most) {
        Optional<Json> value = raw(name);
        if (value.isEmpty()) return OptionalLong.empty();
        OptionalLong whole = value.get().whole();
        if (whole.isPresent() && whole.getAsLong() >= least && whole.getAsLong() <= most) return whole;
        faults.add(path(name), "must be a whole number from " + least + " to " + most);
        return OptionalLong.empty();
    }

    public Optional<BigDecimal> number(String name) {
        return raw(name).flatMap(value -> {
            if (value instanceof Json.Num(var number)) return Optional.of(number);
            faults.add(path(name), "must be a number, not " + value.kind());
            return Optional.empty();
        });
    }

    /// The items of a list, each read by `item` with its own path; absent is empty.
    public <T> Optional<List<T>> list(String name, ItemReader<T> item) {
        return raw(name).flatMap(value -> {
            if (!(value instanceof Json.Arr(var items))) {
                faults.add(path(name), "must be a list, not " + value.kind());
                return Optional.empty();
            }
            List<T> read = new ArrayList<>();
            for (int i = 0; i < items.size(); i++)
                item.read(items.get(i), path(name) + "[" + i + "]").ifPresent(read::add);
            return Optional.of(read);
        });
    }

    public Optional<List<String>> strings(String name) {
        return list(name, this::text);
    }

    /// The entries of an object, in the order of their keys, each read by `item` with its own path.
    public <T> Map<String, T> entries(String name, ItemReader<T> item) {
        var read = new TreeMap<String, T>();
        raw(name).ifPresent(value -> {
            if (value instanceof Json.Obj(var all))
                all.forEach(
                        (key, inner) -> item.read(inner, path(name) + "." + key).ifPresent(it -> read.put(key, it)));
            else faults.add(path(name), "must be an object, not " + value.kind());
        });
        return read;
    }

    /// A string at a path, or a fault.
    public Optional<String> text(Json value, String at) {
        if (value instanceof Json.Str(String text)) {
            if (text.indexOf('\0') < 0) return Optional.of(text);
            faults.add(at, "must not contain a NUL character");
            return Optional.empty();
        }
        faults.add(at, "must be a string, not " + value.kind());
        return Optional.empty();
    }

    /// Makes every field that nobody asked for a fault. To be called last.
    public void refuseUnknown() {
        for (String name : entries.keySet()) if (!known.contains(name)) faults.add(path(name), "is not a known field");
    }

    /// Reads one item of a list or an object; nothing if it was at fault.
    @FunctionalInterface
    public interface ItemReader<T> {
        Optional<T> read(Json value, String at);
    }
}
