package dev.berth.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The hard limits of a container; what is absent is unlimited.
///
/// @param memory also the limit of memory and swap together: swap is never allowed on top
/// @param memoryReservation the soft limit, at most `memory`
/// @param pids the highest number of processes and threads
public record Limits(
        Optional<MemorySize> memory,
        Optional<MemorySize> memoryReservation,
        Optional<Cpus> cpus,
        OptionalLong pids,
        List<DeviceRate> readBytes,
        List<DeviceRate> readOperations,
        List<DeviceRate> writeBytes,
        List<DeviceRate> writeOperations) {
    /// The least memory that engines accept.
    public static final MemorySize MEMORY_FLOOR = new MemorySize(6L << 20);

    public static final Limits NONE = new Limits(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
}
