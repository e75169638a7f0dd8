package dev.berth.inside;

import static dev.berth.engine.FakeLogs.record;
import static dev.berth.model.Output.STDERR;
import static dev.berth.model.Output.STDOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.LogRecord;
import dev.berth.model.Output;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Joining pieces, going on from a place, and the ring that followers share.
class LogPartsTest {
    private static final Set<Output> BOTH = Set.of(STDOUT, STDERR);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final List<String> joined = new ArrayList<>();
    private final LineJoiner joiner = new LineJoiner((output, nanos, stamped, cut) -> joined.add(output.word() + " "
            + new String(stamped, LogRecord.STAMP, stamped.length - LogRecord.STAMP, StandardCharsets.UTF_8)
            + (cut ? " [cut]" : "")));

    // Joining.

    @Test
    void piecesAreJoinedAlsoWhenTheOtherOutputSpeaksInBetween() {
        joiner.add(record(STDOUT, 1, "a", false));
        joiner.add(record(STDERR, 2, "between", true));
        joiner.add(record(STDOUT, 1, "b", false));
        joiner.add(record(STDERR, 3, "x", false));
        joiner.add(record(STDOUT, 1, "c", true));
        joiner.add(record(STDERR, 3, "y", true));
        assertEquals(List.of("stderr between", "stdout abc", "stderr xy"), joined);
    }

    @Test
    void aLineWithoutAnEndIsALineAtTheEndAndBeforeTheNextLife() {
        joiner.add(record(STDOUT, 1, "no end", false));
        joiner.add(record(STDOUT, 2, "next life", true));
        joiner.add(record(STDOUT, 3, "nor this", false));
        assertEquals(List.of("stdout no end", "stdout next life"), joined);
        joiner.end();
        assertEquals("stdout nor this", joined.getLast());
        joiner.end();
        assertEquals(3, joined.size());
    }

    @Test
    void aLineBeyondAMebibyteIsCutAndSaysSo() {
        String piece = "x".repeat(16_384);
        for (int i = 0; i < 70; i++) joiner.add(record(STDOUT, 1, piece, false));
        joiner.add(record(STDOUT, 1, "end", true));
        joiner.add(record(STDOUT, 2, "next", true));
        assertEquals(
                "stdout ".length() + LineJoiner.LONGEST + " [cut]".length(),
                joined.getFirst().length());
        assertTrue(joined.getFirst().endsWith("x [cut]"));
        assertEquals("stdout next", joined.getLast());
    }

    @Test
    void aLineOfExactlyAMebibyteIsNotCut() {
        String piece = "x".repeat(16_384);
        for (int i = 0; i < 64; i++) joiner.add(record(STDOUT, 1, piece, i == 63));
        assertEquals("stdout ".length() + LineJoiner.LONGEST, joined.getFirst().length());
    }

    // Going on.

    @Test
    void aPlaceIsReadAsItIsWritten() {
        var place = new LogPosition(1_795_561_716_280_706_188L, 3, 7, 0);
        assertEquals(Optional.of(place), LogPosition.parse(place.toString()));
        assertEquals("o1795561716280706188.3e7.0", place.toString());
        for (String none : List.of(
                "",
                "o1.1",
                "o1.1e1",
                "o-1.1e1.1",
                "o1.1e1.1 ",
                "o99999999999999999999.1e1.1",
                "o9999999999999999999.1e1.1")) assertEquals(Optional.empty(), LogPosition.parse(none), none);
    }

    @Test
    void whatComesAgainIsKnownAlsoAmongLinesOfOneTime() {
        var progress = new LogProgress(LogPosition.START);
        assertEquals(OptionalLong.empty(), progress.since());
        for (int i = 0; i < 3; i++)
            assertTrue(progress.take(STDOUT, 5_000_000_000L).isPresent());
        assertEquals(OptionalLong.of(4_000_000_000L), progress.since());
        progress.again();
        assertFalse(progress.take(STDOUT, 4_000_000_000L).isPresent());
        for (int i = 0; i < 3; i++)
            assertFalse(progress.take(STDOUT, 5_000_000_000L).isPresent());
        assertTrue(progress.take(STDOUT, 5_000_000_000L).isPresent(), "the fourth of that time is new");
        assertEquals(new LogPosition(5_000_000_000L, 4, 0, 0), progress.position());
    }

    @Test
    void anOutputWhoseLinesWereStampedEarlierAndKeptLaterLosesNone() {
        var progress = new LogProgress(LogPosition.START);
        assertTrue(progress.take(STDOUT, 100).isPresent());
        progress.again(); // the connection breaks here
        assertFalse(progress.take(STDOUT, 100).isPresent());
        assertTrue(progress.take(STDERR, 99).isPresent());
        assertTrue(progress.take(STDOUT, 101).isPresent());
        assertEquals(new LogPosition(101, 1, 99, 1), progress.position());
    }

    @Test
    void aClockThatIsSetBackHidesNoLine() {
        var progress = new LogProgress(LogPosition.START);
        assertTrue(progress.take(STDOUT, 100).isPresent());
        assertTrue(progress.take(STDOUT, 50).isPresent());
        assertTrue(progress.take(STDOUT, 50).isPresent());
        assertEquals(new LogPosition(50, 2, 0, 0), progress.position());
    }

    @Test
    void aFollowedLineThatIsSaidTwiceWhenAFileTurnsOverComesOnce() {
        var progress = LogProgress.following(LogPosition.START);
        assertTrue(progress.take(STDOUT, 100, bytes("one")).isPresent());
        assertFalse(progress.take(STDOUT, 100, bytes("one")).isPresent(), "the last one alone");
        assertTrue(progress.take(STDOUT, 100, bytes("two")).isPresent(), "another of the same time");
        assertTrue(progress.take(STDERR, 100, bytes("two")).isPresent(), "another output's");
        assertTrue(progress.take(STDOUT, 101, bytes("three")).isPresent());
        assertFalse(progress.take(STDOUT, 100, bytes("two")).isPresent(), "the last two of them");
        assertFalse(progress.take(STDOUT, 101, bytes("three")).isPresent());
        assertTrue(progress.take(STDOUT, 102, bytes("four")).isPresent());
        progress.again();
        assertFalse(progress.take(STDOUT, 102, bytes("four")).isPresent(), "another reading");
        assertFalse(progress.take(STDERR, 100, bytes("two")).isPresent());
        assertTrue(progress.take(STDOUT, 103, bytes("five")).isPresent());
        assertEquals(new LogPosition(103, 1, 100, 1), progress.position());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Any log, broken off anywhere and read again from any earlier place, comes out once.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyLineComesOnceHoweverOftenTheReadingBreaks(long seed) {
        var random = new Random(seed);
        List<LogRecord> log = new ArrayList<>();
        long[] clock = {1_000_000_000_000L, 1_000_000_000_000L};
        for (int i = 0; i < 2000; i++) {
            int output = random.nextInt(2);
            clock[output] = Math.max(clock[output], Math.max(clock[0], clock[1]) - 3) + random.nextInt(3);
            log.add(record(output == 0 ? STDOUT : STDERR, clock[output], "line " + i, true));
        }
        var progress = new LogProgress(LogPosition.START);
        List<String> seen = new ArrayList<>();
        while (seen.size() < log.size()) {
            progress.again();
            long since = progress.since().orElse(0);
            int most = seen.size() + random.nextInt(50);
            for (LogRecord it : log.subList(0, Math.min(log.size(), most + 1)))
                if (it.nanos() >= since
                        && progress.take(it.output(), it.nanos()).isPresent()) seen.add(it.text());
        }
        assertEquals(log.stream().map(LogRecord::text).toList(), seen);
    }

    // The ring.

    private static LogLine line(Output output, int number) {
        LogRecord record = record(output, number, "line " + number, true);
        return new LogLine(output, number, record.stamped(), false, LogPosition.START.plus(output, number));
    }

    private static List<String> texts(LogRing.Taken taken) {
        return taken.lines().stream().map(LogLine::text).toList();
    }

    @Test
    void eachFollowerHasItsOwnPlace() throws InterruptedException {
        var ring = new LogRing(() -> 1 << 20);
        ring.add(List.of(line(STDOUT, 1)));
        LogRing.Cursor oldest = ring.cursor(true);
        LogRing.Cursor next = ring.cursor(false);
        ring.add(List.of(line(STDERR, 2)));
        assertEquals(List.of("line 1", "line 2"), texts(oldest.take(BOTH, 1 << 20, AT_ONCE)));
        assertEquals(List.of("line 2"), texts(next.take(BOTH, 1 << 20, AT_ONCE)));
        assertEquals(List.of(), texts(next.take(BOTH, 1 << 20, AT_ONCE)));
    }

    @Test
    void whoIsSlowLosesTheOldestAndIsToldHowManyOfItsOutputs() throws InterruptedException {
        int ten = 10 * line(STDOUT, 1).weight();
        var ring = new LogRing(() -> ten);
        LogRing.Cursor slow = ring.cursor(false);
        LogRing.Cursor errors = ring.cursor(false);
        for (int i = 1; i <= 9; i++) ring.add(List.of(line(i % 3 == 0 ? STDERR : STDOUT, i)));
        assertEquals(0, slow.take(BOTH, line(STDOUT, 1).weight(), AT_ONCE).lost());
        for (int i = 1; i <= 9; i++) ring.add(List.of(line(i % 3 == 0 ? STDERR : STDOUT, i)));
        assertTrue(slow.overrun());
        LogRing.Taken taken = slow.take(BOTH, 1 << 20, AT_ONCE);
        assertEquals(7, taken.lost(), "18 came, one was taken, 10 are there");
        assertEquals(10, taken.lines().size());
        assertEquals(0, slow.take(BOTH, 1 << 20, AT_ONCE).lost());
        assertEquals(2, errors.take(Set.of(STDERR), 1 << 20, AT_ONCE).lost(), "lines 3 and 6 of the first nine");
    }

    @Test
    void aLineBeyondTheBoundIsHeldAlone() throws InterruptedException {
        var ring = new LogRing(() -> 1);
        LogRing.Cursor cursor = ring.cursor(false);
        ring.add(List.of(line(STDOUT, 1), line(STDOUT, 2)));
        assertEquals(List.of("line 2"), texts(cursor.take(BOTH, 1 << 20, AT_ONCE)));
    }

    @Test
    void aWaitingFollowerIsWokenByALineAndByTheEnd() throws Exception {
        var ring = new LogRing(() -> 1 << 20);
        LogRing.Cursor cursor = ring.cursor(false);
        var line = CompletableFuture.supplyAsync(() -> taken(cursor));
        ring.add(List.of(line(STDOUT, 1)));
        assertEquals(List.of("line 1"), texts(line.get(20, TimeUnit.SECONDS)));
        var end = CompletableFuture.supplyAsync(() -> taken(cursor));
        ring.end("removed");
        assertEquals(Optional.of("removed"), end.get(20, TimeUnit.SECONDS).end());
    }

    private static LogRing.Taken taken(LogRing.Cursor cursor) {
        try {
            return cursor.take(BOTH, 1 << 20, Duration.ofMinutes(1));
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
