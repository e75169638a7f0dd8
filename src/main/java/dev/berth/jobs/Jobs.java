package dev.berth.jobs;

import dev.berth.feed.Feed;
import dev.berth.model.Failure;
import dev.berth.model.RandomId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// All long work, running and ended; ended jobs are kept for seven days, a thousand at most.
public final class Jobs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Jobs.class.getName());
    private static final Duration KEPT = Duration.ofDays(7);
    private static final int MOST_KEPT = 1000;
    private static final int ID_LENGTH = 12;
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private static final Optional<String> BROKEN = Optional.of("an error inside Berth; the log has the details");

    private final Feed feed;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final Map<String, Job> running = new ConcurrentHashMap<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("job").factory());

    /// @param feed is told what becomes of every job
    public Jobs(Feed feed, InstantSource clock, RandomGenerator random) {
        this.feed = feed;
        this.clock = clock;
        this.random = random;
    }

    /// What a job does; whatever it throws fails the items that have not ended.
    @FunctionalInterface
    public interface Work {
        void run(Job job) throws InterruptedException;
    }

    /// Begins long work, or joins the same work that is under way.
    ///
    /// @param sameness two requests with this in common are one job while it runs
    public Job start(String kind, String sameness, String requestedBy, Collection<String> items, Work work) {
        return running.compute(sameness, (_, present) -> {
            if (present != null
                    && !present.cancelled()
                    && !present.view().state().ended()) return present;
            var job = new Job(RandomId.next(random, ID_LENGTH), kind, requestedBy, items, clock, feed);
            jobs.put(job.id(), job);
            job.queued();
            threads.execute(() -> run(job, sameness, work));
            return job;
        });
    }

    private void run(Job job, String sameness, Work work) {
        Optional<String> fault = BROKEN;
        try {
            job.begin();
            if (!job.cancelled()) work.run(job);
            fault = Optional.empty();
        } catch (InterruptedException stopping) {
            fault = Optional.of("interrupted by the end of the server");
        } catch (Failure failure) {
            fault = Optional.of(failure.detail());
        } catch (RuntimeException wrong) {
            LOG.log(Level.ERROR, "job " + job.id() + " broke", wrong);
        } finally {
            job.finish(fault);
            LOG.log(
                    Level.INFO,
                    "job {0} ({1}) {2}",
                    job.id(),
                    job.view().kind(),
                    job.view().state().word());
            running.remove(sameness, job);
            forgetOld();
        }
    }

    /// @throws Failure.NotFound if there is none
    public Job get(String id) {
        forgetOld();
        Job job = jobs.get(id);
        if (job == null) throw new Failure.NotFound("no-such-job", "no job has the id '" + id + "'");
        return job;
    }

    public List<JobView> list() {
        forgetOld();
        return jobs.values().stream().map(Job::view).toList();
    }

    private void forgetOld() {
        var oldest = clock.instant().minus(KEPT);
        List<Job> ended = jobs.values().stream()
                .filter(it -> it.finished().isPresent())
                .sorted(Comparator.comparing(it -> it.finished().orElseThrow()))
                .toList();
        for (int i = 0; i < ended.size(); i++) {
            Job job = ended.get(i);
            if (ended.size() - i > MOST_KEPT || job.finished().orElseThrow().isBefore(oldest)) jobs.remove(job.id());
        }
    }

    /// Cancels what runs and waits a moment for its end.
    @Override
    public void close() {
        jobs.values().forEach(Job::cancel);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) threads.shutdownNow();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            threads.shutdownNow();
        }
    }
}
