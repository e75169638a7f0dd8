package dev.berth.admission;

import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import dev.berth.stats.Sample;
import dev.berth.stats.SampleTable;

/// The host's memory, in bytes: what there is, what is promised, what is left.
///
/// @param physicalBytes what the engine's host has
/// @param capacityBytes what may be promised of it
/// @param limitsBytes the sum of the limits of all containers that run, are paused or restarting
/// @param unlimitedBytes what containers without a limit use now; they may grow
/// @param heldBytes promised to creates under way
/// @param usedBytes the sum of all working sets
public record MemoryFigures(
        long physicalBytes, long capacityBytes, long limitsBytes, long unlimitedBytes, long heldBytes, long usedBytes) {
    /// Of physical memory; the rest is the host's own.
    private static final long CAPACITY_PERMILLE = 900;

    /// What a container without a limit counts until its first sample.
    private static final long UNSAMPLED_BYTES = 64L << 20;

    public static MemoryFigures of(MemorySize physical, Snapshot snapshot, SampleTable samples, long heldBytes) {
        long limits = 0;
        long unlimited = 0;
        long used = 0;
        for (Container container : snapshot.containers().values()) {
            var workingSet = samples.of(container).map(Sample::workingSet);
            used += workingSet.map(it -> it.orElse(0)).orElse(0L);
            if (!container.status().alive() && container.status() != Status.RESTARTING) continue;
            if (container.memoryLimit().isPresent())
                limits = saturatedSum(limits, container.memoryLimit().get().bytes());
            else unlimited += workingSet.map(it -> it.orElse(UNSAMPLED_BYTES)).orElse(UNSAMPLED_BYTES);
        }
        long capacity = Math.multiplyExact(physical.bytes(), CAPACITY_PERMILLE) / 1000;
        return new MemoryFigures(physical.bytes(), capacity, limits, unlimited, heldBytes, used);
    }

    public long committedBytes() {
        return saturatedSum(saturatedSum(limitsBytes, unlimitedBytes), heldBytes);
    }

    public long availableBytes() {
        return Math.max(0, capacityBytes - committedBytes());
    }

    public long overcommittedBytes() {
        return Math.max(0, committedBytes() - capacityBytes);
    }

    /// A limit may be as large as a long: no sum of them may come out negative.
    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
