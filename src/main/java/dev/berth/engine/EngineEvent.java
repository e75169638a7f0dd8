package dev.berth.engine;

import java.util.Map;

/// Something happened on the engine: a hint to look, never a state.
///
/// @param type `container`, `image`, `network`, `volume`, `daemon`
/// @param action such as `start`, `die`, `health_status: healthy`
/// @param id of the actor; for an image's pull it is the reference
/// @param timeNanos in the engine's clock, since the epoch
public record EngineEvent(String type, String action, String id, Map<String, String> attributes, long timeNanos) {}
