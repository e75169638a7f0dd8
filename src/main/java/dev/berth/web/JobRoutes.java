package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.feed.EventId;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobFollower;
import dev.berth.jobs.JobView;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// `/job` and what is below it.
final class JobRoutes {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final String LAST_EVENT = "Last-Event-ID";

    private final Jobs jobs;
    private final JobStreams streams;

    JobRoutes(Jobs jobs) {
        this(jobs, new JobStreams(Pause.REAL, HEARTBEAT));
    }

    JobRoutes(Jobs jobs, JobStreams streams) {
        this.jobs = jobs;
        this.streams = streams;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/job", Right.READ, JobFilter.PARAMETERS, this::all),
                Route.get("/job/{id}", Right.READ, Set.of("wait"), this::one),
                Route.delete("/job/{id}", Right.PULL, Set.of("wait"), this::cancel));
    }

    /// 202 with a job that goes on, 200 with one that ended while the client waited.
    static Answer accepted(Job job, Duration wait) throws InterruptedException {
        boolean ended = !wait.isZero() && job.await(wait);
        return ended ? Answer.json(200, JobJson.json(job.view())) : going(job);
    }

    private static Answer going(Job job) {
        return Answer.json(202, JobJson.json(job.view())).with("Location", "/job/" + job.id());
    }

    private Answer all(Request request) {
        JobFilter filter = JobFilter.of(request.query());
        if (Negotiation.wantsEvents(request.headers())) {
            JobFollower follower = jobs.follow(lastEvent(request.headers()));
            return Answer.events(stream -> streams.all(follower, filter, stream));
        }
        var list = new TreeMap<String, Json>();
        for (JobView job : jobs.list()) if (filter.test(job)) list.put(job.id(), JobJson.json(job));
        return Answer.state(new Json.Obj(list));
    }

    private static Optional<EventId> lastEvent(Request.Headers headers) {
        try {
            return headers.first(LAST_EVENT).filter(it -> !it.isEmpty()).map(EventId::parse);
        } catch (Failure.Invalid wrong) {
            throw new Failure.Invalid(LAST_EVENT, wrong.detail());
        }
    }

    /// A stream of one job begins with its present state, whatever the client has had before.
    private Answer one(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        Job job = jobs.get(request.parameter("id"));
        if (Negotiation.wantsEvents(request.headers())) return Answer.events(stream -> streams.one(job, stream));
        job.await(wait);
        return Answer.state(JobJson.json(job.view()));
    }

    private Answer cancel(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        Job job = jobs.get(request.parameter("id"));
        job.cancel();
        job.await(wait);
        return job.view().state().ended() ? Answer.json(200, JobJson.json(job.view())) : going(job);
    }
}
