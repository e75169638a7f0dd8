package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The fake engine's logs; what containers write is what a test writes. The engine itself is the lock.
public final class FakeLogs implements EngineLogs {
    private final FakeEngine engine;
    private final FakeContainers containers;
    private final Map<ContainerId, List<LogRecord>> kept = new HashMap<>();
    private final Map<ContainerId, List<FakeStream<LogRecord>>> followers = new HashMap<>();
    private final Set<ContainerId> unreadable = new HashSet<>();
    private int opened;

    FakeLogs(FakeEngine engine, FakeContainers containers) {
        this.engine = engine;
        this.containers = containers;
    }

    // What a test does.

    /// A line, a tick after the last.
    public void write(ContainerId id, Output output, String text) {
        synchronized (engine) {
            Instant now = engine.tick();
            add(id, record(output, TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), text, true));
        }
    }

    /// Lines of one time, or pieces of one line.
    public void write(ContainerId id, Output output, long nanos, boolean whole, String... texts) {
        synchronized (engine) {
            for (int i = 0; i < texts.length; i++)
                add(id, record(output, nanos, texts[i], whole || i == texts.length - 1));
        }
    }

    /// Says the last lines once more to those who follow, as an engine does that has turned a full file over.
    public void repeat(ContainerId id, int lines) {
        synchronized (engine) {
            List<LogRecord> records = kept.getOrDefault(id, List.of());
            for (LogRecord record : records.subList(records.size() - lines, records.size()))
                followers.getOrDefault(id, List.of()).forEach(it -> it.give(record));
        }
    }

    /// Its driver keeps nothing from now on.
    public void sendsAway(ContainerId id) {
        synchronized (engine) {
            unreadable.add(id);
        }
    }

    public int followers(ContainerId id) {
        synchronized (engine) {
            return followers.getOrDefault(id, List.of()).size();
        }
    }

    /// How many readings there have been, of all logs.
    public int opened() {
        synchronized (engine) {
            return opened;
        }
    }

    /// Ends what follows, as a proxy in between does.
    public void breakStreams() {
        synchronized (engine) {
            followers
                    .values()
                    .forEach(all -> List.copyOf(all)
                            .forEach(it -> it.breakOff(new Failure.EngineNonsense("the engine broke off", null))));
            followers.clear();
        }
    }

    // What it does.

    @Override
    public EngineStream<LogRecord> read(ContainerId id, LogQuery query) {
        return query.follow() ? new LazyStream<>(() -> stream(id, query)) : stream(id, query);
    }

    private EngineStream<LogRecord> stream(ContainerId id, LogQuery query) {
        return engine.call(Call.LOGS, () -> {
            FakeContainer container = containers.get(id);
            if (unreadable.contains(id))
                throw new Failure.Conflict("log-unreadable", "the container's log driver 'none' keeps nothing to read")
                        .with("log_driver", "none")
                        .saidByEngine("configured logging driver does not support reading");
            opened++;
            var stream = new FollowersOwn(id).stream;
            List<LogRecord> all = kept.getOrDefault(id, List.of());
            int from = query.tail().isPresent()
                    ? Math.max(0, all.size() - query.tail().getAsInt())
                    : 0;
            for (LogRecord record : List.copyOf(all.subList(from, all.size())))
                if (record.nanos() >= query.since().orElse(0)
                        && record.nanos() <= query.until().orElse(Long.MAX_VALUE)) stream.give(record);
            if (!query.follow() || !container.status.alive()) stream.end();
            else followers.computeIfAbsent(id, _ -> new ArrayList<>()).add(stream);
            return stream;
        });
    }

    void heard(EngineEvent event) {
        boolean matters = event.action().equals("die") || event.action().equals("destroy");
        if (!event.type().equals("container") || !matters) return;
        synchronized (engine) {
            var id = new ContainerId(event.id());
            if (event.action().equals("die")) {
                List<FakeStream<LogRecord>> all = followers.remove(id);
                if (all != null) all.forEach(FakeStream::end);
            }
            if (event.action().equals("destroy")) kept.remove(id);
        }
    }

    private void add(ContainerId id, LogRecord record) {
        kept.computeIfAbsent(id, _ -> new ArrayList<>()).add(record);
        followers.getOrDefault(id, List.of()).forEach(it -> it.give(record));
    }

    public static LogRecord record(Output output, long nanos, String text, boolean whole) {
        byte[] stamp = LogStamps.canonical(nanos);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] stamped = new byte[stamp.length + bytes.length];
        System.arraycopy(stamp, 0, stamped, 0, stamp.length);
        System.arraycopy(bytes, 0, stamped, stamp.length, bytes.length);
        return new LogRecord(output, nanos, stamped, whole);
    }

    /// A follower that leaves takes itself off the list.
    private final class FollowersOwn {
        private final FakeStream<LogRecord> stream;

        FollowersOwn(ContainerId id) {
            this.stream = new FakeStream<>(() -> leave(id));
        }

        private void leave(ContainerId id) {
            synchronized (engine) {
                List<FakeStream<LogRecord>> all = followers.get(id);
                if (all != null) all.remove(stream);
            }
        }
    }
}
