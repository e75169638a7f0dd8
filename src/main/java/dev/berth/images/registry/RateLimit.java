package dev.berth.images.registry;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a registry says of how often it may be asked.
///
/// @param limit pulls that it allows in its window of time
/// @param remaining pulls that are left of them
/// @param retryAfter how long it wants to be left alone
public record RateLimit(OptionalLong limit, OptionalLong remaining, Optional<Duration> retryAfter) {
    public static final RateLimit NONE = new RateLimit(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

    /// `100;w=21600`: a hundred in six hours.
    private static final Pattern COUNT = Pattern.compile("\\s*(\\d{1,15})\\s*(?:;.*)?");

    private static final Pattern SECONDS = Pattern.compile("\\d{1,10}");

    static RateLimit read(RegistryReply reply, Instant now) {
        return new RateLimit(
                count(reply, "ratelimit-limit"),
                count(reply, "ratelimit-remaining"),
                reply.header("Retry-After").flatMap(it -> retryAfter(it.strip(), now)));
    }

    private static OptionalLong count(RegistryReply reply, String name) {
        Matcher count = COUNT.matcher(reply.header(name).orElse(""));
        return count.matches() ? OptionalLong.of(Long.parseLong(count.group(1))) : OptionalLong.empty();
    }

    /// Seconds, or a date: RFC 9110, section 10.2.3.
    private static Optional<Duration> retryAfter(String text, Instant now) {
        if (SECONDS.matcher(text).matches()) return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        try {
            Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO);
        } catch (DateTimeParseException neither) {
            return Optional.empty();
        }
    }
}
