package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.engine.StatsRecord;
import dev.berth.engine.StatsRecord.CpuCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SeriesTest {
    private final Series series = new Series(Records.START, true);

    @Test
    void aRecordedPairOfCgroupV1GivesWhatTheCommandLineShows() {
        // Docker 20.10.24, cgroup v1, a busy loop: test resources stats-v1-first and stats-v1-second.
        series.next(Records.record(
                Instant.parse("2026-11-23T15:25:04.1697753Z"),
                new CpuCounters(85_497_040, OptionalLong.of(3_269_190_000_000L), 2),
                OptionalLong.of(2_580_480),
                OptionalLong.of(4_444_160),
                OptionalLong.of(434_176)));
        Sample sample = series.next(Records.record(
                Instant.parse("2026-11-23T15:25:05.174345329Z"),
                new CpuCounters(114_634_069, OptionalLong.of(3_271_180_000_000L), 2),
                OptionalLong.of(2_445_312),
                OptionalLong.of(4_444_160),
                OptionalLong.of(434_176)));
        assertEquals(29_137_029.0 / 1_990_000_000 * 2 * 100, sample.cpuPercent().orElseThrow(), 1e-9);
        assertEquals(OptionalLong.of(2_011_136), sample.workingSet());
        assertEquals(OptionalLong.of(4_444_160), sample.memoryMaximum());
    }

    @Test
    void aRecordedReadingOfCgroupV2HasNoMarkOfTheKernelAndNoCpuYet() {
        Sample sample = series.next(Records.record(
                Instant.parse("2026-11-23T12:55:14.94074151Z"),
                new CpuCounters(899_287_000, OptionalLong.of(105_270_000_000L), 2),
                OptionalLong.of(9_388_032),
                OptionalLong.empty(),
                OptionalLong.of(8_388_608)));
        assertEquals(OptionalDouble.empty(), sample.cpuPercent());
        assertEquals(OptionalLong.of(999_424), sample.workingSet());
        assertEquals(OptionalLong.of(9_388_032), sample.memoryMaximum());
    }

    @Test
    void aSampleSaysWhenAndWhoseItIs() {
        Sample sample = series.next(Records.second(1, Duration.ZERO, 5));
        assertEquals(Records.START, sample.startedAt());
        assertEquals(Records.START.plusSeconds(1), sample.at());
        assertEquals(OptionalLong.of(3), sample.pids());
        assertEquals(OptionalLong.of(10), sample.networkReceived());
        assertEquals(OptionalLong.of(20), sample.networkSent());
        assertEquals(OptionalLong.of(30), sample.blockRead());
        assertEquals(OptionalLong.of(40), sample.blockWritten());
    }

    @Test
    void aCounterThatRunsBackwardsCostsOneIntervalOnly() {
        series.next(Records.second(1, Duration.ofMillis(900), 1));
        assertEquals(OptionalDouble.empty(), cpu(2, 100));
        assertEquals(OptionalDouble.of(30), cpu(3, 400));
    }

    @Test
    void theMaximumIsTheHighestUsageSoFar() {
        assertEquals(
                OptionalLong.of(5),
                series.next(Records.second(1, Duration.ZERO, 5)).memoryMaximum());
        assertEquals(
                OptionalLong.of(9),
                series.next(Records.second(2, Duration.ZERO, 9)).memoryMaximum());
        assertEquals(
                OptionalLong.of(9),
                series.next(Records.second(3, Duration.ZERO, 2)).memoryMaximum());
    }

    @Test
    void theKernelsMarkCountsButIsNeverShownBelowTheUsage() {
        assertEquals(OptionalLong.of(50), maximum(40, 50));
        assertEquals(OptionalLong.of(60), maximum(60, 50));
    }

    @Test
    void withoutUsageThereIsNoMaximum() {
        StatsRecord empty = Records.record(
                Records.START,
                new CpuCounters(1, OptionalLong.of(1), 2),
                OptionalLong.empty(),
                OptionalLong.of(7),
                OptionalLong.empty());
        assertEquals(OptionalLong.empty(), series.next(empty).memoryMaximum());
        assertEquals(OptionalLong.empty(), series.next(empty).workingSet());
    }

    @Test
    void afterAnInterruptionNoIntervalIsMadeButTheMaximumStays() {
        series.next(Records.second(1, Duration.ZERO, 9));
        series.interrupted();
        Sample sample = series.next(Records.second(20, Duration.ofSeconds(1), 2));
        assertEquals(OptionalDouble.empty(), sample.cpuPercent());
        assertEquals(OptionalLong.of(9), sample.memoryMaximum());
        assertEquals(OptionalDouble.of(10), cpu(21, 1_100));
    }

    @Test
    void podmansCpuIsReckonedByTheClock() {
        var podman = new Series(Records.START, false);
        podman.next(reading(0, 0));
        assertEquals(OptionalDouble.of(25), podman.next(reading(2, 500)).cpuPercent());
    }

    /// As Podman says it: the host's counter is the container's own.
    private static StatsRecord reading(int second, int usedMillis) {
        long used = Duration.ofMillis(usedMillis).toNanos();
        return Records.record(
                Records.START.plusSeconds(second),
                new CpuCounters(used, OptionalLong.of(used), 2),
                OptionalLong.of(1),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private OptionalDouble cpu(int second, int usedMillis) {
        return series.next(Records.second(second, Duration.ofMillis(usedMillis), 1))
                .cpuPercent();
    }

    private OptionalLong maximum(long usage, long mark) {
        return series.next(Records.record(
                        Records.START,
                        new CpuCounters(1, OptionalLong.of(1), 2),
                        OptionalLong.of(usage),
                        OptionalLong.of(mark),
                        OptionalLong.empty()))
                .memoryMaximum();
    }
}
