package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Faults;
import dev.berth.model.Logging;
import dev.berth.model.Ulimit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Reads what a container's processes may use at most, and where their output goes.
final class RuntimeReader {
    private static final Set<String> ULIMITS = new TreeSet<>(Set.of(
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack"));
    private static final Pattern DRIVER = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,127}");

    private final Fields fields;
    private final Faults faults;

    RuntimeReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    Map<String, Ulimit> ulimits() {
        Map<String, Ulimit> ulimits = fields.entries("ulimits", this::ulimit);
        fields.raw("ulimits").map(Json::fields).orElse(Map.of()).keySet().stream()
                .filter(it -> !ULIMITS.contains(it))
                .forEach(it -> faults.add("ulimits." + it, "is not one of " + String.join(", ", ULIMITS)));
        return ulimits;
    }

    /// A number for both, or `{"soft", "hard"}`; -1 is unlimited.
    private Optional<Ulimit> ulimit(Json value, String at) {
        if (value instanceof Json.Num) {
            OptionalLong both = value.exactWhole();
            if (both.isPresent()) return faults.parse(at, () -> new Ulimit(both.getAsLong(), both.getAsLong()));
            faults.add(at, "must be a whole number");
            return Optional.empty();
        }
        if (!(value instanceof Json.Obj)) {
            faults.add(at, "must be a number or {\"soft\": …, \"hard\": …}, not " + value.kind());
            return Optional.empty();
        }
        var pair = Fields.of(value, at, faults);
        OptionalLong soft = half(pair, "soft");
        OptionalLong hard = half(pair, "hard");
        pair.refuseUnknown();
        return soft.isPresent() && hard.isPresent()
                ? faults.parse(at, () -> new Ulimit(soft.getAsLong(), hard.getAsLong()))
                : Optional.empty();
    }

    private OptionalLong half(Fields pair, String name) {
        if (pair.raw(name).isEmpty()) faults.add(pair.path(name), "is required");
        return pair.whole(name, Ulimit.UNLIMITED, Long.MAX_VALUE);
    }

    Logging logging() {
        Optional<String> driver = fields.string("log_driver").filter(text -> {
            boolean good = DRIVER.matcher(text).matches();
            if (!good) faults.add("log_driver", "is not the name of a log driver such as json-file");
            return good;
        });
        Map<String, String> options = fields.entries("log_options", this::option);
        for (String key : options.keySet())
            if (key.isBlank() || key.indexOf('\0') >= 0) faults.add("log_options." + key, "an option needs a name");
        return new Logging(driver, options);
    }

    /// Engines take strings alone; `"max-file": 3` is what people write.
    private Optional<String> option(Json value, String at) {
        OptionalLong whole = value.exactWhole();
        if (whole.isPresent()) return Optional.of(String.valueOf(whole.getAsLong()));
        if (value instanceof Json.Bool(boolean bool)) return Optional.of(String.valueOf(bool));
        return fields.text(value, at);
    }
}
