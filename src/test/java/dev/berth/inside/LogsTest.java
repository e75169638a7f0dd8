package dev.berth.inside;

import static dev.berth.model.Output.STDERR;
import static dev.berth.model.Output.STDOUT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeLogs;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Reading and following logs on the engine in memory.
@Timeout(60)
class LogsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final int SMALL_RING = 4000;

    private final Harbour harbour = new Harbour();
    private final FakeLogs book = harbour.engine.logBook();
    private final List<Logs> all = new ArrayList<>();
    private Logs logs = harbour.logs;
    private ContainerId id = new ContainerId("0".repeat(64));

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        logs = logs(8 << 20);
        id = harbour.foreign(SpecDraft.of("here").named("web").spec());
    }

    @AfterEach
    void close() {
        all.forEach(Logs::close);
        harbour.close();
    }

    private Logs logs(int ring) {
        var made = new Logs(
                harbour.engine, harbour.mirror, InstantSource.system(), LogsTest::briefly, new Random(1), ring);
        all.add(made);
        return made;
    }

    private static void briefly(Duration duration) throws InterruptedException {
        boolean _ = new CountDownLatch(1).await(Math.min(20, duration.toMillis()), TimeUnit.MILLISECONDS);
    }

    private static LogRequest everything() {
        return new LogRequest(
                false,
                false,
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Set.of(STDOUT, STDERR),
                Optional.empty());
    }

    private static LogRequest following() {
        LogRequest it = everything();
        return new LogRequest(true, false, it.tail(), it.since(), it.until(), it.outputs(), it.from());
    }

    private static LogRequest lossless() {
        LogRequest it = following();
        return new LogRequest(true, true, it.tail(), it.since(), it.until(), it.outputs(), it.from());
    }

    private static LogRequest tail(LogRequest it, int lines, Output... outputs) {
        return new LogRequest(
                it.follow(), it.lossless(), OptionalInt.of(lines), it.since(), it.until(), Set.of(outputs), it.from());
    }

    private static LogRequest from(LogRequest it, LogPosition place) {
        return new LogRequest(
                it.follow(), it.lossless(), it.tail(), it.since(), it.until(), it.outputs(), Optional.of(place));
    }

    private void write(int from, int to) {
        for (int i = from; i < to; i++) book.write(id, i % 5 == 4 ? STDERR : STDOUT, "line " + i);
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(it -> "line " + it).toList();
    }

    /// Everything to the end, which is as told.
    private List<String> read(LogRequest request, String end) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        try (LogReading reading = logs.open(id, request)) {
            while (true) {
                switch (reading.next(LONG)) {
                    case LogItem.Lines(List<LogLine> lines) -> lines.forEach(it -> texts.add(it.text()));
                    case LogItem.End(String reason) -> {
                        assertEquals(end, reason);
                        return texts;
                    }
                    case LogItem.Gap _, LogItem.Quiet _ -> throw new AssertionError("neither gap nor quiet");
                }
            }
        }
    }

    /// So many lines, without a gap.
    private static List<LogLine> lines(LogReading reading, int count) throws InterruptedException {
        List<LogLine> lines = new ArrayList<>();
        while (lines.size() < count) {
            LogItem item = reading.next(LONG);
            if (!(item instanceof LogItem.Lines(List<LogLine> some))) throw new AssertionError(item);
            lines.addAll(some);
        }
        return lines;
    }

    private static List<String> texts(List<LogLine> lines) {
        return lines.stream().map(LogLine::text).toList();
    }

    // What there is.

    @Test
    void everythingIsReadToItsEnd() throws InterruptedException {
        assertEquals(List.of(), read(everything(), "complete"));
        write(0, 5000);
        assertEquals(numbered(0, 5000), read(everything(), "complete"));
        assertEquals(0, book.followers(id));
    }

    @Test
    void theLastLinesAreCountedAsLinesOfTheWantedOutput() throws InterruptedException {
        write(0, 1000);
        assertEquals(numbered(997, 1000), read(tail(everything(), 3, STDOUT, STDERR), "complete"));
        assertEquals(List.of("line 989", "line 994", "line 999"), read(tail(everything(), 3, STDERR), "complete"));
        assertEquals(List.of(), read(tail(everything(), 0, STDOUT), "complete"));
        assertEquals(800, read(tail(everything(), 5000, STDOUT), "complete").size());
    }

    @Test
    void theLastLinesAreWholeAlsoIfTheEngineHasThemInPieces() throws InterruptedException {
        for (int line = 0; line < 10; line++) {
            String[] pieces = new String[200];
            for (int piece = 0; piece < pieces.length; piece++) pieces[piece] = "<" + line + "." + piece + ">";
            book.write(id, STDOUT, 10_000_000L * (line + 1), false, pieces);
        }
        List<String> last = read(tail(everything(), 2, STDOUT), "complete");
        assertTrue(last.getFirst().startsWith("<8.0>") && last.getFirst().endsWith("<8.199>"), last.toString());
        assertTrue(last.getLast().startsWith("<9.0>"), last.toString());
        assertEquals(2, last.size());
    }

    @Test
    void lastLinesThatAreTooMuchToKeepAreReadAgain() throws InterruptedException {
        String wide = "w".repeat(10_000);
        for (int i = 0; i < 600; i++) book.write(id, STDOUT, i + " " + wide);
        List<String> last = read(tail(everything(), 300, STDOUT), "complete");
        assertEquals(300, last.size());
        assertTrue(last.getFirst().startsWith("300 ") && last.getLast().startsWith("599 "));
    }

    @Test
    void whatIsNotThereAndWhatCannotBeReadIsSaidAtOnce() {
        assertEquals(
                "no-such-container",
                assertThrows(Failure.NotFound.class, () -> logs.open(new ContainerId("f".repeat(64)), everything()))
                        .code());
        book.sendsAway(id);
        Failure refused = assertThrows(Failure.Conflict.class, () -> logs.open(id, following()));
        assertEquals("log-unreadable", refused.code());
        assertEquals("none", refused.figures().get("log_driver"));
    }

    @Test
    void anEngineThatBreaksOffIsNoEnd() throws InterruptedException {
        write(0, 10);
        var request = everything();
        try (LogReading reading = logs.open(id, request)) {
            assertEquals(numbered(0, 10), texts(lines(reading, 10)));
        }
        harbour.engine.goAway();
        assertThrows(Failure.EngineDown.class, () -> logs.open(id, request));
    }

    // What is to come.

    @Test
    void whoFollowsGetsWhatThereIsAndWhatComesOnce() throws InterruptedException {
        write(0, 100);
        try (LogReading reading = logs.open(id, following())) {
            assertEquals(numbered(0, 100), texts(lines(reading, 100)));
            write(100, 200);
            assertEquals(numbered(100, 200), texts(lines(reading, 100)));
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
        }
        await().until(() -> book.followers(id) == 0);
    }

    @Test
    void anEmptyLogIsFollowedFromItsFirstLine() throws InterruptedException {
        try (LogReading reading = logs.open(id, following())) {
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            write(0, 3);
            assertEquals(numbered(0, 3), texts(lines(reading, 3)));
        }
    }

    @Test
    void manyFollowersShareOneStreamAndJoinItWithoutLossOrDoubling() throws InterruptedException {
        write(0, 50);
        List<LogReading> readings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            LogReading reading = logs.open(id, following());
            readings.add(reading);
            write(50 + 10 * i, 60 + 10 * i);
            assertEquals(numbered(0, 60 + 10 * i), texts(lines(reading, 60 + 10 * i)));
        }
        assertEquals(1, logs.followed());
        await().until(() -> book.followers(id) == 1);
        write(250, 300);
        for (int i = 0; i < 20; i++) {
            int from = 60 + 10 * i;
            assertEquals(numbered(from, 300), texts(lines(readings.get(i), 300 - from)), "follower " + i);
        }
        readings.forEach(LogReading::close);
        assertEquals(0, logs.followed());
        await().until(() -> book.followers(id) == 0);
    }

    @Test
    void whoFollowsFromTheEndGetsOnlyThat() throws InterruptedException {
        write(0, 100);
        try (LogReading last = logs.open(id, tail(following(), 2, STDOUT, STDERR));
                LogReading none = logs.open(id, tail(following(), 0, STDOUT, STDERR))) {
            assertEquals(numbered(98, 100), texts(lines(last, 2)));
            assertEquals(new LogItem.Quiet(), last.next(SHORT));
            assertEquals(new LogItem.Quiet(), none.next(SHORT));
            write(100, 110);
            assertEquals(numbered(100, 110), texts(lines(last, 10)));
            assertEquals(numbered(100, 110), texts(lines(none, 10)));
        }
    }

    @Test
    void oneOutputAloneIsFollowed() throws InterruptedException {
        LogRequest it = following();
        try (LogReading errors = logs.open(
                id, new LogRequest(true, false, it.tail(), it.since(), it.until(), Set.of(STDERR), it.from()))) {
            write(0, 10);
            assertEquals(List.of("line 4", "line 9"), texts(lines(errors, 2)));
        }
    }

    @Test
    void aStreamThatBreaksIsTakenUpWhereItBroke() throws InterruptedException {
        try (LogReading reading = logs.open(id, following())) {
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            List<String> seen = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                write(20 * round, 20 * round + 20);
                await().until(() -> book.followers(id) == 1);
                book.breakStreams();
            }
            while (seen.size() < 100) seen.addAll(texts(lines(reading, 1)));
            assertEquals(numbered(0, 100), seen);
        }
    }

    @Test
    void aContainerThatStopsAndStartsAgainIsStillFollowed() throws InterruptedException {
        try (LogReading reading = logs.open(id, following())) {
            write(0, 5);
            assertEquals(numbered(0, 5), texts(lines(reading, 5)));
            harbour.engine.dies(id, 0);
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            harbour.engine.containers().start(id);
            write(5, 10);
            assertEquals(numbered(5, 10), texts(lines(reading, 5)));
        }
    }

    @Test
    void anEngineThatDiesAndComesBackIsFollowedOn() throws InterruptedException {
        try (LogReading reading = logs.open(id, following())) {
            write(0, 5);
            assertEquals(numbered(0, 5), texts(lines(reading, 5)));
            harbour.engine.goAway();
            write(5, 10);
            harbour.engine.comeBack();
            write(10, 15);
            assertEquals(numbered(5, 15), texts(lines(reading, 10)));
        }
    }

    @Test
    void theRemovalOfTheContainerIsTheEnd() throws InterruptedException {
        try (LogReading reading = logs.open(id, following())) {
            write(0, 5);
            assertEquals(numbered(0, 5), texts(lines(reading, 5)));
            harbour.engine.containers().remove(id, true, true);
            LogItem item = reading.next(LONG);
            while (item instanceof LogItem.Quiet) item = reading.next(LONG);
            assertEquals(new LogItem.End("removed"), item);
        }
    }

    @Test
    void theTimeUntilIsTheEnd() throws InterruptedException {
        write(0, 5);
        LogRequest it = following();
        long now = 1_000_000L * InstantSource.system().millis();
        var until = new LogRequest(true, false, it.tail(), it.since(), OptionalLong.of(now), it.outputs(), it.from());
        try (LogReading reading = logs.open(id, until)) {
            LogItem item = reading.next(LONG);
            while (!(item instanceof LogItem.End)) item = reading.next(LONG);
            assertEquals(new LogItem.End("until"), item);
        }
    }

    @Test
    void everyLineIsAPlaceToGoOnFrom() throws InterruptedException {
        for (int i = 0; i < 30; i++) book.write(id, i % 3 == 2 ? STDERR : STDOUT, 7_000L + i / 10, true, "line " + i);
        List<LogLine> all30 = new ArrayList<>();
        try (LogReading reading = logs.open(id, everything())) {
            all30.addAll(lines(reading, 30));
        }
        for (int i = 0; i < 30; i++)
            assertEquals(
                    numbered(i + 1, 30), read(from(everything(), all30.get(i).position()), "complete"));
    }

    @Test
    void whoIsSlowIsToldWhatItLostAndTheOthersLoseNothing() throws InterruptedException {
        logs = logs(SMALL_RING);
        try (LogReading slow = logs.open(id, following());
                LogReading quick = logs.open(id, following())) {
            assertEquals(new LogItem.Quiet(), slow.next(SHORT));
            assertEquals(new LogItem.Quiet(), quick.next(SHORT));
            for (int i = 0; i < 100; i++) {
                write(i, i + 1);
                assertEquals(numbered(i, i + 1), texts(lines(quick, 1)));
            }
            if (!(slow.next(LONG) instanceof LogItem.Gap(long lost))) throw new AssertionError("no gap");
            List<LogLine> rest = lines(slow, 1);
            assertEquals(numbered((int) lost, 100), texts(rest));
            assertTrue(lost > 50 && rest.size() < 50, lost + " lost");
        }
    }

    @Test
    void whoWantsEveryLineGetsThemLate() throws InterruptedException {
        logs = logs(SMALL_RING);
        try (LogReading slow = logs.open(id, lossless());
                LogReading quick = logs.open(id, following())) {
            assertEquals(new LogItem.Quiet(), slow.next(SHORT));
            assertEquals(new LogItem.Quiet(), quick.next(SHORT));
            for (int i = 0; i < 150; i++) {
                write(i, i + 1);
                assertEquals(numbered(i, i + 1), texts(lines(quick, 1)));
            }
            assertEquals(numbered(0, 150), texts(lines(slow, 150)));
            write(150, 170);
            assertEquals(numbered(150, 170), texts(lines(slow, 20)));
        }
    }

    @Test
    void closingEndsAReadingThatWaitsForTheEngine() throws Exception {
        LogReading reading = logs.open(id, following());
        assertEquals(new LogItem.Quiet(), reading.next(SHORT));
        reading.close();
        reading.close();
        assertEquals(new LogItem.End("closed"), reading.next(LONG));
        await().until(() -> book.followers(id) == 0);
        assertEquals(0, logs.followed());
    }
}
