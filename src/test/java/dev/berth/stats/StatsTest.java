package dev.berth.stats;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.StatsRecord;
import dev.berth.mirror.MirrorBench;
import dev.berth.model.Alarm;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatsTest {
    private static final Duration BLINK = Duration.ofMillis(250);
    private static final Logger LOG = Logger.getLogger(StreamReader.class.getName());

    static {
        LOG.setLevel(Level.OFF); // faults are planned here
    }

    private final MirrorBench bench = new MirrorBench();
    private final Stats stats =
            Stats.ofEngine(bench.engine, bench.mirror, StatsSettings.DEFAULTS, bench.time, bench.time, new Random(1));
    private ContainerId id = new ContainerId("0".repeat(64));

    @BeforeEach
    void connect() {
        id = bench.runs("web");
        bench.connected();
        awaitFollowed(id);
    }

    @AfterEach
    void close() {
        stats.close();
        bench.close();
    }

    @Test
    void beforeTheFirstReadingThereIsNoSample() {
        assertTrue(sample(id).isEmpty());
        assertTrue(stats.table().newest().isEmpty());
    }

    @Test
    void whoOnlyWatchesOverTheSamplesDoesNotQuickenThem() {
        var rings = new AtomicInteger();
        var alarm = new Alarm() {
            @Override
            public void await(Duration longest) throws InterruptedException {
                bench.time.sleep(longest);
            }

            @Override
            public void ring() {
                rings.incrementAndGet();
            }
        };
        try (var files = new Stats(
                bench.engine,
                bench.mirror,
                StatsSettings.DEFAULTS,
                Optional.of((_, _) -> Optional.empty()),
                Sample.Source.CGROUP_V1,
                bench.time,
                () -> 0,
                alarm,
                bench.time,
                new Random(1))) {
            int before = rings.get();
            files.unwatched();
            assertEquals(before, rings.get());
            files.table();
            assertEquals(before + 1, rings.get());
        }
    }

    @Test
    void theFirstReadingHasMemoryButNoCpuYet() {
        measure(id, 1, 0, 1_000);
        Sample sample = awaitSample(id, 1);
        assertEquals(OptionalLong.of(1_000), sample.memoryUsage());
        assertEquals(OptionalDouble.empty(), sample.cpuPercent());
        assertEquals(Sample.Source.ENGINE, sample.source());
        assertEquals(Optional.of(Records.START.plusSeconds(1)), stats.table().newest());
    }

    @Test
    void theSecondReadingHasCpuToo() {
        measure(id, 1, 0, 1_000);
        measure(id, 2, 500, 2_000);
        assertEquals(OptionalDouble.of(50), awaitSample(id, 2).cpuPercent());
    }

    @Test
    void aStreamThatBreaksIsOpenedAnewAndNoIntervalSpansTheGap() {
        measure(id, 1, 0, 5_000);
        measure(id, 2, 500, 9_000);
        awaitSample(id, 2);
        breakStreams();
        assertEquals(OptionalDouble.of(50), sample(id).orElseThrow().cpuPercent(), "the last sample stays");
        bench.time.wake(reader(id));
        awaitFollowed(id);
        measure(id, 10, 600, 1_000);
        Sample after = awaitSample(id, 10);
        assertEquals(OptionalDouble.empty(), after.cpuPercent());
        assertEquals(OptionalLong.of(9_000), after.memoryMaximum(), "the same life, the same maximum");
    }

    @Test
    void aStreamThatCannotBeOpenedIsTriedAgainEverMoreRarely() {
        breakStreams();
        for (int i = 0; i < 8; i++) {
            bench.engine.refuseNext(Call.STATS, new Failure.EngineSlow("busy"));
            bench.time.round(reader(id));
        }
        List<Duration> pauses = bench.time.slept(reader(id));
        assertTrue(pauses.getFirst().toMillis() <= 200, pauses.toString());
        assertTrue(pauses.getLast().toMillis() >= 5_000, pauses.toString());
        bench.time.wake(reader(id));
        awaitFollowed(id);
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
    }

    @Test
    void aStreamThatEndsWhileTheContainerLivesProvesNothing() {
        ContainerId paused = bench.runs("paused");
        awaitFollowed(paused);
        measure(paused, 1, 0, 1_000);
        awaitSample(paused, 1);
        bench.engine.eventBus().off();
        bench.engine.dies(paused, 0);
        bench.engine.containers().start(paused);
        bench.time.wake(reader(paused));
        awaitFollowed(paused);
    }

    @Test
    void aReadingThatCannotBeReckonedWithDoesNotEndTheStatistics() {
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
        StatsRecord ages = Records.record(
                Instant.MIN,
                new StatsRecord.CpuCounters(1, OptionalLong.empty(), 2),
                OptionalLong.of(1),
                OptionalLong.empty(),
                OptionalLong.empty());
        bench.engine.measure(id, ages);
        bench.time.wake(reader(id));
        awaitFollowed(id);
        measure(id, 2, 0, 2_000);
        awaitSample(id, 2);
    }

    @Test
    void theSampleOfAContainerThatStopsIsGone() {
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
        bench.engine.dies(id, 0);
        eventually(() -> bench.mirror.snapshot().container(id).orElseThrow().status() == Status.EXITED);
        assertTrue(sample(id).isEmpty());
        bench.time.advance(BLINK);
        assertEquals(0, stats.table().samples().size());
        eventually(() -> bench.engine.statsFollowers(id) == 0);
    }

    @Test
    void theSampleOfAContainerThatIsRemovedIsGone() {
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
        bench.engine.containers().remove(id, true, false);
        eventually(() -> bench.mirror.snapshot().container(id).isEmpty());
        bench.time.advance(BLINK);
        assertEquals(0, stats.table().samples().size());
    }

    @Test
    void aNewLifeBeginsAnew() {
        measure(id, 1, 0, 9_000);
        measure(id, 2, 500, 9_000);
        Sample old = awaitSample(id, 2);
        bench.engine.dies(id, 0);
        bench.engine.containers().start(id);
        bench.mirror.refresh(id);
        assertTrue(sample(id).isEmpty());
        awaitFollowed(id);
        measure(id, 3, 600, 1_000);
        Sample fresh = awaitSample(id, 3);
        assertEquals(OptionalDouble.empty(), fresh.cpuPercent());
        assertEquals(OptionalLong.of(1_000), fresh.memoryMaximum());
        assertTrue(fresh.startedAt().isAfter(old.startedAt()));
    }

    @Test
    void aSampleOfAnotherLifeIsNotShown() {
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
        SampleTable table = stats.table();
        bench.engine.dies(id, 0);
        bench.engine.containers().start(id);
        Container again = bench.mirror.refresh(id).orElseThrow();
        assertTrue(table.of(again).isEmpty());
    }

    @Test
    void aContainerThatWasStartedLaterIsFollowedToo() {
        ContainerId later = bench.runs("later");
        awaitFollowed(later);
        measure(later, 1, 0, 7);
        assertEquals(OptionalLong.of(7), awaitSample(later, 1).memoryUsage());
    }

    @Test
    void aContainerHasOneStreamHoweverOftenItChanges() {
        bench.engine.change(id, it -> it.health = Optional.of("healthy"));
        bench.mirror.refresh(id);
        bench.engine.change(id, it -> it.status = Status.PAUSED);
        bench.mirror.refresh(id);
        assertEquals(1, bench.engine.count(Call.STATS));
        assertEquals(1, bench.engine.statsFollowers(id));
    }

    @Test
    void theTableIsTheSameForAQuarterOfASecondOfTheClock() {
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
        SampleTable shown = stats.table();
        bench.time.advance(BLINK);
        assertSame(shown, stats.table(), "nothing has come since");
        measure(id, 2, 0, 2_000);
        SampleTable next = awaitTable(2);
        measure(id, 3, 0, 3_000);
        bench.time.advance(BLINK.minusMillis(1));
        assertSame(next, stats.table());
        bench.time.advance(Duration.ofMillis(1));
        eventually(() -> stats.table().version() > next.version());
        assertEquals(OptionalLong.of(3_000), sample(id).orElseThrow().memoryUsage());
    }

    @Test
    void aClockThatGoesBackDoesNotFreezeTheTable() {
        measure(id, 1, 0, 1_000);
        awaitSample(id, 1);
        bench.time.advance(Duration.ofHours(-1));
        measure(id, 2, 0, 2_000);
        eventually(() -> sample(id).orElseThrow().memoryUsage().equals(OptionalLong.of(2_000)));
    }

    @Test
    void closingEndsEveryStream() {
        ContainerId other = bench.runs("other");
        awaitFollowed(other);
        breakStreams();
        bench.time.wake(reader(id));
        awaitFollowed(id);
        bench.time.awaitSleep(reader(other));
        stats.close();
        eventually(() -> bench.engine.statsFollowers(id) == 0 && bench.engine.statsFollowers(other) == 0);
        eventually(() -> bench.time.asleep() == 1); // the mirror's audit
        int streams = bench.engine.count(Call.STATS);
        bench.mirror.refresh(bench.runs("late"));
        assertEquals(streams, bench.engine.count(Call.STATS));
    }

    private void measure(ContainerId container, int second, int usedMillis, long memory) {
        bench.engine.measure(container, Records.second(second, Duration.ofMillis(usedMillis), memory));
    }

    /// The engine goes for a moment, as for a restart with live-restore: its containers live on.
    private void breakStreams() {
        bench.away();
        bench.time.awaitSleep(reader(id));
        bench.back();
        eventually(() -> bench.mirror.snapshot().state().connected());
    }

    private void awaitFollowed(ContainerId container) {
        eventually(() -> bench.engine.statsFollowers(container) == 1);
    }

    /// Waits for the sample of a second, however long the clock takes to show it.
    private Sample awaitSample(ContainerId container, int second) {
        eventually(() -> {
            bench.time.advance(BLINK);
            return sample(container)
                    .filter(it -> it.at().equals(Records.START.plusSeconds(second)))
                    .isPresent();
        });
        return sample(container).orElseThrow();
    }

    private SampleTable awaitTable(int second) {
        awaitSample(id, second);
        return stats.table();
    }

    private Optional<Sample> sample(ContainerId container) {
        return bench.mirror.snapshot().container(container).flatMap(stats.table()::of);
    }

    private static String reader(ContainerId container) {
        return "stats of " + container.shortId();
    }
}
