package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobView;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// `/job` and what is below it.
final class JobRoutes {
    private final Jobs jobs;

    JobRoutes(Jobs jobs) {
        this.jobs = jobs;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/job", Right.READ, Set.of(), _ -> Answer.state(list())),
                Route.get("/job/{id}", Right.READ, Set.of("wait"), this::one),
                Route.delete("/job/{id}", Right.PULL, Set.of("wait"), this::cancel));
    }

    /// 202 with a job that goes on, 200 with one that ended while the client waited.
    static Answer accepted(Job job, Duration wait) throws InterruptedException {
        boolean ended = !wait.isZero() && job.await(wait);
        return ended ? Answer.json(200, json(job.view())) : going(job);
    }

    private static Answer going(Job job) {
        return Answer.json(202, json(job.view())).with("Location", "/job/" + job.id());
    }

    private Json list() {
        var list = new TreeMap<String, Json>();
        for (JobView job : jobs.list()) list.put(job.id(), json(job));
        return new Json.Obj(list);
    }

    private Answer one(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        Job job = jobs.get(request.parameter("id"));
        job.await(wait);
        return Answer.state(json(job.view()));
    }

    private Answer cancel(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        Job job = jobs.get(request.parameter("id"));
        job.cancel();
        job.await(wait);
        return job.view().state().ended() ? Answer.json(200, json(job.view())) : going(job);
    }

    private static Json json(JobView job) {
        var items = new TreeMap<String, Json>();
        job.items().forEach((name, item) -> items.put(name, json(item)));
        var object = new ObjBuilder()
                .put("id", job.id())
                .put("kind", job.kind())
                .put("state", job.state().word())
                .put("requested_by", job.requestedBy())
                .put("created", job.created())
                .putTime("started", job.started())
                .putTime("finished", job.finished())
                .put("percent", rounded(job.percent()))
                .put("items", new Json.Obj(items));
        job.detail().ifPresent(it -> object.put("detail", it));
        return object.build();
    }

    private static Json json(Item item) {
        var object = new ObjBuilder()
                .put("state", item.state().word())
                .put("percent", rounded(item.percent()))
                .put("current_bytes", item.currentBytes())
                .put("total_bytes", item.totalBytes())
                .putText("digest_before", item.digestBefore())
                .putText("digest_after", item.digestAfter())
                .putText("error", item.error());
        item.more().forEach(object::put);
        return object.build();
    }

    /// To a tenth, downwards: 100 is for what is done.
    private static double rounded(double percent) {
        return Math.floor(percent * 10) / 10;
    }
}
