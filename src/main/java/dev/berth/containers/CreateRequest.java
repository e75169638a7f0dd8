package dev.berth.containers;

import dev.berth.model.ContainerSpec;

/// A request for a container, checked in itself.
///
/// @param start false creates only
public record CreateRequest(ContainerSpec spec, Pull pull, boolean start) {
    /// What it is called while it waits for memory.
    String what() {
        return "create " + spec.name().orElse(spec.image().toString());
    }

    /// When the registry is asked for the image.
    public enum Pull {
        MISSING,
        ALWAYS,
        NEVER
    }
}
