package dev.berth.mirror;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineEvent;
import dev.berth.engine.EngineStream;
import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Tells the feed what is executed in containers, while somebody wants to know: health checks make more noise than
/// anybody else, and every line of it costs the engine as much as us.
public final class Execs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Execs.class.getName());
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final String STARTED = "exec_start: ";

    private final Engine engine;
    private final Table table;
    private final Feed feed;
    private final Pause pause;
    private int listeners;
    private boolean closed;
    private Optional<Thread> thread = Optional.empty();
    private Optional<EngineStream<EngineEvent>> stream = Optional.empty();

    Execs(Engine engine, Table table, Feed feed, Pause pause) {
        this.engine = engine;
        this.table = table;
        this.feed = feed;
        this.pause = pause;
    }

    /// Somebody who wants to know, until it is closed.
    public final class Listener implements AutoCloseable {
        private boolean left;

        private Listener() {}

        @Override
        public void close() {
            synchronized (Execs.this) {
                if (left) return;
                left = true;
                listeners--;
                if (listeners == 0) stream.ifPresent(EngineStream::close);
            }
        }
    }

    public synchronized Listener listen() {
        listeners++;
        if (thread.isEmpty() && !closed)
            thread = Optional.of(Thread.ofVirtual().name("exec events").start(this::run));
        return new Listener();
    }

    private void run() {
        try {
            while (wanted()) {
                follow();
                if (wanted()) pause.sleep(AGAIN);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether to go on; who comes after a no finds no thread, and begins another.
    private synchronized boolean wanted() {
        boolean wanted = listeners > 0 && !closed;
        if (!wanted) thread = Optional.empty();
        return wanted;
    }

    private void follow() {
        try (var events = engine.execEvents()) {
            if (!reads(events)) return;
            for (var event = events.next(); event.isPresent(); event = events.next()) tell(event.get());
        } catch (Failure away) {
            LOG.log(Level.DEBUG, "what is executed cannot be followed: {0}", away.detail());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "following what is executed failed", fault);
        } finally {
            ended();
        }
    }

    private synchronized boolean reads(EngineStream<EngineEvent> events) {
        stream = Optional.of(events);
        return listeners > 0 && !closed;
    }

    private synchronized void ended() {
        stream = Optional.empty();
    }

    private void tell(EngineEvent event) {
        if (!ContainerId.isFull(event.id())) return;
        var id = new ContainerId(event.id());
        Optional<Container> container = table.snapshot().container(id);
        boolean starts = event.action().startsWith(STARTED);
        String name = container.map(Container::name).orElse(event.attributes().getOrDefault("name", ""));
        String image = event.attributes().getOrDefault("image", "");
        Map<String, String> labels = container.map(Container::labels).orElse(Map.of());
        Happening what = ContainerNews.of(id, name, image, labels, starts ? "exec_started" : "exec_died")
                .with("exec_id", event.attributes().getOrDefault("execID", ""));
        feed.publish(
                starts
                        ? what.with("command", event.action().substring(STARTED.length()))
                        : what.with("exit_code", ContainerNews.exitCode(event)));
    }

    @Override
    public synchronized void close() {
        closed = true;
        stream.ifPresent(EngineStream::close);
        thread.ifPresent(Thread::interrupt);
    }
}
