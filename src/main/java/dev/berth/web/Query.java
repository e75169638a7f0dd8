package dev.berth.web;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The query of a request, strict: what nobody asked for, or is no value, is a fault.
public final class Query {
    private static final int LONGEST_WAIT_SECONDS = 3600;
    private static final Pattern SPAN = Pattern.compile("([1-9]\\d{0,5})([smh])");

    private final List<Pair> pairs;

    private record Pair(String name, String value) {}

    private Query(List<Pair> pairs) {
        this.pairs = pairs;
    }

    /// @throws Failure.Invalid if an escape is broken
    static Query parse(String raw) {
        List<Pair> pairs = new ArrayList<>();
        for (String part : raw.split("&", -1)) {
            if (part.isEmpty()) continue;
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            pairs.add(new Pair(decoded(name), decoded(value)));
        }
        return new Query(pairs);
    }

    private static String decoded(String text) {
        return Percent.decode("query", text.replace('+', ' '));
    }

    /// @throws Failure.Invalid naming every parameter that a route does not have
    void refuseUnknown(Set<String> known) {
        var faults = new Faults();
        String all = new TreeSet<>(known).stream().collect(Collectors.joining(", "));
        for (String name : names())
            if (!known.contains(name))
                faults.add(name, "is not a query parameter here" + (all.isEmpty() ? "" : "; there are: " + all));
        faults.throwIfAny();
    }

    private Set<String> names() {
        return pairs.stream().map(Pair::name).collect(Collectors.toCollection(TreeSet::new));
    }

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    /// Every value of a parameter that may stand several times.
    List<String> all(String name) {
        return pairs.stream()
                .filter(it -> it.name().equals(name))
                .map(Pair::value)
                .toList();
    }

    /// The comma-separated values of a parameter.
    List<String> list(String name) {
        List<String> values = all(name).stream()
                .flatMap(it -> List.of(it.split(",", -1)).stream())
                .toList();
        // A script's empty variable must not become "all of them".
        if (values.contains("")) throw new Failure.Invalid(name, "has an empty value");
        return values;
    }

    Optional<String> one(String name) {
        List<String> values = all(name);
        if (values.size() > 1) throw new Failure.Invalid(name, "stands more than once");
        return values.stream().findFirst();
    }

    /// `true`, `1` or nothing after the name is yes; `false` or `0` is no.
    boolean flag(String name) {
        return one(name)
                .map(value -> switch (value) {
                    case "true", "1", "" -> true;
                    case "false", "0" -> false;
                    default -> throw new Failure.Invalid(name, "must be true or false");
                })
                .orElse(false);
    }

    OptionalInt seconds(String name, int most) {
        Optional<String> value = one(name);
        if (value.isEmpty()) return OptionalInt.empty();
        if (value.get().matches("\\d{1,6}")) {
            int seconds = Integer.parseInt(value.get());
            if (seconds <= most) return OptionalInt.of(seconds);
        }
        throw new Failure.Invalid(name, "must be a whole number of seconds from 0 to " + most);
    }

    /// A time such as `90s`, `10m` or `2h`.
    Optional<Duration> span(String name, Duration most) {
        Optional<String> value = one(name);
        if (value.isEmpty()) return Optional.empty();
        var span = SPAN.matcher(value.get());
        if (span.matches()) {
            long count = Long.parseLong(span.group(1));
            Duration duration = switch (span.group(2)) {
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofSeconds(count);
            };
            if (duration.compareTo(most) <= 0) return Optional.of(duration);
        }
        throw new Failure.Invalid(name, "must be a time such as 90s, 10m or 2h, at most " + most.toHours() + "h");
    }

    /// How long an answer may be held.
    Duration await() {
        return Duration.ofSeconds(seconds("wait", LONGEST_WAIT_SECONDS).orElse(0));
    }
}
