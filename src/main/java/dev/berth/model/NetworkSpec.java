package dev.berth.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything a network is made from.
///
/// @param driver none is the engine's default
/// @param ranges none lets the engine pick
public record NetworkSpec(
        String name,
        Optional<String> driver,
        List<Network.Range> ranges,
        boolean internal,
        Map<String, String> labels) {}
