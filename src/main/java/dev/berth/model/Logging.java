package dev.berth.model;

import java.util.Map;
import java.util.Optional;

/// Where a container's output goes.
///
/// @param driver none is the engine's default
/// @param options of that driver
public record Logging(Optional<String> driver, Map<String, String> options) {
    public static final Logging DEFAULT = new Logging(Optional.empty(), Map.of());
}
