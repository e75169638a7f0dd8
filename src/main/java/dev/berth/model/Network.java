package dev.berth.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A network of the engine's.
///
/// @param id whole; hex digits, or what a swarm gives
/// @param internal whether nothing outside can be reached from it
public record Network(
        String id,
        String name,
        String driver,
        List<Range> ranges,
        boolean internal,
        Map<String, String> labels,
        Optional<Instant> created) {
    private static final int SHORT = 10;

    /// Addresses of a network.
    ///
    /// @param subnet such as `10.77.0.0/24`
    public record Range(String subnet, Optional<String> gateway) {}

    public String shortId() {
        return id.substring(0, Math.min(SHORT, id.length()));
    }
}
