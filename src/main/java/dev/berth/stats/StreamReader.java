package dev.berth.stats;

import dev.berth.engine.EngineContainers;
import dev.berth.engine.EngineStream;
import dev.berth.engine.StatsRecord;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/// Reads the engine's statistics of one life of one container, on a thread of its own, until it is closed.
///
/// The end of a stream proves nothing: only the mirror says that a container has stopped, and closes this.
final class StreamReader implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StreamReader.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final EngineContainers engine;
    private final ContainerId id;
    private final Instant startedAt;
    private final Series series;
    private final Pause pause;
    private final RandomGenerator random;
    private final BiConsumer<StreamReader, Sample> sink;
    private final Thread thread;
    private volatile boolean closed;
    private volatile Optional<EngineStream<StatsRecord>> stream = Optional.empty();

    StreamReader(
            EngineContainers engine,
            ContainerId id,
            Instant startedAt,
            boolean hostCounterIsTheHosts,
            Pause pause,
            RandomGenerator random,
            BiConsumer<StreamReader, Sample> sink) {
        this.engine = engine;
        this.id = id;
        this.startedAt = startedAt;
        this.series = new Series(startedAt, hostCounterIsTheHosts);
        this.pause = pause;
        this.random = random;
        this.sink = sink;
        this.thread = Thread.ofVirtual().name("stats of " + id.shortId()).unstarted(this::run);
    }

    ContainerId id() {
        return id;
    }

    Instant startedAt() {
        return startedAt;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (int attempt = 0; !closed; attempt++) {
                if (follow()) attempt = 0;
                if (!closed) pause.sleep(backoff(attempt));
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads one stream to its end; whether anything came.
    private boolean follow() {
        boolean any = false;
        series.interrupted();
        try (var records = engine.stats(id)) {
            stream = Optional.of(records);
            if (closed) return false; // by somebody who came too early to see this stream
            for (var record = records.next(); record.isPresent() && !closed; record = records.next()) {
                sink.accept(this, series.next(record.get()));
                any = true;
            }
        } catch (Failure failure) {
            LOG.log(Level.DEBUG, "statistics of {0}: {1}", id.shortId(), failure.detail());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "statistics of " + id.shortId(), fault);
        } finally {
            stream = Optional.empty();
        }
        return any;
    }

    private Duration backoff(int attempt) {
        long ceiling = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
        return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    }

    @Override
    public void close() {
        closed = true;
        stream.ifPresent(EngineStream::close);
        thread.interrupt();
    }
}
