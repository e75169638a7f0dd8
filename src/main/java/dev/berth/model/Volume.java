package dev.berth.model;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A volume of the engine's.
///
/// @param mountpoint where it lies on the engine's machine; none where the driver does not say
public record Volume(
        String name,
        String driver,
        Optional<String> mountpoint,
        Map<String, String> labels,
        Optional<Instant> created) {}
