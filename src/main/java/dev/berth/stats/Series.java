package dev.berth.stats;

import dev.berth.engine.StatsRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// The readings of one life of one container, from its start to its end.
final class Series {
    private final Instant startedAt;
    private final boolean hostCounterIsTheHosts;
    private long highest;
    private Optional<StatsRecord> last = Optional.empty();

    Series(Instant startedAt, boolean hostCounterIsTheHosts) {
        this.startedAt = startedAt;
        this.hostCounterIsTheHosts = hostCounterIsTheHosts;
    }

    /// Between the last reading and the next one anything may have happened, so no interval is made of the two.
    void interrupted() {
        last = Optional.empty();
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
                maximum(record),
                Formulas.workingSet(record.memoryUsage(), record.inactiveFile()),
                record.pids(),
                record.networkReceived(),
                record.networkSent(),
                record.blockRead(),
                record.blockWritten());
    }

    /// The kernel's mark where there is one (cgroup v1), else the highest usage that we saw in this life.
    private OptionalLong maximum(StatsRecord record) {
        if (record.memoryUsage().isEmpty()) return OptionalLong.empty();
        highest = Math.max(
                highest,
                Math.max(
                        record.memoryUsage().getAsLong(), record.memoryMaximum().orElse(0)));
        return OptionalLong.of(highest);
    }

    private static long nanosBetween(StatsRecord before, StatsRecord after) {
        return Duration.between(before.read(), after.read()).toNanos();
    }
}
