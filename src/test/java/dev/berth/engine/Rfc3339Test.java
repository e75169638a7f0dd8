package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
    private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final long FIRST = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();

    @Test
    void everyTimeIsReadAsTheLibraryReadsIt() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            int nanos = random.nextInt(1_000_000_000) / power(random.nextInt(10));
            Instant time = Instant.ofEpochSecond(random.nextLong(FIRST, LAST), nanos);
            assertEquals(time, Rfc3339.parse(time.toString()));
        }
    }

    private static int power(int exponent) {
        return (int) Math.pow(10, exponent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-01T09:30:00Z",
                "0001-01-01T00:00:00Z",
                "2024-02-29T23:59:59.9Z",
                "2026-02-01T09:30:00.123456789Z",
                "2026-02-01T09:30:00.120000000Z",
                "2026-02-01T09:30:00.5+02:00",
                "2026-02-01T09:30:00-11:30",
                "2026-02-01T09:30Z",
                "2026-02-01t09:30:00z"
            })
    void otherWaysToWriteOneAreUnderstoodToo(String text) {
        assertEquals(OffsetDateTime.parse(text).toInstant(), Rfc3339.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "yesterday",
                "2026-02-30T09:30:00Z",
                "2025-02-29T09:30:00Z",
                "2026-13-01T09:30:00Z",
                "2026-02-01T24:30:00Z",
                "2026-02-01T09:60:00Z",
                "2026-02-01T09:30:60Z",
                "2026-02-01 09:30:00Z",
                "2026-02-01T09:30:00,5Z",
                "2026-02-01T09:30:00.1234567890Z",
                "2026-02-01T09:30:00.12x4Z",
                "2026-02-01T09:30:00ZZ",
                "2026-02-01T09:3\u0660:00Z"
            })
    void whatIsNoTimeIsRefused(String text) {
        assertThrows(DateTimeException.class, () -> Rfc3339.parse(text));
    }
}
