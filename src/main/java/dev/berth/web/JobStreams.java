package dev.berth.web;

import dev.berth.feed.EventId;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobFollower;
import dev.berth.jobs.JobView;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/// Jobs as they change. A client gets the newest state, and what lies between two of its looks is left out; so nothing
/// queues up for one that is slow.
record JobStreams(Pause pause, Duration heartbeat) {
    private static final Duration RETRY = Duration.ofSeconds(2);
    /// A pull changes a hundred times a second; an eye follows ten.
    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final Json ENDED = new ObjBuilder().put("reason", "ended").build();

    /// One job, until it has ended.
    void one(Job job, EventStream stream) throws IOException, InterruptedException {
        stream.retry(RETRY);
        Job.Look look = job.look();
        send(look, stream);
        while (!look.view().state().ended()) {
            job.await(BETWEEN); // its end is told at once
            while (!job.awaitNewer(look, heartbeat)) stream.heartbeat();
            look = job.look();
            send(look, stream);
        }
        stream.event("end", ENDED);
    }

    /// All jobs that are wanted, until the client or the server ends.
    void all(JobFollower follower, Predicate<JobView> wanted, EventStream stream)
            throws IOException, InterruptedException {
        stream.retry(RETRY);
        EventId told = new EventId(0, 0);
        while (true) {
            List<Job.Look> news = follower.next(heartbeat).stream()
                    .filter(it -> wanted.test(it.view()))
                    .toList();
            for (Job.Look look : news) send(look, stream);
            // Whoever comes back before the first change of a wanted job resumes from here, too.
            if (news.isEmpty() && !follower.position().equals(told))
                stream.position(follower.position().toString());
            else if (news.isEmpty()) stream.heartbeat();
            told = follower.position();
            pause.sleep(BETWEEN);
        }
    }

    private static void send(Job.Look look, EventStream stream) throws IOException {
        stream.event(look.id().toString(), "job", JobJson.json(look.view()));
    }
}
