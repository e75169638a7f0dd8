package dev.berth.admission;

import dev.berth.admission.Ledger.Held;
import dev.berth.admission.Ledger.Moment;
import dev.berth.admission.Ledger.Waiter;
import dev.berth.feed.Feed;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Host;
import dev.berth.model.MemorySize;
import dev.berth.stats.Sample;
import dev.berth.stats.SampleTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Promises the host's memory, and never the same twice: whatever starts through Berth holds its memory from before the
/// engine is asked until the mirror shows what became of it.
///
/// One lock, under which nothing is waited for and no other lock is taken but the feed's, which is a leaf. Look
/// and hold are one step.
public final class Admission implements ContainerListener {
    /// What unlimited containers use moves without any word, so whoever waits looks again now and then.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Mirror mirror;
    private final Supplier<SampleTable> samples;
    private final AdmissionSettings settings;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Ledger ledger;
    private final Map<Waiter, Instant> waitingSince = new HashMap<>();
    private final LineNews news;
    private long moves;

    /// @param samples the latest of every container
    /// @param feed is told who is refused and how the line moves
    public Admission(
            Mirror mirror, Supplier<SampleTable> samples, AdmissionSettings settings, Feed feed, InstantSource clock) {
        this.news = new LineNews(feed);
        this.mirror = mirror;
        this.samples = samples;
        this.settings = settings;
        this.clock = clock;
        this.ledger = new Ledger(settings);
        mirror.listen(this);
    }

    public AdmissionSettings settings() {
        return settings;
    }

    /// Whether it would be granted now. Holds nothing.
    public Verdict look(Ask ask) {
        Moment moment = moment();
        lock.lock();
        try {
            return ledger.decide(ask, Optional.empty(), moment);
        } finally {
            lock.unlock();
        }
    }

    /// The refusal of what a look has not admitted, known to those who follow.
    public Failure refusal(Ask ask, Verdict verdict) {
        lock.lock();
        try {
            news.refused(ask, verdict);
            return verdict.refusal();
        } finally {
            lock.unlock();
        }
    }

    /// Grants it now.
    ///
    /// @throws Failure.Refused with the figures, if it does not fit or would overtake those who wait
    public Hold hold(Ask ask) {
        Moment moment = moment();
        lock.lock();
        try {
            Verdict verdict = ledger.decide(ask, Optional.empty(), moment);
            if (!verdict.admitted()) throw refusal(ask, verdict);
            return new Kept(ledger.hold(ask));
        } finally {
            lock.unlock();
        }
    }

    /// Grants it whatever there is: it was granted before, and the way back from something begun is never
    /// refused.
    public Hold holdAgain(Ask ask) {
        lock.lock();
        try {
            return new Kept(ledger.hold(ask));
        } finally {
            lock.unlock();
        }
    }

    /// Grants it as soon as it fits: first come, first served, so that a large request is not starved by small ones.
    ///
    /// @param longest how long to wait
    /// @throws Failure.Refused when the time is over, or at once if it is more than there will ever be
    /// @throws InterruptedException if whoever asks is not there any more; it has left the line
    public Hold hold(Ask ask, Duration longest) throws InterruptedException {
        if (longest.isZero()) return hold(ask);
        var waiter = new Waiter(ask);
        Instant until = clock.instant().plus(longest);
        var end = LineNews.End.GONE;
        enter(waiter);
        try {
            while (true) {
                long seen = moves();
                Moment moment = moment();
                Optional<Hold> granted = grantedOrWaited(waiter, moment, seen, until);
                if (granted.isEmpty()) continue;
                end = LineNews.End.ADMITTED;
                return granted.get();
            }
        } catch (Failure refused) {
            end = LineNews.End.REFUSED;
            throw refused;
        } finally {
            leave(waiter, end);
        }
    }

    private void enter(Waiter waiter) {
        lock.lock();
        try {
            ledger.line().addLast(waiter);
            waitingSince.put(waiter, clock.instant());
        } finally {
            lock.unlock();
        }
    }

    private void leave(Waiter waiter, LineNews.End end) {
        lock.lock();
        try {
            ledger.line().remove(waiter);
            waitingSince.remove(waiter);
            news.left(waiter, end, ledger.line());
            moved();
        } finally {
            lock.unlock();
        }
    }

    private long moves() {
        lock.lock();
        try {
            return moves;
        } finally {
            lock.unlock();
        }
    }

    /// @param seen what had moved when the moment was taken
    private Optional<Hold> grantedOrWaited(Waiter waiter, Moment moment, long seen, Instant until)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Verdict verdict = ledger.decide(waiter.ask, Optional.of(waiter), moment);
            if (verdict.admitted()) return Optional.of(new Kept(ledger.hold(waiter.ask)));
            Duration left = Duration.between(clock.instant(), until);
            if (!verdict.possible() || left.isNegative() || left.isZero()) {
                if (waiter.number == 0) news.refused(waiter.ask, verdict); // else it is told that it leaves
                throw verdict.refusal();
            }
            news.waits(waiter, verdict, ledger.line());
            long nanos = Math.min(left.toNanos(), LOOK_AGAIN.toNanos());
            while (moves == seen && nanos > 0) nanos = moved.awaitNanos(nanos);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// The host's memory as it is now; none before the engine was met.
    public Optional<MemoryFigures> figures() {
        return figures(samples);
    }

    /// The same by other samples.
    Optional<MemoryFigures> figures(Supplier<SampleTable> by) {
        if (mirror.snapshot().host().isEmpty()) return Optional.empty();
        Moment moment = moment(by);
        lock.lock();
        try {
            return Optional.of(ledger.figures(moment));
        } finally {
            lock.unlock();
        }
    }

    /// What a container uses at the moment, in bytes; none while it does not run, or before its first sample.
    public OptionalLong workingSet(Container container) {
        return samples.get().of(container).map(Sample::workingSet).orElse(OptionalLong.empty());
    }

    /// Those who wait, the next one first.
    public List<Waiting> line() {
        Moment moment = moment();
        lock.lock();
        try {
            List<Waiting> line = new ArrayList<>();
            for (Waiter waiter : ledger.line())
                line.add(new Waiting(
                        line.size() + 1,
                        waiter.ask.what(),
                        ledger.decide(waiter.ask, Optional.of(waiter), moment).requestedBytes(),
                        waitingSince.getOrDefault(waiter, Instant.EPOCH)));
            return line;
        } finally {
            lock.unlock();
        }
    }

    /// Taken before the lock: neither the mirror's nor the sampler's is wanted under ours.
    private Moment moment() {
        return moment(samples);
    }

    private Moment moment(Supplier<SampleTable> by) {
        MemorySize physical = mirror.snapshot()
                .host()
                .map(Host::memory)
                .orElseThrow(() -> new Failure.EngineDown("the engine has not been met yet", null));
        return new Moment(physical, by.get());
    }

    @Override
    public void changed(Container container) {
        lock.lock();
        try {
            ledger.saw(container);
            moved();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void removed(ContainerId id) {
        lock.lock();
        try {
            ledger.gone(id);
            moved();
        } finally {
            lock.unlock();
        }
    }

    private void moved() {
        moves++;
        moved.signalAll();
    }

    private final class Kept implements Hold {
        private final Held held;
        private boolean handedOn;

        Kept(Held held) {
            this.held = held;
        }

        @Override
        public Hold handedOn() {
            lock.lock();
            try {
                handedOn = true;
                return new Kept(held);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void bind(ContainerId container) {
            lock.lock();
            try {
                held.bind(container);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!handedOn && ledger.release(held)) moved();
            } finally {
                lock.unlock();
            }
        }
    }
}
