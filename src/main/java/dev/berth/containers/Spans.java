package dev.berth.containers;

import dev.berth.json.Json;
import dev.berth.model.Faults;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads lengths of time: seconds as a number, or a string such as `30s`, `1m30s`, `500ms`.
record Spans(Faults faults) {
    private static final Duration LEAST = Duration.ofMillis(1); // engines take nothing shorter
    private static final int NANO_DIGITS = 9;
    private static final Pattern GRAMMAR = Pattern.compile(
            "(?=\\d)(?:(?<h>\\d{1,5})h)?(?:(?<m>\\d{1,7})m)?(?:(?<s>\\d{1,9}(?:\\.\\d{1,3})?)s)?(?:(?<ms>\\d{1,9})ms)?");

    Optional<Duration> read(Json value, String at, Duration most) {
        Optional<Duration> span = switch (value) {
            case Json.Num(BigDecimal seconds) -> ofSeconds(seconds);
            case Json.Str(String text) -> parse(text);
            case Json.Obj _, Json.Arr _, Json.Bool _, Json.Null _ -> Optional.empty();
        };
        boolean good = span.filter(it -> it.compareTo(LEAST) >= 0 && it.compareTo(most) <= 0)
                .isPresent();
        if (!good)
            faults.add(
                    at,
                    "must be a time of at most " + most.toSeconds()
                            + " seconds and more than 0, as a number of seconds or such as \"30s\" or \"1m30s\"");
        return good ? span : Optional.empty();
    }

    private static Optional<Duration> ofSeconds(BigDecimal seconds) {
        // The exponent first: a number such as 1e999999999 must not be written out.
        if (seconds.precision() - seconds.scale() > NANO_DIGITS || seconds.signum() < 0) return Optional.empty();
        BigDecimal nanos = seconds.setScale(NANO_DIGITS, RoundingMode.DOWN).movePointRight(NANO_DIGITS);
        return Optional.of(Duration.ofNanos(nanos.longValueExact()));
    }

    private static Optional<Duration> parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches()) return Optional.empty();
        return ofSeconds(part(parts, "s"))
                .map(it -> it.plusHours(part(parts, "h").longValueExact())
                        .plusMinutes(part(parts, "m").longValueExact())
                        .plusMillis(part(parts, "ms").longValueExact()));
    }

    private static BigDecimal part(Matcher parts, String unit) {
        String number = parts.group(unit);
        return number == null ? BigDecimal.ZERO : new BigDecimal(number);
    }
}
