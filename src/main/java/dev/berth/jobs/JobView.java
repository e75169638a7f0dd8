package dev.berth.jobs;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A job as it stood at one moment.
///
/// @param requestedBy the name of the token that asked for it
/// @param detail why the job as a whole ended as it did, where its items do not say it
/// @param needsAttention whether somebody has to look: it could neither be done nor undone
public record JobView(
        String id,
        String kind,
        JobState state,
        String requestedBy,
        Instant created,
        Optional<Instant> started,
        Optional<Instant> finished,
        Optional<String> detail,
        boolean needsAttention,
        SortedMap<String, Item> items) {
    public JobView {
        items = Collections.unmodifiableSortedMap(items);
    }

    static JobView queued(String id, String kind, String requestedBy, Instant created, Iterable<String> itemNames) {
        var items = new TreeMap<String, Item>();
        for (String name : itemNames) items.put(name, Item.QUEUED);
        return new JobView(
                id,
                kind,
                JobState.QUEUED,
                requestedBy,
                created,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                items);
    }

    /// The mean of its items', 0 to 100.
    public double percent() {
        if (state == JobState.SUCCEEDED) return 100;
        return items.values().stream().mapToDouble(Item::percent).average().orElse(0);
    }

    /// Work that is taken up again keeps the time at which it began.
    JobView running(Instant now) {
        Optional<Instant> begun = started.or(() -> Optional.of(now));
        return new JobView(
                id,
                kind,
                JobState.RUNNING,
                requestedBy,
                created,
                begun,
                Optional.empty(),
                detail,
                needsAttention,
                items);
    }

    JobView with(String name, Item item) {
        var all = new TreeMap<>(items);
        all.put(name, item);
        return new JobView(id, kind, state, requestedBy, created, started, finished, detail, needsAttention, all);
    }

    JobView needingAttention(String why) {
        return new JobView(id, kind, state, requestedBy, created, started, finished, Optional.of(why), true, items);
    }

    /// Whatever item has not ended by now shares the job's fate.
    ///
    /// @param fault what broke the work as a whole
    JobView ended(boolean cancelled, Optional<String> fault, Instant now) {
        var last = new TreeMap<>(items);
        last.replaceAll((_, item) -> {
            if (item.state().ended()) return item;
            return cancelled ? item.cancelled() : item.failed(fault.orElse("was not done"));
        });
        boolean failed = fault.isPresent() || last.values().stream().anyMatch(it -> it.state() == JobState.FAILED);
        JobState end = needsAttention
                ? JobState.FAILED
                : cancelled ? JobState.CANCELLED : failed ? JobState.FAILED : JobState.SUCCEEDED;
        return new JobView(
                id,
                kind,
                end,
                requestedBy,
                created,
                started,
                Optional.of(now),
                fault.or(() -> detail),
                needsAttention,
                last);
    }
}
