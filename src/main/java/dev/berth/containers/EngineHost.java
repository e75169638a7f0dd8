package dev.berth.containers;

import dev.berth.model.Cpus;
import dev.berth.model.MemorySize;
import java.util.Optional;
import java.util.function.Predicate;

/// What is known of the engine's machine when a request is checked.
///
/// @param cpus all of them; none before the engine was met
/// @param memory physical; none before the engine was met
/// @param presets what every container gets or may not exceed
/// @param isBlockDevice tells of a path of the engine's `/dev`; none where we do not see that
public record EngineHost(
        Optional<Cpus> cpus,
        Optional<MemorySize> memory,
        MemoryPresets presets,
        Optional<Predicate<String>> isBlockDevice) {}
