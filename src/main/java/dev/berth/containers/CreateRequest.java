package dev.berth.containers;

import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// A request for a container, checked in itself.
///
/// @param start false creates only
/// @param waitHealthy how long to wait until it is healthy; none is not at all
public record CreateRequest(ContainerSpec spec, Pull pull, boolean start, Optional<Duration> waitHealthy) {
    /// @throws Failure.Rejected if it is to wait for the health of what is never checked
    void requireCheck(Image image) {
        boolean checked = spec.healthCheck()
                .map(it -> !it.disabled() && (it.test().isPresent() || image.healthCheck()))
                .orElse(image.healthCheck());
        if (waitHealthy.isPresent() && !checked) throw HealthWatch.withoutCheck();
    }

    /// What it is called while it waits for memory.
    String what() {
        return "create " + spec.name().orElse(spec.image().toString());
    }

    /// When the registry is asked for the image.
    public enum Pull {
        MISSING,
        ALWAYS,
        NEVER;

        /// As requests write it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
