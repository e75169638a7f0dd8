package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Pause;
import dev.berth.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Decides whether a successor stands: it has stayed up for the time of grace, and is healthy then or later if
/// it has a health check. One that was healthy for a moment and is not any more has failed.
final class Gate {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration MARGIN = Duration.ofSeconds(10);

    // What an engine takes where a health check does not say: https://docs.docker.com/reference/dockerfile/#healthcheck
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRIES = 3;

    private final Engine engine;
    private final Mirror mirror;
    private final Duration grace;
    private final InstantSource clock;
    private final Pause pause;

    Gate(Engine engine, Mirror mirror, Duration grace, InstantSource clock, Pause pause) {
        this.engine = engine;
        this.mirror = mirror;
        this.grace = grace;
        this.clock = clock;
        this.pause = pause;
    }

    /// Waits for the decision.
    ///
    /// @return why they do not stand; nothing if all of them do
    Optional<String> watch(List<ContainerId> ids, BooleanSupplier cancelled) throws InterruptedException {
        Instant begin = clock.instant();
        Duration longest = grace;
        for (ContainerId id : ids) {
            Duration needed = longest(engine.details().container(id, true).at("Config", "Healthcheck"));
            if (needed.compareTo(longest) > 0) longest = needed;
        }
        while (true) {
            boolean all = true;
            for (ContainerId id : ids) {
                Optional<Container> container = mirror.refresh(id);
                Optional<String> fault = container.isEmpty() ? Optional.of("it is gone") : fault(container.get());
                if (fault.isPresent())
                    return Optional.of(container.map(it -> it.name() + ": ").orElse("") + fault.get());
                all = all && container.get().health().map("healthy"::equals).orElse(true);
            }
            if (cancelled.getAsBoolean()) return Optional.of("cancelled");
            Duration passed = Duration.between(begin, clock.instant());
            if (all && passed.compareTo(grace) >= 0) return Optional.empty();
            if (passed.compareTo(longest) >= 0)
                return Optional.of("it is not healthy after " + passed.toSeconds() + " s");
            pause.sleep(LOOK);
        }
    }

    private static Optional<String> fault(Container container) {
        if (container.status() != Status.RUNNING)
            return Optional.of(
                    container.exitCode().isPresent()
                            ? "it ended with exit code " + container.exitCode().getAsInt()
                            : "it is " + container.status().word());
        if (container.oomKilled()) return Optional.of("it ran out of memory");
        if (container.restartCount() > 0) return Optional.of("it was restarted");
        return container.health().filter("unhealthy"::equals).map(_ -> "its health check fails");
    }

    /// The first probe runs only after an interval, and the last of the retries may take all of its time.
    private Duration longest(Json check) {
        List<String> test = check.get("Test").texts();
        if (test.isEmpty() || test.getFirst().equals("NONE")) return grace;
        Duration interval = nanos(check.get("Interval"), INTERVAL);
        Duration timeout = nanos(check.get("Timeout"), TIMEOUT);
        long retries =
                check.get("Retries").wholeOr(0) > 0 ? check.get("Retries").wholeOr(0) : RETRIES;
        Duration start = nanos(check.get("StartPeriod"), Duration.ZERO);
        Duration probes = interval.plus(timeout).multipliedBy(retries + 1).plus(start);
        return (probes.compareTo(grace) > 0 ? probes : grace).plus(MARGIN);
    }

    private static Duration nanos(Json json, Duration otherwise) {
        long nanos = json.wholeOr(0);
        return nanos > 0 ? Duration.ofNanos(nanos) : otherwise;
    }
}
