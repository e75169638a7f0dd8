package dev.berth.model;

import java.util.Map;
import java.util.Optional;

/// Everything a volume is made from.
///
/// @param driver none is the engine's own
public record VolumeSpec(String name, Optional<String> driver, Map<String, String> labels) {}
