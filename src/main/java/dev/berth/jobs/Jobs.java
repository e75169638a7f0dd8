package dev.berth.jobs;

import dev.berth.feed.EventId;
import dev.berth.feed.Feed;
import dev.berth.model.Failure;
import dev.berth.model.RandomId;
import dev.berth.store.Database;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// All long work, running and ended; ended jobs are kept for seven days, a thousand at most, over restarts too.
public final class Jobs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Jobs.class.getName());
    private static final int ID_LENGTH = 12;
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private static final Optional<String> BROKEN = Optional.of("an error inside Berth; the log has the details");
    private static final Optional<String> CUT_OFF = Optional.of("interrupted by a restart");

    private final Set<String> goOn;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final KeptJobs kept;
    private final Surroundings around;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    /// By what makes two requests one job; guarded by itself.
    private final Map<String, Job> running = new HashMap<>();
    /// Of an earlier life, until somebody goes on with them.
    private final Map<String, Job> open = new ConcurrentHashMap<>();
    /// Those whose work goes on in the next life, with their threads.
    private final Map<Job, Thread> goingOn = new ConcurrentHashMap<>();

    private final ReentrantLock loading = new ReentrantLock();
    private volatile boolean loaded;
    private volatile boolean closing;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("job").factory());

    /// @param database where they are kept; it is not touched before jobs are asked for
    /// @param goOn the kinds whose jobs a restart does not end: somebody resumes them
    /// @param feed is told what becomes of every job
    public Jobs(Database database, Set<String> goOn, Feed feed, InstantSource clock, RandomGenerator random) {
        this.goOn = goOn;
        this.clock = clock;
        this.random = random;
        this.kept = new KeptJobs(database, clock);
        this.around = new Surroundings(clock, feed, kept, new Changes(), clock.millis());
    }

    /// What a job does; whatever it throws fails the items that have not ended.
    @FunctionalInterface
    public interface Work {
        /// @throws InterruptedException if the server ends. Work of a kind that goes on must let it pass, and leave
        ///     the items as they are
        void run(Job job) throws InterruptedException;
    }

    /// Reads the jobs of earlier lives, which is done anyway when somebody asks for jobs; then those that were cut off
    /// have failed.
    public void open() {
        if (loaded) return;
        loading.lock();
        try {
            if (loaded) return;
            var cutOff = new ArrayList<Job>();
            for (JobTable.Row row : kept.read()) {
                var job = new Job(row, around);
                jobs.put(job.id(), job);
                job.appear();
                if (job.hasEnded()) continue;
                if (goOn.contains(row.view().kind())) {
                    open.put(job.id(), job);
                } else {
                    job.settle(CUT_OFF);
                    cutOff.add(job);
                }
            }
            kept.now(cutOff);
            cutOff.forEach(Job::showEnd);
            loaded = true;
        } finally {
            loading.unlock();
        }
    }

    /// Begins long work, or joins the same work that is under way. The job is on the disk before anybody knows its id.
    ///
    /// @param sameness two requests with this in common are one job while it runs
    public Job start(String kind, String sameness, String requestedBy, Collection<String> items, Work work) {
        open();
        Optional<Job> joined;
        Job job;
        synchronized (running) {
            joined = Optional.ofNullable(running.get(sameness)).filter(it -> !it.cancelled() && !it.hasEnded());
            job = joined.orElseGet(() -> made(RandomId.next(random, ID_LENGTH), kind, requestedBy, items));
            running.put(sameness, job);
        }
        kept.now(List.of(job)); // of one that is joined, too: its first row may still be on its way
        jobs.put(job.id(), job);
        if (joined.isPresent()) return job;
        job.queued();
        threads.execute(() -> run(job, sameness, it -> {
            if (!it.cancelled()) work.run(it);
        }));
        return job;
    }

    private Job made(String id, String kind, String requestedBy, Collection<String> items) {
        JobView view = JobView.queued(id, kind, requestedBy, clock.instant(), items);
        return new Job(new JobTable.Row(view, false), around);
    }

    /// Jobs of a kind that goes on which an earlier life left unfinished and nobody has resumed, the oldest first.
    public List<Job> unfinished(String kind) {
        open();
        return open.values().stream()
                .filter(it -> it.view().kind().equals(kind))
                .sorted(Comparator.comparing(it -> it.view().created()))
                .toList();
    }

    /// Goes on with one of the unfinished. The work runs also if the job has been cancelled, which it has to look for:
    /// what an earlier life began may have to be undone.
    public void resume(Job job, String sameness, Work work) {
        if (!open.remove(job.id(), job))
            throw new IllegalStateException("job " + job.id() + " was not left open, or is resumed already");
        synchronized (running) {
            running.put(sameness, job);
        }
        threads.execute(() -> run(job, sameness, work));
    }

    /// Goes on with work whose job this server may not know any more, because its row was lost or says that it has
    /// ended; it is made anew under its id then. One that runs is left alone.
    public Job resumeLost(
            String id, String kind, String sameness, String requestedBy, Collection<String> items, Work work) {
        open();
        Optional<Job> known = Optional.ofNullable(jobs.get(id)).filter(it -> !it.hasEnded());
        if (known.isPresent()) {
            if (open.containsKey(id)) resume(known.get(), sameness, work);
            return known.get();
        }
        Job job = made(id, kind, requestedBy, items);
        synchronized (running) {
            running.put(sameness, job);
        }
        kept.now(List.of(job));
        jobs.put(id, job);
        job.queued();
        threads.execute(() -> run(job, sameness, work));
        return job;
    }

    private void run(Job job, String sameness, Work work) {
        boolean goesOn = goOn.contains(job.view().kind());
        if (goesOn) goingOn.put(job, Thread.currentThread());
        if (goesOn && closing) Thread.currentThread().interrupt();
        Optional<String> fault = BROKEN;
        try {
            job.begin();
            work.run(job);
            fault = Optional.empty();
        } catch (InterruptedException stopping) {
            fault = Optional.of("interrupted by the end of the server");
        } catch (Failure failure) {
            fault = Optional.of(failure.detail());
        } catch (RuntimeException wrong) {
            LOG.log(Level.ERROR, "job " + job.id() + " broke", wrong);
        } finally {
            goingOn.remove(job);
            boolean whole = fault.isEmpty() && job.allItemsEnded();
            if (goesOn && closing && !whole) leave(job);
            else end(job, fault);
            synchronized (running) {
                running.remove(sameness, job);
            }
            forgetOld();
        }
    }

    private void end(Job job, Optional<String> fault) {
        job.finish(fault);
        JobView ended = job.view();
        LOG.log(
                Level.INFO,
                "job {0} ({1}) {2}",
                ended.id(),
                ended.kind(),
                ended.state().word());
    }

    private void leave(Job job) {
        kept.soon(job);
        LOG.log(
                Level.INFO,
                "job {0} ({1}) goes on after the restart",
                job.id(),
                job.view().kind());
    }

    /// @throws Failure.NotFound if there is none
    public Job get(String id) {
        open();
        forgetOld();
        Job job = jobs.get(id);
        if (job == null) throw new Failure.NotFound("no-such-job", "no job has the id '" + id + "'");
        return job;
    }

    public List<JobView> list() {
        open();
        forgetOld();
        return jobs.values().stream().map(Job::view).toList();
    }

    /// Follows all jobs.
    ///
    /// @param last the last change that the follower knows of
    public JobFollower follow(Optional<EventId> last) {
        open();
        return new JobFollower(jobs.values(), around, last);
    }

    private void forgetOld() {
        var oldest = clock.instant().minus(KeptJobs.KEPT);
        List<JobView> ended = jobs.values().stream()
                .map(Job::view)
                .filter(it -> it.finished().isPresent())
                .sorted(Comparator.comparing(it -> it.finished().orElseThrow()))
                .toList();
        for (int i = 0; i < ended.size(); i++) {
            JobView job = ended.get(i);
            if (ended.size() - i > KeptJobs.MOST_KEPT
                    || job.finished().orElseThrow().isBefore(oldest)) jobs.remove(job.id());
        }
    }

    /// Cancels what runs, or interrupts it if it goes on in the next life, and waits a moment for its end.
    @Override
    public void close() {
        closing = true;
        for (Job job : jobs.values()) if (!goOn.contains(job.view().kind())) job.cancel();
        goingOn.values().forEach(Thread::interrupt);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) threads.shutdownNow();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            threads.shutdownNow();
        }
        kept.close();
    }
}
