package dev.berth.inside;

import dev.berth.engine.EngineLogs;
import dev.berth.engine.EngineStream;
import dev.berth.engine.LogQuery;
import dev.berth.engine.LogRecord;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The one stream of one container's log that all its followers share, read on a thread of its own until it is
/// closed or the container is gone.
///
/// The end of a stream proves nothing: the container may start again, the engine may have died. Each reading begins a
/// little before the place that the one before it got to, and drops what has come already.
final class LogChannel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogChannel.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    /// Of a container that stands the mirror tells when it starts; this is for what the mirror does not see.
    private static final long LOOK_SECONDS = 30;
    /// The stream of a container that is gone ends by itself, with its last lines.
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final EngineLogs engine;
    private final Mirror mirror;
    private final ContainerId id;
    private final LogRing ring;
    private final Pause pause;
    private final RandomGenerator random;
    private final LogProgress progress;
    private final Semaphore changes = new Semaphore(0);
    private final List<LogLine> waiting = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile Optional<EngineStream<LogRecord>> stream = Optional.empty();

    /// @param from the place from which on lines are wanted
    LogChannel(
            EngineLogs engine,
            Mirror mirror,
            ContainerId id,
            LogPosition from,
            LogRing ring,
            Pause pause,
            RandomGenerator random) {
        this.engine = engine;
        this.mirror = mirror;
        this.id = id;
        this.ring = ring;
        this.pause = pause;
        this.random = random;
        this.progress = LogProgress.following(from);
        this.thread = Thread.ofVirtual().name("log of " + id.shortId()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    LogRing ring() {
        return ring;
    }

    /// The container has changed somehow. Waits for nothing.
    void changed() {
        changes.release();
    }

    /// The container is gone. Waits for nothing.
    void removed() {
        changes.release();
        Thread.ofVirtual().name("log's end of " + id.shortId()).start(() -> {
            try {
                pause.sleep(FAREWELL);
            } catch (InterruptedException nobodyDoes) {
                Thread.currentThread().interrupt();
            }
            stream.ifPresent(EngineStream::close);
        });
    }

    private void run() {
        String reason = "closed";
        try {
            for (int attempt = 0; !closed; attempt++) {
                long before = progress.position().nanos();
                Optional<String> ended = read();
                if (ended.isPresent()) {
                    reason = ended.get();
                    return;
                }
                if (progress.position().nanos() != before) attempt = -1; // there may be more at once
                else await(attempt);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            ring.end(reason);
        }
    }

    /// One reading to its end; why there will be no other, if so.
    private Optional<String> read() {
        progress.again();
        LogQuery query = LogQuery.all().following();
        if (progress.since().isPresent()) query = query.since(progress.since().getAsLong());
        var joiner = new LineJoiner(this::line);
        try (var records = engine.read(id, query)) {
            stream = Optional.of(records);
            if (closed) return Optional.empty(); // by somebody who came too early to see this stream
            changes.drainPermits();
            for (var record = records.next(); record.isPresent(); record = records.next()) {
                joiner.add(record.get());
                hand();
            }
            joiner.end();
            hand();
        } catch (Failure.NotFound gone) {
            return Optional.of("removed");
        } catch (Failure.Conflict unreadable) {
            LOG.log(Level.DEBUG, "log of {0}: {1}", id.shortId(), unreadable.detail());
            if (unreadable.code().equals("log-unreadable")) return Optional.of("unreadable");
        } catch (Failure failure) {
            LOG.log(Level.DEBUG, "log of {0}: {1}", id.shortId(), failure.detail());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "log of " + id.shortId(), fault);
        } finally {
            waiting.clear();
            stream = Optional.empty();
        }
        return Optional.empty();
    }

    private void line(Output output, long nanos, byte[] stamped, boolean cut) {
        progress.take(output, nanos, stamped)
                .ifPresent(it -> waiting.add(new LogLine(output, nanos, stamped, cut, it)));
    }

    private void hand() {
        if (waiting.isEmpty()) return;
        ring.add(waiting);
        waiting.clear();
    }

    /// Until there may be something to read again.
    private void await(int attempt) throws InterruptedException {
        Optional<Container> container = mirror.snapshot().container(id);
        boolean connected = mirror.snapshot().state().connected();
        if (connected && container.isPresent() && !container.get().status().alive()) {
            boolean _ = changes.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS);
            return;
        }
        long ceiling = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(Math.max(attempt, 0), 10));
        pause.sleep(Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1)));
    }

    @Override
    public void close() {
        closed = true;
        stream.ifPresent(EngineStream::close);
        thread.interrupt();
    }
}
