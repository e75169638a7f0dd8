package dev.berth.stats;

import dev.berth.engine.StatsRecord;
import dev.berth.engine.StatsRecord.CpuCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// Puts readings together.
final class Records {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Records() {}

    /// One second after another, on two CPUs that were idle for the rest of the time.
    static StatsRecord second(int second, Duration used, long memory) {
        return record(
                START.plusSeconds(second),
                new CpuCounters(
                        used.toNanos(),
                        OptionalLong.of(Duration.ofSeconds(2L * second).toNanos()),
                        2),
                OptionalLong.of(memory),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    static StatsRecord record(
            Instant read, CpuCounters cpu, OptionalLong memory, OptionalLong maximum, OptionalLong inactiveFile) {
        return new StatsRecord(
                read,
                cpu,
                Optional.empty(),
                memory,
                maximum,
                inactiveFile,
                OptionalLong.of(3),
                OptionalLong.of(10),
                OptionalLong.of(20),
                OptionalLong.of(30),
                OptionalLong.of(40),
                OptionalLong.of(5));
    }
}
