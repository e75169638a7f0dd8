package dev.berth.stats;

import dev.berth.model.Alarm;
import dev.berth.model.ContainerId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
    /// Whether `followed` has changed since `open` was made to agree with it.
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Map<ContainerId, Open> open = new HashMap<>();
    private volatile Instant looked = Instant.MIN;
    private volatile Round last = new Round(Optional.empty(), UNWATCHED, 0);
    private boolean restless;
    private long due = Long.MIN_VALUE;
    private long lastBegun = Long.MIN_VALUE / 2;

    /// Where samples go. Called on the sampler's thread.
    interface Sink {
        void take(List<Taken> samples);

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

    /// One container's part of a round.
    record Taken(ContainerId id, Sample sample) {}

    private record Followed(Instant startedAt, int pid) {}

    /// The files of one life. Used on the sampler's thread alone.
    private static final class Open {
        final ContainerId id;
        final Followed life;
        final Series series;
        Optional<Probe> probe = Optional.empty();
        int failures;
        int samples;

        Open(ContainerId id, Followed life) {
            this.id = id;
            this.life = life;
            this.series = new Series(life.startedAt(), true);
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
        changed.set(true);
        alarm.ring();
    }

    /// Its files are closed soon. Never waits.
    void end(ContainerId id) {
        if (followed.remove(id) == null) return;
        changed.set(true);
        alarm.ring();
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

    /// Runs once a second for a few containers, always on cold caches and hardly ever compiled well: so it makes no
    /// lambdas and looks nothing up in maps.
    private void step() {
        long begun = nanos.getAsLong();
        boolean whole = begun >= due || (wakes() && begun - lastBegun >= WATCHED.toNanos());
        if (changed.getAndSet(false)) agree();
        restless = false;
        int present = cpus.getAsInt();
        List<Taken> samples = new ArrayList<>(open.size());
        for (Open files : open.values()) {
            if (files.failures >= TRIES || !(whole || files.samples < 2)) continue;
            sample(files, present, samples);
            restless |= files.samples < 2 && files.failures < TRIES;
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

    /// Closes the files of what has ended; those of what has begun are opened when they are read first.
    private void agree() {
        Iterator<Open> all = open.values().iterator();
        while (all.hasNext()) {
            Open files = all.next();
            if (files.life.equals(followed.get(files.id))) continue;
            files.probe.ifPresent(Probe::close);
            all.remove();
        }
        followed.forEach((id, life) -> open.computeIfAbsent(id, _ -> new Open(id, life)));
    }

    private void sample(Open files, int present, List<Taken> samples) {
        if (files.probe.isEmpty()) files.probe = opener.open(files.id, files.life.pid());
        if (files.probe.isEmpty()) {
            failed(files);
            return;
        }
        try {
            Sample sample = files.series.next(files.probe.get().read(), present);
            files.samples++;
            files.failures = 0;
            samples.add(new Taken(files.id, sample));
        } catch (Probe.Gone gone) {
            LOG.log(Level.DEBUG, "files of {0}: {1}", files.id.shortId(), gone.getMessage());
            files.probe.get().close();
            files.probe = Optional.empty();
            files.series.interrupted();
            failed(files);
        }
    }

    private void failed(Open files) {
        files.failures++;
        if (files.failures < TRIES) sink.doubt(files.id);
        else sink.notOurs(files.id, files.life.startedAt());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
