package dev.berth.updates;

import dev.berth.jobs.Job;
import dev.berth.jobs.JobView;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.Mirror;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.store.DatabaseFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// Goes on, when the server starts, with the updates that the journal holds: each within its job, which is
/// still open, or within a new one where nobody can do anything about it until now.
final class Recovery implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());
    private static final String INTERRUPTED = "interrupted by a restart";
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Mirror mirror;
    private final Jobs jobs;
    private final Journal journal;
    private final Families families;
    private final LostUpdates lost;
    private final Resumption resumption;
    private final Pause pause;
    private final Thread thread = Thread.ofVirtual().name("recovery of updates").unstarted(this::run);
    /// Complete when nothing new can come in the way of what is old.
    private final CompletableFuture<Set<String>> taken = new CompletableFuture<>();

    /// Carries an update of the journal to its end, for an item of a job. Its family is taken.
    @FunctionalInterface
    interface Resumption {
        void resume(Job job, Entry entry) throws InterruptedException;
    }

    Recovery(
            Mirror mirror,
            Jobs jobs,
            Journal journal,
            Families families,
            LostUpdates lost,
            Resumption resumption,
            Pause pause) {
        this.mirror = mirror;
        this.jobs = jobs;
        this.journal = journal;
        this.families = families;
        this.lost = lost;
        this.resumption = resumption;
        this.pause = pause;
    }

    void start() {
        thread.start();
    }

    /// Waits until nothing new can come in the way of what is old.
    ///
    /// @throws DatabaseFailure if it is not known what is old
    void await() throws InterruptedException {
        try {
            taken.get();
        } catch (ExecutionException unreadable) {
            if (unreadable.getCause() instanceof DatabaseFailure failure) throw failure;
            throw new IllegalStateException("the recovery of updates broke", unreadable);
        }
    }

    /// Those that were open when the server started; nothing as long as that is not known.
    Optional<Set<String>> operations() {
        return taken.isDone() && !taken.isCompletedExceptionally() ? Optional.of(taken.join()) : Optional.empty();
    }

    private void run() {
        try {
            while (!mirror.snapshot().state().connected()) pause.sleep(LOOK);
            taken.complete(goOn(journal.open()));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "updates that an earlier life has left cannot be read", broken);
            taken.completeExceptionally(broken);
        }
    }

    /// @return the operations
    private Set<String> goOn(List<Entry> entries) throws InterruptedException {
        var known = new TreeSet<String>();
        Map<String, List<Entry>> ofJob = new HashMap<>();
        for (Entry entry : entries) {
            known.add(entry.operation);
            while (!families.takeOrWait(entry.ids()))
                LOG.log(Level.WARNING, "two open updates have containers in common: {0}", entry.ids());
            ofJob.computeIfAbsent(entry.job, _ -> new ArrayList<>()).add(entry);
        }
        for (Job job : jobs.unfinished(Updates.KIND)) {
            List<Entry> its = Optional.ofNullable(ofJob.remove(job.id())).orElse(List.of());
            jobs.resume(job, "resumed " + job.id(), it -> work(it, its));
        }
        for (List<Entry> orphans : ofJob.values()) {
            String id = orphans.getFirst().job;
            List<String> items = orphans.stream().map(it -> it.item).toList();
            jobs.resumeLost(id, Updates.KIND, "resumed " + id, "recovery", items, it -> work(it, orphans));
        }
        lost.settle(known);
        return Set.copyOf(known);
    }

    private void work(Job job, List<Entry> entries) throws InterruptedException {
        JobView view = job.view();
        Set<String> ours = new TreeSet<>(entries.stream().map(it -> it.item).toList());
        for (String item : view.items().keySet())
            if (!ours.contains(item)) job.item(item, it -> it.failed(INTERRUPTED));
        try (var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("update item").factory())) {
            for (Entry entry : entries) threads.execute(() -> resume(job, entry));
        }
        if (Thread.interrupted()) throw new InterruptedException();
    }

    private void resume(Job job, Entry entry) {
        try {
            LOG.log(Level.INFO, "going on with the update of {0}, which stood at {1}", entry.item, entry.step.word());
            resumption.resume(job, entry);
        } catch (Failure failure) {
            LOG.log(Level.ERROR, "update of " + entry.item, failure);
            job.item(entry.item, it -> it.failed(failure.detail()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
