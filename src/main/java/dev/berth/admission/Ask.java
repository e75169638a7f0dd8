package dev.berth.admission;

import dev.berth.model.ContainerId;
import dev.berth.model.MemorySize;
import java.util.Optional;

/// A wish for memory.
///
/// @param what it is for, in a word or two that somebody who waits behind it understands
/// @param container that exists already: what it is charged for is part of what it asks
/// @param limit what it will be charged for; none is a container without a limit
public record Ask(String what, Optional<ContainerId> container, Optional<MemorySize> limit) {}
