package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.stats.History.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HistoryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final ContainerId WEB = Samples.id(1);

    private final History history = new History(16 << 20);

    private List<Point> since(Duration back, long second) {
        return history.since(WEB, back, START.plusSeconds(second));
    }

    private void seconds(ContainerId id, long from, long to) {
        for (long second = from; second < to; second++) history.add(id, Samples.at(START, second));
    }

    @Test
    void whatIsNotKnownHasNoHistory() {
        assertEquals(List.of(), since(DAY, 0));
        assertEquals(0, history.bytes());
        history.forget(WEB);
    }

    @Test
    void aSampleComesBackAsItWas() {
        Sample sample = Samples.at(START.plusMillis(250), OptionalDouble.of(12.3), OptionalLong.of(8192));
        history.add(WEB, sample);
        assertEquals(List.of(Point.of(sample)), since(TEN_MINUTES, 1));
        assertEquals(List.of(Point.of(sample)), since(DAY, 1));
    }

    @Test
    void whatWasNotKnownThenIsNotKnownNow() {
        Sample sample = Samples.at(START, OptionalDouble.empty(), OptionalLong.empty());
        history.add(WEB, sample);
        history.add(WEB, Samples.at(START, 60));
        Point point = since(TEN_MINUTES, 60).getFirst();
        assertEquals(OptionalDouble.empty(), point.cpuPercent());
        assertEquals(OptionalLong.empty(), point.memoryUsage());
        assertEquals(OptionalLong.empty(), point.networkSent());
        assertEquals(point, since(DAY, 60).getFirst());
    }

    @Test
    void withinTenMinutesEverySampleIsThereAndBeforeThatOnePerMinute() {
        seconds(WEB, 0, 3600);
        assertEquals(601, since(TEN_MINUTES, 3599).size());
        assertEquals(11, since(Duration.ofSeconds(10), 3599).size());
        assertEquals(11, since(TEN_MINUTES.plusSeconds(1), 3599).size());
        assertEquals(60, since(DAY, 3599).size());
        Point minute = since(DAY, 3599).get(1);
        assertEquals(START.plusSeconds(119), minute.at());
        assertEquals(OptionalLong.of(119 * 4096), minute.networkSent(), "the last of what counts upwards");
        assertEquals(OptionalLong.of((60 + 119) * 2048), minute.memoryUsage(), "the mean of what does not");
    }

    @Test
    void afterADayTheFirstIsGone() {
        seconds(WEB, 0, 60);
        seconds(WEB, 3600, 3660);
        long late = DAY.toSeconds() + 60;
        assertEquals(1, since(DAY, late).size());
        for (long second = 3660; second < 50 * 3600; second += 10) history.add(WEB, Samples.at(START, second));
        assertEquals(1440, since(DAY, 50 * 3600).size());
        assertTrue(history.bytes() < 125_000, () -> "and makes room: " + history.bytes());
    }

    @Test
    void aContainerThatStoppedInTheMiddleOfAMinuteKeepsTheLastOfIt() {
        seconds(WEB, 0, 70);
        List<Point> minutes = since(DAY, 1000);
        assertEquals(2, minutes.size());
        assertEquals(START.plusSeconds(69), minutes.getLast().at());
    }

    @Test
    void anotherLifeGoesOnInTheSameHistory() {
        Sample old = Samples.at(START, 1);
        history.add(WEB, old);
        history.add(
                WEB,
                new Sample(
                        START.plusSeconds(2),
                        START.plusSeconds(3),
                        old.source(),
                        old.cpuPercent(),
                        old.memoryUsage(),
                        old.memoryMaximum(),
                        old.workingSet(),
                        old.pids(),
                        OptionalLong.of(0),
                        OptionalLong.of(0),
                        OptionalLong.of(0),
                        OptionalLong.of(0),
                        old.cpuNanos(),
                        old.throttledPeriods()));
        assertEquals(2, since(TEN_MINUTES, 4).size());
    }

    @Test
    void aSampleThatIsNotNewerIsDroppedUntilTheClockIsRightAgain() {
        seconds(WEB, 0, 30);
        seconds(WEB, 20, 31);
        assertEquals(31, since(TEN_MINUTES, 31).size());
    }

    @Test
    void aClockThatWasSetBackBeginsAnew() {
        seconds(WEB, 7200, 7300);
        seconds(WEB, 0, 10);
        assertEquals(10, since(TEN_MINUTES, 10).size());
        seconds(Samples.id(2), 0, 10);
        history.forget(WEB);
        history.forget(Samples.id(2));
        assertEquals(0, history.bytes());
    }

    @Test
    void whatIsForgottenTakesNoRoom() {
        seconds(WEB, 0, 5000);
        seconds(Samples.id(2), 0, 1);
        long both = history.bytes();
        history.forget(WEB);
        assertEquals(List.of(), since(DAY, 5000));
        assertTrue(history.bytes() < both / 4);
        assertEquals(1, history.since(Samples.id(2), DAY, START.plusSeconds(1)).size());
        history.forget(Samples.id(2));
        assertEquals(0, history.bytes());
    }

    @Test
    void aDayOfOneContainerTakesLittle() {
        seconds(WEB, 0, DAY.toSeconds());
        assertTrue(history.bytes() < 125_000, () -> "bytes: " + history.bytes());
        assertEquals(1440, since(DAY, DAY.toSeconds()).size());
        assertEquals(600, since(TEN_MINUTES, DAY.toSeconds()).size());
    }

    @Test
    void whenRoomIsShortThoseThatWereNotSampledForLongLoseTheirsFirst() {
        var small = new History(60_000);
        for (int idle = 2; idle < 12; idle++)
            for (int second = 0; second < 10; second++) small.add(Samples.id(idle), Samples.at(START, second + idle));
        Instant later = START.plusSeconds(3600);
        for (long second = 0; second < 1800; second++) {
            small.add(WEB, Samples.at(later, second));
            assertTrue(small.bytes() <= 60_000);
        }
        Instant now = later.plusSeconds(1800);
        assertEquals(600, small.since(WEB, TEN_MINUTES, now).size());
        assertEquals(List.of(), small.since(Samples.id(2), DAY, now), "the one that was idle for longest");
        assertEquals(1, small.since(Samples.id(11), DAY, now).size(), "the one that was idle for least");
    }

    @Test
    void whenAllRunAllReachEquallyFarBack() {
        var small = new History(1_000_000);
        for (long second = 0; second < 6 * 3600; second += 10)
            for (int id = 0; id < 30; id++) {
                small.add(Samples.id(id), Samples.at(START, second));
                assertTrue(small.bytes() <= 1_000_000);
            }
        Instant now = START.plusSeconds(6 * 3600);
        for (int id = 0; id < 30; id++) {
            assertEquals(60, small.since(Samples.id(id), TEN_MINUTES, now).size());
            int minutes = small.since(Samples.id(id), DAY, now).size();
            assertTrue(minutes > 120, "minutes: " + minutes);
        }
    }

    @Test
    void aBoundTooSmallForAnythingIsKeptToo() {
        var none = new History(100);
        none.add(WEB, Samples.at(START, 1));
        assertEquals(0, none.bytes());
        assertEquals(List.of(), none.since(WEB, DAY, START.plusSeconds(1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itTellsTheSameAsAListOfEverything(long seed) {
        var random = new Random(seed);
        Map<ContainerId, List<Sample>> all = new TreeMap<>();
        Instant now = START;
        for (int step = 0; step < 20_000; step++) {
            now = now.plusMillis(random.nextInt(50) == 0 ? random.nextInt(900_000) : 300 + random.nextInt(1500));
            ContainerId id = Samples.id(random.nextInt(3));
            if (random.nextInt(3000) == 0) {
                history.forget(id);
                all.remove(id);
            }
            Sample sample = any(now, random);
            history.add(id, sample);
            all.computeIfAbsent(id, _ -> new ArrayList<>()).add(sample);
            if (random.nextInt(100) == 0) {
                var back = Duration.ofMillis(
                        random.nextInt(2) == 0 ? random.nextInt(600_001) : random.nextInt(86_400_000));
                ContainerId asked = Samples.id(random.nextInt(3));
                assertSame(
                        expected(all.getOrDefault(asked, List.of()), back, now), history.since(asked, back, now), back);
            }
        }
        all.keySet().forEach(history::forget);
        assertEquals(0, history.bytes());
    }

    private static Sample any(Instant at, Random random) {
        OptionalDouble cpu =
                random.nextInt(10) == 0 ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble(400));
        OptionalLong figure =
                random.nextInt(10) == 0 ? OptionalLong.empty() : OptionalLong.of(random.nextLong(1L << 40));
        return Samples.at(at, cpu, figure);
    }

    private static List<Point> expected(List<Sample> all, Duration back, Instant now) {
        List<Point> points = all.stream().map(Point::of).toList();
        if (back.compareTo(TEN_MINUTES) > 0) {
            var minutes = new TreeMap<Long, List<Point>>();
            for (Point point : points)
                minutes.computeIfAbsent(point.at().toEpochMilli() / 60_000, _ -> new ArrayList<>())
                        .add(point);
            points = minutes.values().stream().map(HistoryTest::mean).toList();
        }
        Instant from = Instant.ofEpochMilli(now.minus(back).toEpochMilli());
        return points.stream().filter(it -> !it.at().isBefore(from)).toList();
    }

    private static Point mean(List<Point> minute) {
        Point last = minute.getLast();
        OptionalLong memory = mean(minute, Point::memoryUsage);
        return new Point(
                last.at(),
                minute.stream().flatMapToDouble(it -> it.cpuPercent().stream()).average(),
                memory,
                memory,
                last.pids(),
                last.networkReceived(),
                last.networkSent(),
                last.blockRead(),
                last.blockWritten());
    }

    private static OptionalLong mean(List<Point> minute, Function<Point, OptionalLong> figure) {
        OptionalDouble mean =
                minute.stream().flatMapToLong(it -> figure.apply(it).stream()).average();
        return mean.isPresent() ? OptionalLong.of(Math.round(mean.getAsDouble())) : OptionalLong.empty();
    }

    /// Counters to the byte, what is measured to six digits.
    private static void assertSame(List<Point> expected, List<Point> actual, Duration back) {
        assertEquals(
                expected.stream().map(Point::at).toList(),
                actual.stream().map(Point::at).toList(),
                back::toString);
        for (int i = 0; i < expected.size(); i++) {
            Point wanted = expected.get(i);
            Point kept = actual.get(i);
            near(wanted.cpuPercent().orElse(-1), kept.cpuPercent().orElse(-1));
            near((double) wanted.memoryUsage().orElse(-1), (double)
                    kept.memoryUsage().orElse(-1));
            near((double) wanted.workingSet().orElse(-1), (double)
                    kept.workingSet().orElse(-1));
            assertEquals(wanted.pids(), kept.pids());
            assertEquals(wanted.networkReceived(), kept.networkReceived());
            assertEquals(wanted.networkSent(), kept.networkSent());
            assertEquals(wanted.blockRead(), kept.blockRead());
            assertEquals(wanted.blockWritten(), kept.blockWritten());
        }
    }

    private static void near(double wanted, double kept) {
        assertEquals(wanted, kept, Math.abs(wanted) * 1e-6);
    }

    @Test
    void manyMayReadWhileOneWrites() throws Exception {
        var written = new AtomicLong();
        var done = new AtomicBoolean();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> reading = new ArrayList<>();
            for (int reader = 0; reader < 4; reader++) {
                Duration back = reader % 2 == 0 ? TEN_MINUTES : DAY;
                reading.add(readers.submit(() -> {
                    while (!done.get()) isWhole(since(back, written.get()));
                }));
            }
            for (long second = 0; second < 100_000; second++) {
                history.add(WEB, Samples.at(START, second));
                written.set(second);
            }
            done.set(true);
            for (Future<?> reader : reading) reader.get();
        }
    }

    private static void isWhole(List<Point> points) {
        for (int i = 0; i < points.size(); i++) {
            Point point = points.get(i);
            long second = Duration.between(START, point.at()).toSeconds();
            if (point.networkSent().orElseThrow() != second * 4096
                    || point.pids().orElseThrow() != 3) throw new AssertionError(point.toString());
            if (i > 0 && !points.get(i - 1).at().isBefore(point.at())) throw new AssertionError("out of order");
        }
    }
}
