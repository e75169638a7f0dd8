package dev.berth.updates;

import dev.berth.mirror.Mirror;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.store.DatabaseFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The course of one update: step after step to its end, or back. What is about to be done is in the journal
/// before it is done, so a later life of the server finds where to go on.
final class Course {
    private static final System.Logger LOG = System.getLogger(Course.class.getName());
    private static final Duration AWAY = Duration.ofMillis(500);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    /// How long it tries what nobody can mend from here.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Mirror mirror;
    private final Journal journal;
    private final InstantSource clock;
    private final Pause pause;
    private final Entry entry;
    private final Swap swap;
    private final BooleanSupplier cancelled;
    private final Runnable told;
    private Optional<Instant> stuckSince = Optional.empty();
    private Duration retry = FIRST_RETRY;

    /// @param told is called whenever it stands elsewhere
    Course(
            Mirror mirror,
            Journal journal,
            InstantSource clock,
            Pause pause,
            Entry entry,
            Swap swap,
            BooleanSupplier cancelled,
            Runnable told) {
        this.mirror = mirror;
        this.journal = journal;
        this.clock = clock;
        this.pause = pause;
        this.entry = entry;
        this.swap = swap;
        this.cancelled = cancelled;
        this.told = told;
    }

    /// Goes on with what an earlier life of the server left. The journal says what it was about to do, the
    /// engine how far it came; before the successors were started the old ones are simply put back.
    void resume() throws InterruptedException {
        interrupted("interrupted by a restart");
        run();
    }

    /// Runs until it is done, or nobody can do anything about it for now.
    void run() throws InterruptedException {
        while (entry.step != Step.DONE) {
            try {
                if (entry.back) {
                    swap.undo();
                    entry.step = Step.DONE;
                } else {
                    swap.take(entry.step, cancelled);
                    next();
                }
            } catch (Failure.EngineDown | Failure.EngineSlow away) {
                requireGoingOn();
                LOG.log(Level.WARNING, "update of {0}: {1}", entry.item, away.detail());
                entry.obstacle = Optional.of(away.whole());
                interrupted("the engine went away in the middle of it");
                told.run();
                awaitEngine();
            } catch (Failure refused) {
                requireGoingOn();
                if (!goesOnAfter(refused)) return;
            }
        }
    }

    /// What the end of the server has broken off is no refusal: the next life goes on with it.
    private static void requireGoingOn() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
    }

    private void next() {
        Step next = entry.step.next();
        if (cancelled.getAsBoolean() && entry.step.before(Step.COMMITTED)) {
            back("cancelled");
            return;
        }
        Step before = entry.step;
        entry.step = next;
        entry.obstacle = Optional.empty();
        told.run();
        if (next == Step.DONE) return;
        try {
            journal.write(entry);
        } catch (DatabaseFailure unwritable) {
            LOG.log(Level.ERROR, "update of " + entry.item + ": the journal cannot be written", unwritable);
            if (before.before(Step.COMMITTED)) {
                entry.step = before;
                back("the journal of updates cannot be written: " + unwritable.getMessage());
            }
        }
    }

    private void back(String why) {
        entry.back = true;
        if (entry.reason.isEmpty()) entry.reason = Optional.of(why);
        told.run();
        write();
    }

    /// Where the journal cannot be written the way back is gone all the same: every step of it looks at the
    /// engine.
    private void write() {
        try {
            journal.write(entry);
        } catch (DatabaseFailure unwritable) {
            LOG.log(Level.ERROR, "update of " + entry.item + ": the journal cannot be written", unwritable);
        }
    }

    private void interrupted(String why) {
        if (entry.back) return;
        if (entry.step.before(Step.STARTING)) back(why);
        else if (entry.step == Step.GATING) entry.step = Step.STARTING; // whoever was killed is started once more
    }

    private void awaitEngine() throws InterruptedException {
        do pause.sleep(AWAY);
        while (!mirror.snapshot().state().connected());
    }

    /// @return false if it is left as it is for now
    private boolean goesOnAfter(Failure refused) throws InterruptedException {
        String why = refused.whole();
        if (!entry.back && entry.step.before(Step.COMMITTED)) {
            LOG.log(Level.WARNING, "update of {0} goes back: {1}", entry.item, why);
            back(why);
            return true;
        }
        if (!entry.back && refused instanceof Failure.NotFound) {
            entry.needsAttention = true;
            back("the successor was there, and is gone: " + why);
            return true;
        }
        Instant since = stuckSince.orElse(clock.instant());
        stuckSince = Optional.of(since);
        boolean later = !(refused instanceof Failure.NotFound)
                && Duration.between(since, clock.instant()).compareTo(PATIENCE) < 0;
        LOG.log(Level.WARNING, "update of {0} is stuck: {1}", entry.item, why);
        if (later) {
            entry.obstacle = Optional.of(why);
            told.run();
            pause.sleep(retry);
            Duration twice = retry.multipliedBy(2);
            retry = twice.compareTo(LAST_RETRY) < 0 ? twice : LAST_RETRY;
            return true;
        }
        entry.needsAttention = true;
        entry.reason = Optional.of(entry.reason.map(it -> it + "; then: ").orElse("") + why);
        write();
        return false;
    }
}
