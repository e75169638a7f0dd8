package dev.berth.stats;

import dev.berth.model.Alarm;
import dev.berth.model.ContainerId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Reads the files of every followed container, one after the other on one thread: each second while somebody
/// looks, else each ten. A round that takes longer than its interval skips the next ones; two never overlap.
final class FileSampler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileSampler.class.getName());
    /// A fresh container gets its second reading after one step, not after a whole interval.
    private static final Duration STEP = Duration.ofMillis(250);

    private static final long WATCHED_NANOS = 1_000_000_000L;
    private static final long UNWATCHED_NANOS = 10 * WATCHED_NANOS;
    private static final long ATTENTION_NANOS = 30 * WATCHED_NANOS;
    private static final int TRIES = 3;

    private final ProbeOpener opener;
    private final IntSupplier cpus;
    private final LongSupplier nanos;
    private final InstantSource clock;
    private final Alarm alarm;
    private final Sink sink;
    private final Thread thread;
    private final Map<ContainerId, Followed> followed = new ConcurrentHashMap<>();
    /// Whether `followed` has changed since `open` was made to agree with it.
    private final AtomicBoolean changed = new AtomicBoolean();
    private Open[] open = {};
    private volatile long looked = Long.MIN_VALUE / 2;
    private volatile Round last = new Round(Round.NONE, UNWATCHED_NANOS, 0);
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
    /// @param costNanos of the last whole round; NONE before the first
    /// @param skipped how many rounds were left out because one took too long
    record Round(long costNanos, long intervalNanos, long skipped) {
        private static final long NONE = -1;

        Optional<Duration> cost() {
            return costNanos == NONE ? Optional.empty() : Optional.of(Duration.ofNanos(costNanos));
        }

        Duration interval() {
            return Duration.ofNanos(intervalNanos);
        }
    }

    /// One container's part of a round.
    record Taken(ContainerId id, Sample sample) {}

    private record Followed(Instant startedAt, int pid) {}

    /// The files of one life. Used on the sampler's thread alone.
    private static final class Open {
        final ContainerId id;
        final Followed life;
        final Series series;

        @Nullable
        Probe probe;

        int failures;
        int samples;

        Open(ContainerId id, Followed life) {
            this.id = id;
            this.life = life;
            this.series = new Series(life.startedAt(), true);
        }

        void close() {
            if (probe != null) probe.close();
            probe = null;
        }
    }

    FileSampler(ProbeOpener opener, IntSupplier cpus, LongSupplier nanos, InstantSource clock, Alarm alarm, Sink sink) {
        this.opener = opener;
        this.cpus = cpus;
        this.nanos = nanos;
        this.clock = clock;
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
        looked = nanos.getAsLong();
        if (last.intervalNanos() == UNWATCHED_NANOS) alarm.ring();
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
            for (Open files : open) files.close();
        }
    }

    /// A step where something is fresh or has failed, else until the next whole round.
    private Duration untilNext() {
        if (restless) return STEP;
        long now = nanos.getAsLong();
        long next = wakes(now) ? Math.min(due, lastBegun + WATCHED_NANOS) : due;
        return Duration.ofNanos(Math.clamp(next - now, 0, UNWATCHED_NANOS));
    }

    /// Runs once a second for a few containers: always on cold caches and hardly ever compiled well, so that each
    /// object and each call in between is felt. Hence no lambdas, no maps, no durations.
    private void step() {
        long begun = nanos.getAsLong();
        boolean whole = begun >= due || (begun - lastBegun >= WATCHED_NANOS && wakes(begun));
        if (changed.getAndSet(false)) agree();
        restless = false;
        int present = cpus.getAsInt();
        Instant now = clock.instant();
        List<Taken> samples = new ArrayList<>(open.length);
        for (Open files : open) {
            if (files.failures >= TRIES || !(whole || files.samples < 2)) continue;
            sample(files, now, present, samples);
            restless |= files.samples < 2 && files.failures < TRIES;
        }
        if (!samples.isEmpty()) sink.take(samples);
        if (whole) plan(begun);
    }

    /// Says when the next whole round is due: an interval after this one began, or later if this one took longer.
    private void plan(long begun) {
        long now = nanos.getAsLong();
        long interval = isWatched(now) ? WATCHED_NANOS : UNWATCHED_NANOS;
        long missed = (now - begun) / interval;
        lastBegun = begun;
        due = begun + (missed + 1) * interval;
        last = new Round(now - begun, interval, last.skipped() + missed);
    }

    /// Whether somebody has begun to look since the last round, which was planned for nobody.
    private boolean wakes(long now) {
        return last.intervalNanos() == UNWATCHED_NANOS && isWatched(now);
    }

    private boolean isWatched(long now) {
        return now - looked < ATTENTION_NANOS || sink.watched();
    }

    /// Closes the files of what has ended; those of what has begun are opened when they are read first.
    private void agree() {
        Map<ContainerId, Open> kept = new HashMap<>();
        for (Open files : open) {
            if (files.life.equals(followed.get(files.id))) kept.put(files.id, files);
            else files.close();
        }
        followed.forEach((id, life) -> kept.computeIfAbsent(id, _ -> new Open(id, life)));
        open = kept.values().toArray(Open[]::new);
    }

    private void sample(Open files, Instant now, int present, List<Taken> samples) {
        if (files.probe == null)
            files.probe = opener.open(files.id, files.life.pid()).orElse(null);
        Probe probe = files.probe;
        if (probe == null) {
            failed(files);
            return;
        }
        try {
            samples.add(new Taken(files.id, files.series.next(probe.read(), now, present)));
            files.samples++;
            files.failures = 0;
        } catch (Probe.Gone gone) {
            LOG.log(Level.DEBUG, "files of {0}: {1}", files.id.shortId(), gone.getMessage());
            files.close();
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
