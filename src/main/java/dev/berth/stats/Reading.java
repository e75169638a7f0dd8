package dev.berth.stats;

import java.util.OptionalLong;

/// The counters of one container at one moment, from whatever source.
///
/// @param nanos when, by a clock that only goes forward; only differences mean anything
/// @param cpuNanos CPU time used since the container's start
/// @param memoryUsage bytes, page cache included
/// @param memoryMaximum the kernel's high-water mark in bytes, where it keeps one
/// @param inactiveFile bytes of page cache that the kernel would drop first
/// @param throttledPeriods how often the CPU limit has stopped it
record Reading(
        long nanos,
        Sample.Source source,
        long cpuNanos,
        OptionalLong memoryUsage,
        OptionalLong memoryMaximum,
        OptionalLong inactiveFile,
        OptionalLong pids,
        OptionalLong networkReceived,
        OptionalLong networkSent,
        OptionalLong blockRead,
        OptionalLong blockWritten,
        OptionalLong throttledPeriods) {}
