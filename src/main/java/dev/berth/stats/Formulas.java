package dev.berth.stats;

import dev.berth.engine.StatsRecord;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// The percentages and sizes exactly as Docker's command line makes them.
///
/// Source: <https://github.com/docker/cli/blob/master/cli/command/container/stats_helpers.go>.
final class Formulas {
    /// A counter that was read a moment late may show a little more than the CPUs can give.
    private static final double TOLERANCE = 1.05;

    private Formulas() {}

    /// `Δcontainer / Δhost × CPUs × 100`. Where the engine's host counter is missing or is not the host's, as
    /// Podman's is not, the time between the two readings × CPUs stands for it.
    ///
    /// @param elapsedNanos between the two readings, by the engine's clock
    static OptionalDouble cpuPercent(
            StatsRecord.CpuCounters now, StatsRecord.CpuCounters before, long elapsedNanos, boolean hostIsTheHosts) {
        long used = now.container() - before.container();
        if (used < 0) return OptionalDouble.empty(); // another life of the container
        double percent;
        if (hostIsTheHosts && now.host().isPresent() && before.host().isPresent()) {
            long host = now.host().getAsLong() - before.host().getAsLong();
            percent = used > 0 && host > 0 ? (double) used / host * now.cpus() * 100 : 0;
        } else return cpuPercent(used, elapsedNanos, now.cpus());
        return possible(percent, now.cpus());
    }

    /// The share of one CPU that was used in an interval.
    ///
    /// @param used CPU time in nanoseconds; below 0 belongs to another life
    /// @param elapsedNanos the interval
    /// @param cpus what the host has, 0 if that is not known
    static OptionalDouble cpuPercent(long used, long elapsedNanos, int cpus) {
        if (used < 0 || elapsedNanos <= 0) return OptionalDouble.empty();
        return possible((double) used / elapsedNanos * 100, cpus);
    }

    private static OptionalDouble possible(double percent, int cpus) {
        return cpus > 0 && percent > 100.0 * cpus * TOLERANCE ? OptionalDouble.empty() : OptionalDouble.of(percent);
    }

    /// Usage less the file cache that the kernel would drop first; what `docker stats` shows.
    static OptionalLong workingSet(OptionalLong usage, OptionalLong inactiveFile) {
        if (usage.isEmpty()) return usage;
        long cache = inactiveFile.orElse(0);
        return cache < usage.getAsLong() ? OptionalLong.of(usage.getAsLong() - cache) : usage;
    }
}
