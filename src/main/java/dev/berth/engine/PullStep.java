package dev.berth.engine;

import java.util.Optional;
import java.util.OptionalLong;

/// A line of a pull's progress.
///
/// @param status the engine's word, such as `Downloading` or `Pull complete`
/// @param layer the layer it is about
/// @param current bytes so far
/// @param total bytes in all, once known
public record PullStep(String status, Optional<String> layer, OptionalLong current, OptionalLong total) {}
