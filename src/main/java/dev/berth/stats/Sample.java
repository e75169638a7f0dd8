package dev.berth.stats;

import java.time.Instant;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What one container used at one moment of one life.
///
/// @param startedAt the life: counters of another one are never compared with these
/// @param at when it was read
/// @param cpuPercent over the interval since the sample before; 100 is one whole CPU; none before the second sample
/// @param memoryUsage bytes, page cache included
/// @param memoryMaximum its high-water mark in bytes, never below the usage
/// @param workingSet usage without inactive file cache, in bytes
/// @param pids processes and threads
/// @param cpuNanos CPU time used in this life
/// @param throttledPeriods how often the CPU limit has stopped it
public record Sample(
        Instant startedAt,
        Instant at,
        Source source,
        OptionalDouble cpuPercent,
        OptionalLong memoryUsage,
        OptionalLong memoryMaximum,
        OptionalLong workingSet,
        OptionalLong pids,
        OptionalLong networkReceived,
        OptionalLong networkSent,
        OptionalLong blockRead,
        OptionalLong blockWritten,
        OptionalLong cpuNanos,
        OptionalLong throttledPeriods) {

    /// Where samples come from.
    public enum Source {
        CGROUP_V1,
        CGROUP_V2,
        ENGINE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
