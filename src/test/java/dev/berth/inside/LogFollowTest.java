package dev.berth.inside;

import static dev.berth.inside.LogBench.LONG;
import static dev.berth.inside.LogBench.SHORT;
import static dev.berth.inside.LogBench.SMALL_RING;
import static dev.berth.inside.LogBench.behind;
import static dev.berth.inside.LogBench.everything;
import static dev.berth.inside.LogBench.following;
import static dev.berth.inside.LogBench.lines;
import static dev.berth.inside.LogBench.lossless;
import static dev.berth.inside.LogBench.numbered;
import static dev.berth.inside.LogBench.tail;
import static dev.berth.inside.LogBench.texts;
import static dev.berth.model.Output.STDERR;
import static dev.berth.model.Output.STDOUT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a log is to have, followed on the engine in memory.
@Timeout(60)
class LogFollowTest {
    private final LogBench bench = new LogBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void whoFollowsGetsWhatThereIsAndWhatComesOnce() throws InterruptedException {
        bench.write(0, 100);
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            assertEquals(numbered(0, 100), texts(lines(reading, 100)));
            bench.write(100, 200);
            assertEquals(numbered(100, 200), texts(lines(reading, 100)));
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
        }
        await().until(() -> bench.book.followers(bench.id) == 0);
    }

    @Test
    void anEmptyLogIsFollowedFromItsFirstLine() throws InterruptedException {
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            bench.write(0, 3);
            assertEquals(numbered(0, 3), texts(lines(reading, 3)));
        }
    }

    @Test
    void manyFollowersShareOneStreamAndJoinItWithoutLossOrDoubling() throws InterruptedException {
        bench.write(0, 50);
        List<LogReading> readings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            LogReading reading = bench.logs.open(bench.id, following());
            readings.add(reading);
            bench.write(50 + 10 * i, 60 + 10 * i);
            assertEquals(numbered(0, 60 + 10 * i), texts(lines(reading, 60 + 10 * i)));
        }
        assertEquals(1, bench.logs.followed());
        await().until(() -> bench.book.followers(bench.id) == 1);
        bench.write(250, 300);
        for (int i = 0; i < 20; i++) {
            int from = 60 + 10 * i;
            assertEquals(numbered(from, 300), texts(lines(readings.get(i), 300 - from)), "follower " + i);
        }
        readings.forEach(LogReading::close);
        assertEquals(0, bench.logs.followed());
        await().until(() -> bench.book.followers(bench.id) == 0);
    }

    @Test
    void whoFollowsFromTheEndGetsOnlyThat() throws InterruptedException {
        bench.write(0, 100);
        try (LogReading last = bench.logs.open(bench.id, tail(following(), 2, STDOUT, STDERR));
                LogReading none = bench.logs.open(bench.id, tail(following(), 0, STDOUT, STDERR))) {
            assertEquals(numbered(98, 100), texts(lines(last, 2)));
            assertEquals(new LogItem.Quiet(), last.next(SHORT));
            assertEquals(new LogItem.Quiet(), none.next(SHORT));
            bench.write(100, 110);
            assertEquals(numbered(100, 110), texts(lines(last, 10)));
            assertEquals(numbered(100, 110), texts(lines(none, 10)));
        }
    }

    @Test
    void oneOutputAloneIsFollowed() throws InterruptedException {
        LogRequest it = following();
        try (LogReading errors = bench.logs.open(
                bench.id, new LogRequest(true, false, it.tail(), it.since(), it.until(), Set.of(STDERR), it.from()))) {
            bench.write(0, 10);
            assertEquals(List.of("line 4", "line 9"), texts(lines(errors, 2)));
        }
    }

    @Test
    void aStreamThatBreaksIsTakenUpWhereItBroke() throws InterruptedException {
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            List<String> seen = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                bench.write(20 * round, 20 * round + 20);
                await().until(() -> bench.book.followers(bench.id) == 1);
                bench.book.breakStreams();
            }
            while (seen.size() < 100) seen.addAll(texts(lines(reading, 1)));
            assertEquals(numbered(0, 100), seen);
        }
    }

    @Test
    void linesThatTheEngineSaysTwiceInOneStreamComeOnce() throws InterruptedException {
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            await().until(() -> bench.book.followers(bench.id) == 1);
            bench.write(0, 100);
            bench.book.repeat(bench.id, 40);
            bench.write(100, 150);
            bench.book.repeat(bench.id, 5);
            bench.write(150, 160);
            assertEquals(numbered(0, 160), texts(lines(reading, 160)));
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
        }
    }

    @Test
    void aContainerThatStopsAndStartsAgainIsStillFollowed() throws InterruptedException {
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            bench.write(0, 5);
            assertEquals(numbered(0, 5), texts(lines(reading, 5)));
            bench.harbour.engine.dies(bench.id, 0);
            assertEquals(new LogItem.Quiet(), reading.next(SHORT));
            bench.harbour.engine.containers().start(bench.id);
            bench.write(5, 10);
            assertEquals(numbered(5, 10), texts(lines(reading, 5)));
        }
    }

    @Test
    void anEngineThatDiesAndComesBackIsFollowedOn() throws InterruptedException {
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            bench.write(0, 5);
            assertEquals(numbered(0, 5), texts(lines(reading, 5)));
            bench.harbour.engine.goAway();
            bench.write(5, 10);
            bench.harbour.engine.comeBack();
            bench.write(10, 15);
            assertEquals(numbered(5, 15), texts(lines(reading, 10)));
        }
    }

    @Test
    void theRemovalOfTheContainerIsTheEnd() throws InterruptedException {
        try (LogReading reading = bench.logs.open(bench.id, following())) {
            bench.write(0, 5);
            assertEquals(numbered(0, 5), texts(lines(reading, 5)));
            bench.harbour.engine.containers().remove(bench.id, true, true);
            LogItem item = reading.next(LONG);
            while (item instanceof LogItem.Quiet) item = reading.next(LONG);
            assertEquals(new LogItem.End("removed"), item);
        }
    }

    @Test
    void theTimeUntilIsTheEnd() throws InterruptedException {
        bench.write(0, 5);
        LogRequest it = following();
        long now = 1_000_000L * InstantSource.system().millis();
        var until = new LogRequest(true, false, it.tail(), it.since(), OptionalLong.of(now), it.outputs(), it.from());
        try (LogReading reading = bench.logs.open(bench.id, until)) {
            LogItem item = reading.next(LONG);
            while (!(item instanceof LogItem.End)) item = reading.next(LONG);
            assertEquals(new LogItem.End("until"), item);
        }
    }

    @Test
    void everyLineIsAPlaceToGoOnFrom() throws InterruptedException {
        for (int i = 0; i < 30; i++)
            bench.book.write(bench.id, i % 3 == 2 ? STDERR : STDOUT, 7_000L + i / 10, true, "line " + i);
        List<LogLine> all30 = new ArrayList<>();
        try (LogReading reading = bench.logs.open(bench.id, everything())) {
            all30.addAll(lines(reading, 30));
        }
        for (int i = 0; i < 30; i++)
            assertEquals(
                    numbered(i + 1, 30),
                    bench.read(behind(everything(), all30.get(i).position()), "complete"));
    }

    @Test
    void whoIsSlowIsToldWhatItLostAndTheOthersLoseNothing() throws InterruptedException {
        bench.logs = bench.logs(SMALL_RING);
        try (LogReading slow = bench.logs.open(bench.id, following());
                LogReading quick = bench.logs.open(bench.id, following())) {
            assertEquals(new LogItem.Quiet(), slow.next(SHORT));
            assertEquals(new LogItem.Quiet(), quick.next(SHORT));
            for (int i = 0; i < 100; i++) {
                bench.write(i, i + 1);
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
        bench.logs = bench.logs(SMALL_RING);
        try (LogReading slow = bench.logs.open(bench.id, lossless());
                LogReading quick = bench.logs.open(bench.id, following())) {
            assertEquals(new LogItem.Quiet(), slow.next(SHORT));
            assertEquals(new LogItem.Quiet(), quick.next(SHORT));
            for (int i = 0; i < 150; i++) {
                bench.write(i, i + 1);
                assertEquals(numbered(i, i + 1), texts(lines(quick, 1)));
            }
            assertEquals(numbered(0, 150), texts(lines(slow, 150)));
            bench.write(150, 170);
            assertEquals(numbered(150, 170), texts(lines(slow, 20)));
        }
    }

    @Test
    void closingEndsAReadingThatWaitsForTheEngine() throws Exception {
        LogReading reading = bench.logs.open(bench.id, following());
        assertEquals(new LogItem.Quiet(), reading.next(SHORT));
        reading.close();
        reading.close();
        assertEquals(new LogItem.End("closed"), reading.next(LONG));
        await().until(() -> bench.book.followers(bench.id) == 0);
        assertEquals(0, bench.logs.followed());
    }
}
