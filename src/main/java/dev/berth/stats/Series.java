package dev.berth.stats;

import dev.berth.engine.StatsRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The readings of one life of one container, from its start to its end.
final class Series {
    /// Below this the grain of the counters is larger than what they count.
    private static final long SHORTEST_INTERVAL_NANOS = 100_000_000;

    private final Instant startedAt;
    private final boolean hostCounterIsTheHosts;
    private long highest;
    private Optional<StatsRecord> last = Optional.empty();
    private @Nullable Reading base;
    private OptionalDouble shown = OptionalDouble.empty();

    Series(Instant startedAt, boolean hostCounterIsTheHosts) {
        this.startedAt = startedAt;
        this.hostCounterIsTheHosts = hostCounterIsTheHosts;
    }

    /// Between the last reading and the next one anything may have happened, so no interval is made of the two.
    void interrupted() {
        last = Optional.empty();
        base = null;
    }

    /// A reading of files. Its interval is counted by a clock that only goes forward.
    ///
    /// @param at when it was read, for people
    /// @param cpus how many the host has
    Sample next(Reading reading, Instant at, int cpus) {
        OptionalDouble cpu = cpu(reading, cpus);
        return new Sample(
                startedAt,
                at,
                reading.source(),
                cpu,
                reading.memoryUsage(),
                maximum(reading.memoryUsage(), reading.memoryMaximum()),
                Formulas.workingSet(reading.memoryUsage(), reading.inactiveFile()),
                reading.pids(),
                reading.networkReceived(),
                reading.networkSent(),
                reading.blockRead(),
                reading.blockWritten(),
                OptionalLong.of(reading.cpuNanos()),
                reading.throttledPeriods());
    }

    private OptionalDouble cpu(Reading reading, int cpus) {
        Reading before = base;
        if (before != null && reading.nanos() - before.nanos() < SHORTEST_INTERVAL_NANOS) return shown;
        base = reading;
        shown = before == null
                ? OptionalDouble.empty()
                : Formulas.cpuPercent(reading.cpuNanos() - before.cpuNanos(), reading.nanos() - before.nanos(), cpus);
        return shown;
    }

    Sample next(StatsRecord record) {
        OptionalDouble cpu = last.map(before -> Formulas.cpuPercent(
                        record.cpu(), before.cpu(), nanosBetween(before, record), hostCounterIsTheHosts))
                .orElse(OptionalDouble.empty());
        last = Optional.of(record);
        return new Sample(
                startedAt,
                record.read(),
                Sample.Source.ENGINE,
                cpu,
                record.memoryUsage(),
                maximum(record.memoryUsage(), record.memoryMaximum()),
                Formulas.workingSet(record.memoryUsage(), record.inactiveFile()),
                record.pids(),
                record.networkReceived(),
                record.networkSent(),
                record.blockRead(),
                record.blockWritten(),
                OptionalLong.of(record.cpu().container()),
                record.throttledPeriods());
    }

    /// The kernel's mark where there is one, else the highest usage that we saw in this life.
    private OptionalLong maximum(OptionalLong usage, OptionalLong mark) {
        if (usage.isEmpty()) return OptionalLong.empty();
        highest = Math.max(highest, Math.max(usage.getAsLong(), mark.orElse(0)));
        return OptionalLong.of(highest);
    }

    private static long nanosBetween(StatsRecord before, StatsRecord after) {
        return Duration.between(before.read(), after.read()).toNanos();
    }
}
