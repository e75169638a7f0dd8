package dev.berth.web;

import dev.berth.inside.LogPosition;
import dev.berth.inside.LogRequest;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads which lines of a log are wanted.
final class LogQueryReader {
    private static final String TAIL = "tail";
    private static final String STREAM = "stream";
    private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhd])");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,10}(\\.\\d{1,9})?");
    /// What nanoseconds in 64 bits can tell, and more than engines take.
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private final Query query;
    private final InstantSource clock;

    LogQueryReader(Query query, InstantSource clock) {
        this.query = query;
        this.clock = clock;
    }

    /// @param events whether they go out as events, which may tell of a gap
    /// @param from only what comes behind this place
    LogRequest read(boolean events, Optional<LogPosition> from) {
        return new LogRequest(query.flag("follow"), !events, tail(), time("since"), time("until"), outputs(), from);
    }

    private OptionalInt tail() {
        Optional<String> value = query.one(TAIL);
        if (value.isEmpty() || value.get().equals("all")) return OptionalInt.empty();
        if (value.get().matches("\\d{1,9}")) return OptionalInt.of(Integer.parseInt(value.get()));
        throw new Failure.Invalid(TAIL, "must be a number of lines, or all");
    }

    private Set<Output> outputs() {
        return query.one(STREAM)
                .map(value -> switch (value) {
                    case "stdout" -> Set.of(Output.STDOUT);
                    case "stderr" -> Set.of(Output.STDERR);
                    default -> throw new Failure.Invalid(STREAM, "must be stdout or stderr; without it, both");
                })
                .orElse(Set.of(Output.values()));
    }

    private OptionalLong time(String name) {
        Optional<String> value = query.one(name);
        if (value.isEmpty()) return OptionalLong.empty();
        Instant time = instant(value.get())
                .filter(it -> !it.isBefore(Instant.EPOCH) && it.isBefore(LATEST))
                .orElseThrow(
                        () -> new Failure.Invalid(
                                name,
                                "must be a time such as 2026-03-01T12:00:00Z, seconds since 1970, or how long ago, such as 10m"));
        return OptionalLong.of(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano());
    }

    private Optional<Instant> instant(String text) {
        Matcher span = SPAN.matcher(text);
        if (span.matches()) return Optional.of(clock.instant().minus(span(span)));
        if (SECONDS.matcher(text).matches()) {
            var seconds = new BigDecimal(text);
            return Optional.of(Instant.ofEpochSecond(
                    seconds.longValue(),
                    seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue()));
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }

    private static Duration span(Matcher span) {
        long count = Long.parseLong(span.group(1));
        return switch (span.group(2)) {
            case "d" -> Duration.ofDays(count);
            case "h" -> Duration.ofHours(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofSeconds(count);
        };
    }
}
