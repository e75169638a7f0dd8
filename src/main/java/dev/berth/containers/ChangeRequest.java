package dev.berth.containers;

import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import java.util.Optional;

/// What is to become different about a container that exists, checked in itself.
///
/// @param liftsMemory whether its memory is to have no limit any more
/// @param limits its restart policy is one of them
public record ChangeRequest(boolean liftsMemory, LimitsChange limits, Optional<String> name) {
    Optional<MemorySize> memory() {
        return limits.memory();
    }
}
