package dev.berth.stats;

import dev.berth.engine.Engine;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// The latest sample of every running container.
public final class Stats implements AutoCloseable, ContainerListener {
    /// How long one table of samples is shown before a new one is made of what has come since: with many streams a
    /// sample comes each few milliseconds, and what is rendered from a table should be used more than once.
    private static final Duration SHOWN_FOR = Duration.ofMillis(250);

    private final Engine engine;
    private final Mirror mirror;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final Map<ContainerId, StreamReader> readers = new ConcurrentHashMap<>();
    private final Map<ContainerId, Sample> latest = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();
    private final Object renewing = new Object();
    private volatile SampleTable table = SampleTable.EMPTY;
    private boolean closed;

    public Stats(Engine engine, Mirror mirror, InstantSource clock, Pause pause, RandomGenerator random) {
        this.engine = engine;
        this.mirror = mirror;
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        mirror.listen(this);
    }

    /// The samples as they are now; the same object for a quarter of a second.
    public SampleTable table() {
        SampleTable shown = table;
        return isFresh(shown) ? shown : renew();
    }

    private boolean isFresh(SampleTable shown) {
        if (shown.version() == received.get()) return true;
        Instant now = clock.instant();
        return shown.madeAt().plus(SHOWN_FOR).isAfter(now) && !shown.madeAt().isAfter(now);
    }

    /// One at a time, so that nobody's older table follows a newer one.
    private SampleTable renew() {
        synchronized (renewing) {
            if (!isFresh(table)) table = new SampleTable(received.get(), clock.instant(), Map.copyOf(latest));
            return table;
        }
    }

    @Override
    public synchronized void changed(Container container) {
        if (closed) return;
        Optional<Instant> life = container.status().alive() ? container.startedAt() : Optional.empty();
        StreamReader present = readers.get(container.id());
        if (present != null && life.equals(Optional.of(present.startedAt()))) return;
        end(container.id());
        life.ifPresent(startedAt -> {
            var reader = new StreamReader(
                    engine.containers(), container.id(), startedAt, hostCounterIsTheHosts(), pause, random, this::take);
            readers.put(container.id(), reader);
            reader.start();
        });
    }

    @Override
    public synchronized void removed(ContainerId id) {
        end(id);
    }

    private void end(ContainerId id) {
        StreamReader reader = readers.remove(id);
        if (reader != null) reader.close();
        if (latest.remove(id) != null) received.incrementAndGet();
    }

    private synchronized void take(StreamReader from, Sample sample) {
        if (readers.get(from.id()) != from) return;
        latest.put(from.id(), sample);
        received.incrementAndGet();
    }

    /// Podman's `system_cpu_usage` is the container's own cgroup's, not the host's.
    private boolean hostCounterIsTheHosts() {
        return mirror.snapshot()
                .host()
                .map(it -> !it.engineName().equals("podman"))
                .orElse(true);
    }

    @Override
    public synchronized void close() {
        closed = true;
        readers.values().forEach(StreamReader::close);
        readers.clear();
    }
}
