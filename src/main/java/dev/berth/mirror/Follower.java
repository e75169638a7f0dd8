package dev.berth.mirror;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineEvent;
import dev.berth.engine.EngineStream;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/// Keeps the line to the engine: reads its events, and looks at everything again whenever the line was broken,
/// since a gap cannot be noticed.
final class Follower implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Follower.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /// Covers the grain of the engine's `Date` header and the seam between the ring's replay and the live stream.
    private static final Duration OVERLAP = Duration.ofSeconds(2);
    /// A resync waits as long as it takes; what fails meanwhile is tried again by the audit.
    private static final Duration RESYNC = Duration.ofHours(1);

    private final Mirror mirror;
    private final Engine engine;
    private final Pause pause;
    private final RandomGenerator random;
    private final Audit audit;
    private final Thread thread;
    private volatile boolean closed;
    private volatile Optional<EngineStream<EngineEvent>> stream = Optional.empty();
    private long lastEvent = Long.MAX_VALUE;

    Follower(Mirror mirror, Engine engine, Pause pause, RandomGenerator random, Audit audit) {
        this.mirror = mirror;
        this.engine = engine;
        this.pause = pause;
        this.random = random;
        this.audit = audit;
        this.thread = Thread.ofVirtual().name("engine follower").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        int attempt = 0;
        try {
            while (!closed) {
                try {
                    session();
                    if (wasConnected()) attempt = 0;
                    unreachable("its event stream ended");
                } catch (Failure failure) {
                    if (wasConnected()) attempt = 0;
                    unreachable(failure.detail());
                } catch (RuntimeException fault) {
                    LOG.log(Level.ERROR, "following the engine failed", fault);
                    unreachable("following the engine failed: " + fault);
                }
                if (!closed) pause.sleep(backoff(attempt++));
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean wasConnected() {
        return mirror.snapshot().state().connected();
    }

    private void unreachable(String why) {
        if (closed) return;
        if (mirror.snapshot().state().kind() != EngineState.Kind.UNREACHABLE)
            LOG.log(Level.WARNING, "the engine is unreachable: {0}", why);
        mirror.table().state(EngineState.Kind.UNREACHABLE, Optional.of(why));
    }

    private Duration backoff(int attempt) {
        long ceiling = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(attempt, 10));
        return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    }

    /// One connection, from its greeting to the end of its events.
    private void session() throws InterruptedException {
        Engine.Greeting greeting = engine.connect();
        mirror.table().host(engine.host());
        Instant last = Instant.ofEpochSecond(0, Math.min(lastEvent, nanos(greeting.clock())));
        try (var events = engine.events(last.minus(OVERLAP))) {
            stream = Optional.of(events);
            if (closed) return;
            mirror.table().state(EngineState.Kind.RESYNCING, Optional.empty());
            var broken = new AtomicReference<Optional<Failure>>(Optional.empty());
            Thread resync = Thread.ofVirtual().name("resync").start(() -> {
                // Without a full resync there is no truth: end this connection and begin anew.
                broken.set(resync(greeting));
                if (broken.get().isPresent()) reconnect();
            });
            Optional<Failure> why;
            try {
                read(events);
                why = broken.get();
            } finally {
                stream = Optional.empty();
                resync.interrupt();
                resync.join();
            }
            if (why.isPresent()) throw why.get();
        }
    }

    private void read(EngineStream<EngineEvent> events) {
        for (var event = events.next(); event.isPresent(); event = events.next()) {
            if (event.get().timeNanos() > 0) lastEvent = event.get().timeNanos();
            audit.heard();
            mirror.follow(event.get());
        }
    }

    /// Looks at everything; why that failed, if it did.
    private Optional<Failure> resync(Engine.Greeting greeting) {
        try {
            var snapshot = mirror.snapshot();
            List<Runnable> waits = new ArrayList<>();
            var ids = new java.util.TreeSet<ContainerId>(snapshot.containers().keySet());
            engine.containers().list().forEach(it -> ids.add(it.id()));
            for (ContainerId id : ids) {
                long ticket = mirror.containers().hint(id);
                waits.add(() -> mirror.containers().await(id, ticket, RESYNC));
            }
            var imageIds = new java.util.TreeSet<ImageId>(snapshot.images().keySet());
            imageIds.addAll(engine.images().list());
            for (ImageId id : imageIds) {
                long ticket = mirror.images().hint(id);
                waits.add(() -> mirror.images().await(id, ticket, RESYNC));
            }
            waits.forEach(Follower::understood);
            if (Thread.currentThread().isInterrupted()) return Optional.empty();
            mirror.table().state(EngineState.Kind.CONNECTED, Optional.empty());
            LOG.log(
                    Level.INFO,
                    "connected to {0} {1} (API {2}): {3} containers, {4} images",
                    greeting.engineName(),
                    greeting.engineVersion(),
                    greeting.apiVersion(),
                    ids.size(),
                    imageIds.size());
            return Optional.empty();
        } catch (Failure failure) {
            return Optional.of(failure);
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "looking at everything failed", fault);
            return Optional.of(new Failure.EngineNonsense("looking at everything failed: " + fault, fault));
        }
    }

    /// One container that an engine describes in words of its own, or hangs over, must not keep all others away; the
    /// audit tries it again.
    private static void understood(Runnable wait) {
        try {
            wait.run();
        } catch (Failure.EngineNonsense | Failure.EngineSlow stubborn) {
            LOG.log(Level.WARNING, "left out for now: {0}", stubborn.detail());
        }
    }

    /// Doubts the present connection; the next one begins with a full resync.
    void reconnect() {
        stream.ifPresent(EngineStream::close);
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    @Override
    public void close() {
        closed = true;
        reconnect();
        thread.interrupt();
    }
}
