package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.StatsRecord.CpuCounters;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Docker's formulas: `docker/cli`, `cli/command/container/stats_helpers.go`.
class FormulasTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void cpuIsItsShareOfTheHostsTimeTimesTheCpus() {
        // 0.25 s of the 4 s that 4 CPUs have in a second
        assertEquals(OptionalDouble.of(25), percent(cpu(0, 0, 4), cpu(SECOND / 4, 4 * SECOND, 4)));
        assertEquals(OptionalDouble.of(100), percent(cpu(7, 9, 4), cpu(7 + SECOND, 9 + 4 * SECOND, 4)));
        assertEquals(OptionalDouble.of(400), percent(cpu(0, 0, 4), cpu(4 * SECOND, 4 * SECOND, 4)));
    }

    @Test
    void withoutProgressOfEitherCounterItIsNothing() {
        assertEquals(OptionalDouble.of(0), percent(cpu(5, 0, 2), cpu(5, SECOND, 2)));
        assertEquals(OptionalDouble.of(0), percent(cpu(5, SECOND, 2), cpu(6, SECOND, 2)));
        assertEquals(OptionalDouble.of(0), percent(cpu(5, SECOND, 2), cpu(6, SECOND - 1, 2)));
    }

    @Test
    void aCounterOfTheContainersThatRunsBackwardsGivesNoValue() {
        assertEquals(OptionalDouble.empty(), percent(cpu(5, 0, 2), cpu(4, SECOND, 2)));
        assertEquals(OptionalDouble.empty(), Formulas.cpuPercent(wall(4), wall(5), SECOND, false));
    }

    @Test
    void moreThanTheCpusCanGiveIsDropped() {
        assertEquals(OptionalDouble.empty(), percent(cpu(0, 0, 2), cpu(2_200_000_000L, 2 * SECOND, 2)));
        assertEquals(
                208, percent(cpu(0, 0, 2), cpu(2_080_000_000L, 2 * SECOND, 2)).orElseThrow(), 1e-9);
    }

    @Test
    void whereTheHostsCounterIsNotTheHostsTheClockStandsForIt() {
        // Podman: system_cpu_usage is the container's own.
        CpuCounters before = cpu(0, 0, 2);
        CpuCounters now = cpu(SECOND / 2, SECOND / 2, 2);
        assertEquals(OptionalDouble.of(50), Formulas.cpuPercent(now, before, SECOND, false));
        assertEquals(OptionalDouble.of(25), Formulas.cpuPercent(now, before, 2 * SECOND, false));
        assertEquals(OptionalDouble.of(0), Formulas.cpuPercent(before, before, SECOND, false));
    }

    @Test
    void whereTheHostsCounterIsMissingTheClockStandsForIt() {
        assertEquals(OptionalDouble.of(50), Formulas.cpuPercent(wall(SECOND / 2), wall(0), SECOND, true));
    }

    @Test
    void withoutTimeBetweenTheReadingsThereIsNoValue() {
        assertEquals(OptionalDouble.empty(), Formulas.cpuPercent(wall(2), wall(1), 0, false));
        assertEquals(OptionalDouble.empty(), Formulas.cpuPercent(wall(2), wall(1), -SECOND, false));
    }

    @Test
    void anUnknownNumberOfCpusDropsNothing() {
        assertEquals(
                OptionalDouble.of(50),
                Formulas.cpuPercent(
                        new CpuCounters(SECOND / 2, OptionalLong.empty(), 0),
                        new CpuCounters(0, OptionalLong.empty(), 0),
                        SECOND,
                        false));
    }

    @Test
    void theWorkingSetIsUsageWithoutTheFileCacheThatIsDroppedFirst() {
        assertEquals(OptionalLong.of(70), workingSet(100, 30));
        assertEquals(OptionalLong.of(1), workingSet(100, 99));
        assertEquals(OptionalLong.of(100), workingSet(100, 0));
        assertEquals(OptionalLong.of(100), Formulas.workingSet(OptionalLong.of(100), OptionalLong.empty()));
    }

    @Test
    void theWorkingSetIsNeverBelowNothingAndNeverAboveUsage() {
        // The two are read at two moments; the command line then shows the usage.
        assertEquals(OptionalLong.of(100), workingSet(100, 100));
        assertEquals(OptionalLong.of(100), workingSet(100, 101));
        assertTrue(Formulas.workingSet(OptionalLong.empty(), OptionalLong.of(5)).isEmpty());
    }

    private static OptionalLong workingSet(long usage, long inactiveFile) {
        return Formulas.workingSet(OptionalLong.of(usage), OptionalLong.of(inactiveFile));
    }

    private static OptionalDouble percent(CpuCounters before, CpuCounters now) {
        return Formulas.cpuPercent(now, before, SECOND, true);
    }

    private static CpuCounters cpu(long container, long host, int cpus) {
        return new CpuCounters(container, OptionalLong.of(host), cpus);
    }

    private static CpuCounters wall(long container) {
        return new CpuCounters(container, OptionalLong.empty(), 2);
    }
}
