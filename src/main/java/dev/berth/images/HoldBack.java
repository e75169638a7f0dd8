package dev.berth.images;

import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// Which registries have said that they are asked too often, and until when they are to be left alone.
final class HoldBack {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    /// A cancel is noticed after this long.
    private static final Duration SLICE = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Pause pause;
    private final BooleanSupplier cancelled;
    private final Map<String, Instant> until = new ConcurrentHashMap<>();

    /// @param cancelled whether waiting has become pointless
    HoldBack(InstantSource clock, Pause pause, BooleanSupplier cancelled) {
        this.clock = clock;
        this.pause = pause;
        this.cancelled = cancelled;
    }

    /// @param retryAfter none if the registry did not say: then it is left alone for good
    void note(String registry, Optional<Duration> retryAfter) {
        until.put(registry, retryAfter.map(clock.instant()::plus).orElse(Instant.MAX));
    }

    /// It has answered again, after its time.
    void lift(String registry, Instant end) {
        until.remove(registry, end);
    }

    boolean holds(String registry) {
        return left(registry).isPositive();
    }

    /// Until when it is to be left alone, or was.
    Instant end(String registry) {
        return until.getOrDefault(registry, Instant.MIN);
    }

    private Duration left(String registry) {
        return Duration.between(clock.instant(), end(registry));
    }

    /// Waits until the registry may be asked again.
    ///
    /// @throws Failure.Refused (`registry-limit`) if that takes too long
    void await(String registry) throws InterruptedException {
        Duration left = left(registry);
        if (left.compareTo(LONGEST_WAIT) > 0) throw refusal(registry);
        while (left.isPositive()) {
            if (cancelled.getAsBoolean()) throw new Failure.Cancelled("cancelled while a registry was left alone");
            Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
            pause.sleep(slice);
            left = left.minus(slice);
        }
    }

    /// Why a registry is not asked now.
    Failure refusal(String registry) {
        Instant end = end(registry);
        String said = "the registry " + registry + " has been asked too often; ";
        if (end.equals(Instant.MAX)) return new Failure.Refused("registry-limit", said + "try again later");
        long seconds = Math.max(0, left(registry).toSeconds());
        return new Failure.Refused("registry-limit", said + "try again after " + end + ", in " + seconds + " s")
                .with("retry_after_seconds", seconds);
    }
}
