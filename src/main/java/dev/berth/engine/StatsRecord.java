package dev.berth.engine;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// One reading of a container's counters by the engine.
///
/// @param read when, in the engine's clock; the epoch means that nothing was read
/// @param cpu the counters now
/// @param cpuBefore those of the reading before, none in a stream's first record
/// @param memoryUsage bytes, page cache included
/// @param memoryMaximum the kernel's high-water mark in bytes; cgroup v1 only
/// @param inactiveFile bytes of page cache that could be dropped
/// @param pids processes and threads
/// @param throttledPeriods how often the CPU limit has stopped it
public record StatsRecord(
        Instant read,
        CpuCounters cpu,
        Optional<CpuCounters> cpuBefore,
        OptionalLong memoryUsage,
        OptionalLong memoryMaximum,
        OptionalLong inactiveFile,
        OptionalLong pids,
        OptionalLong networkReceived,
        OptionalLong networkSent,
        OptionalLong blockRead,
        OptionalLong blockWritten,
        OptionalLong throttledPeriods) {

    /// CPU time in nanoseconds.
    ///
    /// @param container used by the container
    /// @param host used by the whole host, all CPUs together, idle time included
    /// @param cpus how many CPUs are online
    public record CpuCounters(long container, OptionalLong host, int cpus) {}
}
