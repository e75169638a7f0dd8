package dev.berth.jobs;

import dev.berth.store.Database;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// The jobs on the disk. One thread writes, all that has changed meanwhile in one transaction.
///
/// Without a disk jobs run all the same, in memory: a prune must be possible when it is full. What could not be written
/// is tried again with the next change.
final class KeptJobs implements AutoCloseable {
    static final Duration KEPT = Duration.ofDays(7);
    static final int MOST_KEPT = 1000;

    private static final System.Logger LOG = System.getLogger(KeptJobs.class.getName());

    private final JobTable table;
    private final InstantSource clock;
    /// Guarded by itself, as `due` is. A job's newest state is written, so it need not stand here twice.
    private final SequencedSet<Job> changed = new LinkedHashSet<>();

    private boolean due;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("job writer").factory());
    private volatile boolean failing;

    KeptJobs(Database database, InstantSource clock) {
        this.table = new JobTable(database, MOST_KEPT);
        this.clock = clock;
    }

    /// Those of earlier lives; none if they cannot be read.
    List<JobTable.Row> read() {
        try {
            return table.read(oldest());
        } catch (RuntimeException broken) {
            warn("jobs of earlier lives are not shown", broken);
            return List.of();
        }
    }

    /// Lets a job be written, and waits for nothing.
    void soon(Job job) {
        synchronized (changed) {
            changed.add(job);
            if (due) return;
            due = true;
        }
        try {
            writer.execute(this::write);
        } catch (RejectedExecutionException closed) {
            LOG.log(Level.DEBUG, "a change of job {0} came after the end", job.id());
        }
    }

    /// Writes jobs, and returns when they are on the disk, or cannot get there.
    void now(Collection<Job> jobs) {
        if (jobs.isEmpty()) return;
        synchronized (changed) {
            changed.addAll(jobs);
        }
        try {
            CompletableFuture.runAsync(this::write, writer).join();
        } catch (RejectedExecutionException closed) {
            LOG.log(Level.DEBUG, "{0} jobs changed after the end", jobs.size());
        }
    }

    /// On the writer's thread only.
    private void write() {
        List<Job> jobs;
        synchronized (changed) {
            due = false;
            jobs = List.copyOf(changed);
            changed.clear();
        }
        if (jobs.isEmpty()) return;
        boolean written = false;
        try {
            table.write(jobs.stream().map(Job::row).toList(), oldest());
            written = true;
        } catch (RuntimeException broken) {
            warn("jobs go on in memory, and a restart will lose them", broken);
        }
        if (!written) keepForLater(jobs);
        else if (failing) {
            failing = false;
            LOG.log(Level.INFO, "jobs are written to the disk again");
        }
    }

    /// Of more than are kept at all, the oldest stay unwritten.
    private void keepForLater(List<Job> jobs) {
        synchronized (changed) {
            var newer = new ArrayList<>(changed);
            changed.clear();
            changed.addAll(jobs);
            changed.addAll(newer);
            while (changed.size() > MOST_KEPT) changed.removeFirst();
        }
    }

    private void warn(String consequence, RuntimeException broken) {
        if (!failing) LOG.log(Level.WARNING, consequence + ": " + broken.getMessage(), broken);
        failing = true;
    }

    private Instant oldest() {
        return clock.instant().minus(KEPT);
    }

    /// Tries what is left once more.
    @Override
    public void close() {
        if (writer.isShutdown()) return;
        CompletableFuture.runAsync(this::write, writer).join();
        writer.close();
    }
}
