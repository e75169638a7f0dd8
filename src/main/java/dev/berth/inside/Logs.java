package dev.berth.inside;

import dev.berth.engine.Engine;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The logs of containers, read from the engine for whoever asks.
///
/// What is there is read for each by itself, as slowly as they like. What is to come is read once for all who
/// follow the same container, into a ring of bounded size.
public final class Logs implements AutoCloseable {
    /// Of all rings together, and of one.
    private static final int ALL_RINGS = 16 << 20;
    private static final int ONE_RING = 8 << 20;

    private final Engine engine;
    private final Mirror mirror;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final int oneRing;
    private final Map<ContainerId, Shared> channels = new HashMap<>();
    private volatile int rings;
    private boolean closed;

    public Logs(Engine engine, Mirror mirror, InstantSource clock, Pause pause, RandomGenerator random) {
        this(engine, mirror, clock, pause, random, ONE_RING);
    }

    /// @param oneRing the bytes that lines which followers have not taken may fill, for each container
    Logs(Engine engine, Mirror mirror, InstantSource clock, Pause pause, RandomGenerator random, int oneRing) {
        this.engine = engine;
        this.mirror = mirror;
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        this.oneRing = oneRing;
        mirror.listen(new ContainerListener() {
            @Override
            public void changed(Container container) {
                find(container.id()).ifPresent(LogChannel::changed);
            }

            @Override
            public void removed(ContainerId id) {
                find(id).ifPresent(LogChannel::removed);
            }
        });
    }

    /// A channel and how many follow it.
    private static final class Shared {
        final LogChannel channel;
        int followers;

        Shared(LogChannel channel) {
            this.channel = channel;
        }
    }

    /// Begins to read; returns when the engine has agreed.
    ///
    /// @throws Failure.NotFound (`no-such-container`)
    /// @throws Failure.Conflict (`log-unreadable`) if the container's log driver only sends away
    public LogReading open(ContainerId id, LogRequest request) {
        var reading = new LogReading(this, id, request, clock, pause, random);
        reading.begin();
        return reading;
    }

    Engine engine() {
        return engine;
    }

    /// Whether the container is known to be gone.
    boolean gone(ContainerId id) {
        var snapshot = mirror.snapshot();
        return snapshot.state().connected() && snapshot.container(id).isEmpty();
    }

    /// How many containers are followed.
    int followed() {
        return rings;
    }

    /// Joins those who follow a container, if somebody does; the cursor stands at what comes next.
    synchronized Optional<Membership> join(ContainerId id) {
        Shared shared = channels.get(id);
        return shared == null ? Optional.empty() : Optional.of(member(id, shared, false));
    }

    /// Begins to follow a container from a place on; nothing if somebody else has begun meanwhile.
    synchronized Optional<Membership> begin(ContainerId id, LogPosition from) {
        if (channels.containsKey(id)) return Optional.empty();
        if (closed) throw new Failure.Cancelled("the server is stopping");
        var ring = new LogRing(() -> Math.min(oneRing, ALL_RINGS / Math.max(1, rings)));
        var shared = new Shared(new LogChannel(engine.logs(), mirror, id, from, ring, pause, random));
        channels.put(id, shared);
        rings = channels.size();
        Membership first = member(id, shared, true);
        shared.channel.start();
        return Optional.of(first);
    }

    private Membership member(ContainerId id, Shared shared, boolean oldest) {
        shared.followers++;
        return new Membership(id, shared, shared.channel.ring().cursor(oldest));
    }

    private synchronized Optional<LogChannel> find(ContainerId id) {
        Shared shared = channels.get(id);
        return shared == null ? Optional.empty() : Optional.of(shared.channel);
    }

    private synchronized void leave(ContainerId id, Shared shared) {
        if (--shared.followers > 0) return;
        channels.remove(id, shared);
        rings = channels.size();
        shared.channel.close();
    }

    @Override
    public void close() {
        Map<ContainerId, Shared> all;
        synchronized (this) {
            closed = true;
            all = Map.copyOf(channels);
        }
        all.values().forEach(it -> it.channel.close());
    }

    /// A follower's part in a channel.
    final class Membership implements AutoCloseable {
        private final ContainerId id;
        private final LogRing.Cursor cursor;
        private @Nullable Shared shared;

        private Membership(ContainerId id, Shared shared, LogRing.Cursor cursor) {
            this.id = id;
            this.shared = shared;
            this.cursor = cursor;
        }

        LogRing.Cursor cursor() {
            return cursor;
        }

        /// May be called twice, by any thread.
        @Override
        public void close() {
            Shared mine;
            synchronized (Logs.this) {
                mine = shared;
                shared = null;
                if (mine != null) leave(id, mine);
            }
        }
    }
}
