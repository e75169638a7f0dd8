package dev.berth.images;

import dev.berth.engine.EngineImages;
import dev.berth.engine.RegistryAuth;
import dev.berth.model.ImageRef;
import dev.berth.model.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// The registries of images: asked directly where that can be done, else through the engine.
///
/// A direct question for a digest does not count against a registry's limit of pulls, an engine's does.
/// What stands in its way (a certificate that only the engine trusts, a proxy, another network) need not
/// stand in the engine's.
public final class Registries {
    private static final Duration ROUNDABOUT = Duration.ofMinutes(10);

    private final EngineImages engine;
    private final Credentials credentials;
    private final boolean near;
    private final InstantSource clock;
    private final Pause pause;
    /// Until when a registry is asked through the engine, because asking it directly came to nothing.
    private final Map<String, Instant> roundabout = new ConcurrentHashMap<>();

    /// @param near whether this machine is the engine's, so that a registry is the same one from here
    public Registries(EngineImages engine, Credentials credentials, boolean near, InstantSource clock, Pause pause) {
        this.engine = engine;
        this.credentials = credentials;
        this.near = near;
        this.clock = clock;
        this.pause = pause;
    }

    /// The questions of one job or one check.
    ///
    /// @param given credentials for all of them, instead of the user's own
    /// @param waits how often a question may wait because a registry wants that
    Questions questions(Optional<RegistryAuth> given, int waits, BooleanSupplier cancelled) {
        return new Questions(engine, this, given, waits, new HoldBack(clock, pause, cancelled), clock);
    }

    /// The user's credentials for a reference's registry.
    RegistryAuth login(ImageRef reference) throws InterruptedException {
        return credentials.of(reference);
    }

    boolean isDirect(String registry) {
        return near && !clock.instant().isBefore(roundabout.getOrDefault(registry, Instant.MIN));
    }

    void goRound(String registry) {
        roundabout.put(registry, clock.instant().plus(ROUNDABOUT));
    }
}
