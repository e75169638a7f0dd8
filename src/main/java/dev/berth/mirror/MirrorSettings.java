package dev.berth.mirror;

import java.time.Duration;

/// How the mirror keeps itself true.
///
/// @param tick how often restarting containers are looked at and failed looks are tried again
/// @param audit how often the engine's list is compared
/// @param imageAudit the same for images, whose list is dear on new engines
/// @param reinspect every container is looked at at least this often
/// @param silence an event stream that says nothing for this long is doubted and the engine is pinged
/// @param confirm how long a write may take to show
record MirrorSettings(
        Duration tick, Duration audit, Duration imageAudit, Duration reinspect, Duration silence, Duration confirm) {
    static final MirrorSettings DEFAULTS = new MirrorSettings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5));
}
