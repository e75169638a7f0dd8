package dev.berth.jobs;

import dev.berth.json.Json;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// One thing that a job works on.
///
/// @param percent 0 to 100, never running backwards
/// @param totalBytes none until it is known
/// @param digestBefore the registry's digest that was here before
/// @param error why it failed or was skipped; what is in the way of one that runs
/// @param more what only items of this kind of job tell, by the name under which the API shows it
public record Item(
        JobState state,
        double percent,
        OptionalLong currentBytes,
        OptionalLong totalBytes,
        Optional<String> digestBefore,
        Optional<String> digestAfter,
        Optional<String> error,
        SortedMap<String, Json> more) {
    static final Item QUEUED = new Item(
            JobState.QUEUED,
            0,
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Collections.emptySortedMap());

    public Item running() {
        return state(JobState.RUNNING);
    }

    public Item before(Optional<String> digest) {
        return new Item(state, percent, currentBytes, totalBytes, digest, digestAfter, error, more);
    }

    public Item progress(double newPercent, OptionalLong current, OptionalLong total) {
        return new Item(state, Math.max(percent, newPercent), current, total, digestBefore, digestAfter, error, more);
    }

    /// Tells something that only items of this kind of job have.
    public Item with(String name, Json value) {
        var all = new TreeMap<>(more);
        all.put(name, value);
        return new Item(
                state,
                percent,
                currentBytes,
                totalBytes,
                digestBefore,
                digestAfter,
                error,
                Collections.unmodifiableSortedMap(all));
    }

    /// What is in the way of one that goes on all the same; nothing where it is overcome.
    public Item obstacle(Optional<String> what) {
        return new Item(state, percent, currentBytes, totalBytes, digestBefore, digestAfter, what, more);
    }

    public Item succeeded(Optional<String> digest) {
        return ended(JobState.SUCCEEDED, digest, Optional.empty());
    }

    public Item unchanged() {
        return ended(JobState.UNCHANGED, digestBefore, Optional.empty());
    }

    public Item skipped(String why) {
        return ended(JobState.SKIPPED, digestBefore, Optional.of(why));
    }

    private Item ended(JobState how, Optional<String> digest, Optional<String> why) {
        return new Item(how, 100, currentBytes, totalBytes, digestBefore, digest, why, more);
    }

    public Item failed(String why) {
        return new Item(
                JobState.FAILED, percent, currentBytes, totalBytes, digestBefore, digestAfter, Optional.of(why), more);
    }

    Item cancelled() {
        return state(JobState.CANCELLED);
    }

    private Item state(JobState next) {
        return new Item(next, percent, currentBytes, totalBytes, digestBefore, digestAfter, error, more);
    }
}
