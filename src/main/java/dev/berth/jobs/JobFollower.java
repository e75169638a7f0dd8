package dev.berth.jobs;

import dev.berth.feed.EventId;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One who follows all jobs at their own pace, for the newest state of each; of one thread. Nothing is queued
/// for it, so it holds nothing up, and nothing that would have to be given back.
public final class JobFollower {
    private final Collection<Job> jobs;
    private final Surroundings around;
    private final boolean missedAny;
    private long seen;
    private boolean begun;

    /// @param jobs as they are at each moment
    JobFollower(Collection<Job> jobs, Surroundings around, Optional<EventId> last) {
        this.jobs = jobs;
        this.around = around;
        this.missedAny = last.isPresent();
        this.seen = last.filter(it -> it.epoch() == around.epoch())
                .map(EventId::sequence)
                .filter(it -> it <= around.changes().count())
                .orElse(-1L);
    }

    /// What has changed since the last time, in the order of the changes; nothing if nothing changes in time. The first
    /// time does not wait: it has all that has not ended, or everything that this follower may have missed.
    public List<Job.Look> next(Duration limit) throws InterruptedException {
        if (begun && !around.changes().awaitBeyond(seen, limit)) return List.of();
        long upTo = around.changes().count();
        List<Job.Look> news = jobs.stream()
                .map(Job::look)
                .filter(it -> it.id().sequence() > seen)
                .filter(it -> begun || missedAny || !it.view().state().ended())
                .sorted(Comparator.comparingLong(it -> it.id().sequence()))
                .map(it -> known(it, upTo))
                .toList();
        seen = upTo;
        begun = true;
        return news;
    }

    /// One that has changed during the look comes again; whoever resumes from it must not miss those that changed
    /// before it and had been looked at already.
    private Job.Look known(Job.Look look, long upTo) {
        return look.id().sequence() <= upTo ? look : new Job.Look(look.change(), around.change(upTo), look.view());
    }

    /// Up to where the follower knows everything.
    public EventId position() {
        return around.change(Math.max(0, seen));
    }
}
