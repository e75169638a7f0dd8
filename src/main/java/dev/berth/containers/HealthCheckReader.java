package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Faults;
import dev.berth.model.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads how a container's health is to be found out.
final class HealthCheckReader {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int MOST_RETRIES = 1_000_000;

    private final Fields fields;
    private final Faults faults;
    private final Spans spans;

    HealthCheckReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
        this.spans = new Spans(faults);
    }

    Optional<HealthCheck> read(String name) {
        return fields.raw(name).map(value -> read(Fields.of(value, name, faults)));
    }

    private HealthCheck read(Fields check) {
        boolean disable = check.bool("disable", false);
        Optional<Json> raw = check.raw("test");
        boolean none = raw.filter(HealthCheckReader::isNone).isPresent();
        Optional<HealthCheck.Test> test = none ? Optional.empty() : raw.flatMap(it -> test(it, check));
        Optional<Duration> interval = span(check, "interval");
        Optional<Duration> timeout = span(check, "timeout");
        OptionalLong retries = check.whole("retries", 1, MOST_RETRIES);
        Optional<Duration> startPeriod = span(check, "start_period");
        check.refuseUnknown();
        boolean more = (raw.isPresent() && !none)
                || interval.isPresent()
                || timeout.isPresent()
                || retries.isPresent()
                || startPeriod.isPresent();
        if (disable || none) {
            if (more) faults.add(check.path(disable ? "disable" : "test"), "a check that is switched off says no more");
            return HealthCheck.DISABLED;
        }
        return new HealthCheck(
                false,
                test,
                interval,
                timeout,
                retries.isPresent() ? OptionalInt.of((int) retries.getAsLong()) : OptionalInt.empty(),
                startPeriod);
    }

    private Optional<Duration> span(Fields check, String name) {
        return check.raw(name).flatMap(it -> spans.read(it, check.path(name), DAY));
    }

    private static boolean isNone(Json test) {
        return test.items().size() == 1 && test.texts().equals(List.of("NONE"));
    }

    /// A string is a line for the shell; a list a program with its arguments, or what Docker's own files write:
    /// `["CMD", program, …]` and `["CMD-SHELL", line]`.
    private Optional<HealthCheck.Test> test(Json value, Fields check) {
        if (value instanceof Json.Str)
            return check.string("test").filter(this::saysSomething).map(it -> new HealthCheck.Test(true, List.of(it)));
        if (!(value instanceof Json.Arr)) {
            faults.add(check.path("test"), "must be a string or a list of strings, not " + value.kind());
            return Optional.empty();
        }
        List<String> words = check.strings("test").orElse(List.of());
        boolean named = !words.isEmpty()
                && (words.getFirst().equals("CMD") || words.getFirst().equals("CMD-SHELL"));
        boolean shell = named && words.getFirst().equals("CMD-SHELL");
        List<String> command = named ? words.subList(1, words.size()) : words;
        boolean complete = words.size() == value.items().size();
        if (complete && (command.isEmpty() || (shell && command.size() > 1))) {
            faults.add(check.path("test"), shell ? "takes one line after CMD-SHELL" : "must name a program");
            return Optional.empty();
        }
        return complete ? Optional.of(new HealthCheck.Test(shell, List.copyOf(command))) : Optional.empty();
    }

    private boolean saysSomething(String line) {
        if (line.isBlank()) faults.add("healthcheck.test", "must not be empty");
        return !line.isBlank();
    }
}
