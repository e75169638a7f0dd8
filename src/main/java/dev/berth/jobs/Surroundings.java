package dev.berth.jobs;

import dev.berth.feed.EventId;
import dev.berth.feed.Feed;
import java.time.InstantSource;

/// What all jobs have in common.
///
/// @param feed is told of every change, after it shows
/// @param changes counts those of all jobs
/// @param epoch tells this life's numbers of changes from those of others
record Surroundings(InstantSource clock, Feed feed, KeptJobs kept, Changes changes, long epoch) {
    EventId change(long number) {
        return new EventId(epoch, number);
    }
}
