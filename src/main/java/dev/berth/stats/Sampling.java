package dev.berth.stats;

import java.time.Duration;
import java.util.Optional;

/// How samples come about at the moment.
///
/// @param source `cgroup-v1`, `cgroup-v2`, `engine`, or `mixed` where containers differ
/// @param interval from one sample of a container to the next
/// @param cost how long the last round took; none before the first, and where the engine does the work
/// @param skipped how many rounds were left out because one took too long
public record Sampling(String source, Duration interval, Optional<Duration> cost, long skipped) {}
