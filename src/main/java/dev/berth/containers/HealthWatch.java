package dev.berth.containers;

import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits until containers are healthy. Asks the engine nothing: the mirror tells of every change.
final class HealthWatch implements ContainerListener {
    private static final String HEALTHY = "healthy";

    private final Mirror mirror;
    private final Set<Wait> waiting = ConcurrentHashMap.newKeySet();

    HealthWatch(Mirror mirror) {
        this.mirror = mirror;
        mirror.listen(this);
    }

    /// @param end the container when there is nothing more to wait for; nothing if it was removed
    private record Wait(ContainerId id, CompletableFuture<Optional<Container>> end) {}

    /// @throws Failure.Overdue if it is not healthy by then; it stays as it is
    /// @throws Failure.Conflict if it ended, or somebody removed it
    /// @throws Failure.Rejected if it has no health check
    Container await(Container made, Duration longest) throws InterruptedException {
        var wait = new Wait(made.id(), new CompletableFuture<>());
        waiting.add(wait);
        try {
            mirror.snapshot().container(made.id()).ifPresentOrElse(this::changed, () -> removed(made.id()));
            return healthy(made, wait.end().get(longest.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            Container now = mirror.snapshot().container(made.id()).orElse(made);
            throw about(
                            made,
                            new Failure.Overdue(
                                    "not-healthy-in-time",
                                    "container " + now.name() + " was created, and is not healthy after "
                                            + longest.toMillis() / 1000.0 + " seconds; it stays"))
                    .with("health", now.health().orElse("none"));
        } catch (ExecutionException broken) {
            throw new IllegalStateException("nobody ends a wait with an exception", broken);
        } finally {
            waiting.remove(wait);
        }
    }

    @Override
    public void changed(Container container) {
        if (isDecided(container)) end(container.id(), Optional.of(container));
    }

    @Override
    public void removed(ContainerId id) {
        end(id, Optional.empty());
    }

    private void end(ContainerId id, Optional<Container> how) {
        for (Wait wait : waiting) if (wait.id().equals(id)) wait.end().complete(how);
    }

    /// One that a policy starts again is `restarting`, and may become healthy yet.
    private static boolean isDecided(Container container) {
        return container.health().filter(HEALTHY::equals).isPresent()
                || hasEnded(container)
                || (container.status() == Status.RUNNING && container.health().isEmpty());
    }

    private static boolean hasEnded(Container container) {
        return container.status() == Status.EXITED || container.status() == Status.DEAD;
    }

    private static Container healthy(Container made, Optional<Container> end) {
        Container now = end.orElseThrow(() -> about(
                made,
                new Failure.Conflict(
                        "container-gone", "container " + made.name() + " was created, and removed by somebody else")));
        if (hasEnded(now)) {
            Failure ended = new Failure.Conflict(
                    "ended-before-healthy",
                    "container " + now.name() + " was created and has ended before it was healthy; it stays");
            now.exitCode().ifPresent(it -> ended.with("exit_code", (long) it));
            throw about(made, ended);
        }
        if (now.health().isEmpty()) throw about(made, withoutCheck());
        return now;
    }

    static Failure withoutCheck() {
        return new Failure.Rejected(
                "no-health-check",
                "there is nothing to wait for: neither the request nor the image has a health check");
    }

    private static Failure about(Container made, Failure failure) {
        return failure.with("id", made.id().hex()).with("short_id", made.id().shortId());
    }
}
