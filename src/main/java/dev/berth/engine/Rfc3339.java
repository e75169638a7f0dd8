package dev.berth.engine;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/// Times as engines write them, `2026-02-01T09:30:00.123456789Z`. The library reads any, but takes some hundred
/// microseconds for one as long as it is not compiled, and each look at a container reads three.
///
/// Source: RFC 3339, section 5.6; Go's `time.RFC3339Nano`.
final class Rfc3339 {
    private static final int FRACTION = 19;
    private static final int NANO_DIGITS = 9;
    private static final long SECONDS_PER_DAY = 86_400;

    private Rfc3339() {}

    /// @throws DateTimeException if it is no time
    static Instant parse(String text) {
        return isUsual(text) ? usual(text) : OffsetDateTime.parse(text).toInstant();
    }

    /// In UTC, and every digit where it is expected.
    private static boolean isUsual(String text) {
        int end = text.length() - 1;
        if (end < FRACTION || text.charAt(end) != 'Z') return false;
        if (end > FRACTION && (text.charAt(FRACTION) != '.' || end == FRACTION + 1 || end > FRACTION + 1 + NANO_DIGITS))
            return false;
        for (int i = 0; i < end; i++) {
            char wanted = switch (i) {
                case 4, 7 -> '-';
                case 10 -> 'T';
                case 13, 16 -> ':';
                case FRACTION -> '.';
                default -> '0';
            };
            char found = text.charAt(i);
            if (wanted == '0' ? found < '0' || found > '9' : found != wanted) return false;
        }
        return number(text, 11, 13) < 24 && number(text, 14, 16) < 60 && number(text, 17, FRACTION) < 60;
    }

    private static Instant usual(String text) {
        long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
        int second = 3600 * number(text, 11, 13) + 60 * number(text, 14, 16) + number(text, 17, FRACTION);
        int nanos = 0;
        for (int i = FRACTION + 1; i <= FRACTION + NANO_DIGITS; i++)
            nanos = 10 * nanos + (i < text.length() - 1 ? text.charAt(i) - '0' : 0);
        return Instant.ofEpochSecond(SECONDS_PER_DAY * day + second, nanos);
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) number = 10 * number + text.charAt(i) - '0';
        return number;
    }
}
