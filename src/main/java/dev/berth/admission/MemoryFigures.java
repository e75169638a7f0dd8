package dev.berth.admission;

/// The host's memory at one moment, in bytes: what there is, what is promised, what is left.
///
/// @param physicalBytes what the engine's host has
/// @param capacityBytes what may be promised of it
/// @param limitsBytes the sum of the limits of all containers that run, are paused or restarting
/// @param unlimitedBytes what containers without a limit count
/// @param heldBytes promised to what is under way, beyond what its container counts already
/// @param queuedBytes what those in the line ask for
/// @param usedBytes the sum of all working sets
public record MemoryFigures(
        long physicalBytes,
        long capacityBytes,
        long limitsBytes,
        long unlimitedBytes,
        long heldBytes,
        long queuedBytes,
        long usedBytes) {

    public long committedBytes() {
        return sum(sum(limitsBytes, unlimitedBytes), heldBytes);
    }

    public long availableBytes() {
        return Math.max(0, capacityBytes - committedBytes());
    }

    public long overcommittedBytes() {
        return Math.max(0, committedBytes() - capacityBytes);
    }

    /// A limit may be as large as a long: no sum of them may come out negative.
    static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
