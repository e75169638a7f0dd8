package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/// Reads the files of every followed container, one after the other on one thread: each second while somebody
/// looks, else each ten. A round that takes longer than its interval skips the next ones; two never overlap.
final class FileSampler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileSampler.class.getName());
    /// A fresh container gets its second reading after one step, not after a whole interval.
    private static final Duration STEP = Duration.ofMillis(250);

    private static final Duration WATCHED = Duration.ofSeconds(1);
    private static final Duration UNWATCHED = Duration.ofSeconds(10);
    private static final Duration ATTENTION = Duration.ofSeconds(30);
    private static final int TRIES = 3;

    private final ProbeOpener opener;
    private final IntSupplier cpus;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Alarm alarm;
    private final Sink sink;
    private final Thread thread;
    private final Map<ContainerId, Followed> followed = new ConcurrentHashMap<>();
    private final Map<ContainerId, Open> open = new HashMap<>();
    private volatile Instant looked = Instant.MIN;
    private volatile Round last = new Round(Optional.empty(), UNWATCHED, 0);
    private boolean restless;
    private long due = Long.MIN_VALUE;
    private long lastBegun = Long.MIN_VALUE / 2;

    /// Where samples go. Called on the sampler's thread.
    interface Sink {
        void take(Map<ContainerId, Sample> samples);

        /// The files of this life are not ours: another source is needed.
        void notOurs(ContainerId id, Instant startedAt);

        /// A read failed: the container may have ended.
        void doubt(ContainerId id);

        /// Whether somebody follows live.
        boolean watched();
    }

    /// What is known of the sampling itself.
    ///
    /// @param cost of the last whole round
    /// @param skipped how many rounds were left out because one took too long
    record Round(Optional<Duration> cost, Duration interval, long skipped) {}

    private record Followed(Instant startedAt, int pid) {}

    /// The files of one life. Used on the sampler's thread alone.
    private static final class Open {
        final Followed life;
        final Series series;
        Optional<Probe> probe = Optional.empty();
        int failures;
        int samples;

        Open(Followed life, Series series) {
            this.life = life;
            this.series = series;
        }
    }

    FileSampler(ProbeOpener opener, IntSupplier cpus, InstantSource clock, LongSupplier nanos, Alarm alarm, Sink sink) {
        this.opener = opener;
        this.cpus = cpus;
        this.clock = clock;
        this.nanos = nanos;
        this.alarm = alarm;
        this.sink = sink;
        this.thread = Thread.ofPlatform().daemon().name("sampler").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Samples this life from now on. Never waits.
    void follow(ContainerId id, Instant startedAt, int pid) {
        followed.put(id, new Followed(startedAt, pid));
        alarm.ring();
    }

    /// Its files are closed soon. Never waits.
    void end(ContainerId id) {
        if (followed.remove(id) != null) alarm.ring();
    }

    /// Somebody looks at the samples.
    void looked() {
        looked = clock.instant();
        if (last.interval().equals(UNWATCHED)) alarm.ring();
    }

    Round lastRound() {
        return last;
    }

    private void run() {
        try {
            while (true) {
                alarm.await(untilNext());
                try {
                    step();
                } catch (RuntimeException fault) {
                    LOG.log(Level.ERROR, "a round of samples failed", fault);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            open.values().forEach(it -> it.probe.ifPresent(Probe::close));
            open.clear();
        }
    }

    /// A step where something is fresh or has failed, else until the next whole round.
    private Duration untilNext() {
        if (restless) return STEP;
        long next = wakes() ? Math.min(due, lastBegun + WATCHED.toNanos()) : due;
        long left = next - nanos.getAsLong();
        return Duration.ofNanos(Math.clamp(left, 0, UNWATCHED.toNanos()));
    }

    private void step() {
        long begun = nanos.getAsLong();
        boolean whole = begun >= due || (wakes() && begun - lastBegun >= WATCHED.toNanos());
        closeEnded();
        restless = false;
        var samples = new HashMap<ContainerId, Sample>();
        for (var entry : followed.entrySet()) {
            Open files = open.computeIfAbsent(
                    entry.getKey(),
                    _ -> new Open(entry.getValue(), new Series(entry.getValue().startedAt(), true)));
            if (files.failures < TRIES && (whole || files.samples < 2)) {
                sample(entry.getKey(), files).ifPresent(it -> samples.put(entry.getKey(), it));
                restless |= files.samples < 2 && files.failures < TRIES;
            }
        }
        if (!samples.isEmpty()) sink.take(samples);
        if (whole) plan(begun);
    }

    /// Says when the next whole round is due: an interval after this one began, or later if this one took longer.
    private void plan(long begun) {
        Duration interval = isWatched() ? WATCHED : UNWATCHED;
        long now = nanos.getAsLong();
        long missed = (now - begun) / interval.toNanos();
        lastBegun = begun;
        due = begun + (missed + 1) * interval.toNanos();
        last = new Round(Optional.of(Duration.ofNanos(now - begun)), interval, last.skipped() + missed);
    }

    /// Whether somebody has begun to look since the last round, which was planned for nobody.
    private boolean wakes() {
        return last.interval().equals(UNWATCHED) && isWatched();
    }

    private boolean isWatched() {
        return sink.watched() || looked.isAfter(clock.instant().minus(ATTENTION));
    }

    private void closeEnded() {
        Iterator<Map.Entry<ContainerId, Open>> all = open.entrySet().iterator();
        while (all.hasNext()) {
            var entry = all.next();
            if (entry.getValue().life.equals(followed.get(entry.getKey()))) continue;
            entry.getValue().probe.ifPresent(Probe::close);
            all.remove();
        }
    }

    private Optional<Sample> sample(ContainerId id, Open files) {
        if (files.probe.isEmpty()) files.probe = opener.open(id, files.life.pid());
        if (files.probe.isEmpty()) {
            failed(id, files);
            return Optional.empty();
        }
        try {
            Sample sample = files.series.next(files.probe.get().read(), cpus.getAsInt());
            files.samples++;
            files.failures = 0;
            return Optional.of(sample);
        } catch (Probe.Gone gone) {
            LOG.log(Level.DEBUG, "files of {0}: {1}", id.shortId(), gone.getMessage());
            files.probe.get().close();
            files.probe = Optional.empty();
            files.series.interrupted();
            failed(id, files);
            return Optional.empty();
        }
    }

    private void failed(ContainerId id, Open files) {
        files.failures++;
        if (files.failures < TRIES) sink.doubt(id);
        else sink.notOurs(id, files.life.startedAt());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
