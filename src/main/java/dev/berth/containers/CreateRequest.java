package dev.berth.containers;

import dev.berth.model.ContainerSpec;

/// A request for a container, checked in itself.
///
/// @param start false creates only
public record CreateRequest(ContainerSpec spec, Pull pull, boolean start) {
    /// When the registry is asked for the image.
    public enum Pull {
        MISSING,
        ALWAYS,
        NEVER
    }
}
