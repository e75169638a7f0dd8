package dev.berth.engine;

import dev.berth.model.Failure;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Reads the stamps before the lines of a log, many of which are of the same second.
final class LogStamps {
    private static final int SECOND = "2026-01-01T00:00:00".length();
    private static final int LONGEST = 64;

    private byte[] second = new byte[0];
    private long secondNanos;

    /// A stamp that was read.
    ///
    /// @param length with the space behind it
    record Stamp(long nanos, int length, boolean canonical) {}

    /// @throws Failure.EngineNonsense if there is none
    Stamp read(byte[] bytes, int from, int to) {
        if (to - from >= LogRecord.STAMP && canonical(bytes, from))
            return new Stamp(secondNanos(bytes, from) + fraction(bytes, from + SECOND + 1), LogRecord.STAMP, true);
        int space = from;
        while (space < to && space - from < LONGEST && bytes[space] != ' ') space++;
        String text = new String(bytes, from, space - from, StandardCharsets.UTF_8);
        try {
            return new Stamp(nanos(OffsetDateTime.parse(text).toInstant()), Math.min(space + 1, to) - from, false);
        } catch (DateTimeException none) {
            throw new Failure.EngineNonsense("the engine's log has a line without a time: '" + text + "'", none);
        }
    }

    /// The stamp in the one form that every record has.
    static byte[] canonical(long nanos) {
        String second =
                Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L)).toString();
        String fraction = Long.toString(1_000_000_000L + Math.floorMod(nanos, 1_000_000_000L))
                .substring(1);
        return (second.substring(0, SECOND) + "." + fraction + "Z ").getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean canonical(byte[] bytes, int from) {
        if (bytes[from + SECOND] != '.' || bytes[from + 29] != 'Z' || bytes[from + 30] != ' ') return false;
        for (int i = from + SECOND + 1; i < from + 29; i++) if (bytes[i] < '0' || bytes[i] > '9') return false;
        return true;
    }

    private long secondNanos(byte[] bytes, int from) {
        if (second.length != SECOND || !Arrays.equals(second, 0, SECOND, bytes, from, from + SECOND)) {
            byte[] next = Arrays.copyOfRange(bytes, from, from + SECOND);
            try {
                secondNanos = nanos(Instant.parse(new String(next, StandardCharsets.UTF_8) + "Z"));
            } catch (DateTimeException none) {
                throw new Failure.EngineNonsense("the engine's log has a line without a time", none);
            }
            second = next;
        }
        return secondNanos;
    }

    private static long fraction(byte[] bytes, int from) {
        long value = 0;
        for (int i = from; i < from + 9; i++) value = value * 10 + (bytes[i] - '0');
        return value;
    }

    private static long nanos(Instant time) {
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }
}
