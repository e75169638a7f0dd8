package dev.berth.jobs;

import java.util.Optional;
import java.util.OptionalLong;

/// One thing that a job works on.
///
/// @param percent 0 to 100, never running backwards
/// @param totalBytes none until it is known
/// @param digestBefore the registry's digest that was here before
/// @param error why it failed or was skipped
public record Item(
        JobState state,
        double percent,
        OptionalLong currentBytes,
        OptionalLong totalBytes,
        Optional<String> digestBefore,
        Optional<String> digestAfter,
        Optional<String> error) {
    static final Item QUEUED = new Item(
            JobState.QUEUED,
            0,
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public Item running() {
        return new Item(JobState.RUNNING, percent, currentBytes, totalBytes, digestBefore, digestAfter, error);
    }

    public Item before(Optional<String> digest) {
        return new Item(state, percent, currentBytes, totalBytes, digest, digestAfter, error);
    }

    public Item progress(double newPercent, OptionalLong current, OptionalLong total) {
        return new Item(state, Math.max(percent, newPercent), current, total, digestBefore, digestAfter, error);
    }

    public Item succeeded(Optional<String> digest) {
        return new Item(JobState.SUCCEEDED, 100, currentBytes, totalBytes, digestBefore, digest, Optional.empty());
    }

    public Item unchanged() {
        return new Item(
                JobState.UNCHANGED, 100, currentBytes, totalBytes, digestBefore, digestBefore, Optional.empty());
    }

    public Item skipped(String why) {
        return new Item(JobState.SKIPPED, 100, currentBytes, totalBytes, digestBefore, digestBefore, Optional.of(why));
    }

    public Item failed(String why) {
        return new Item(
                JobState.FAILED, percent, currentBytes, totalBytes, digestBefore, digestAfter, Optional.of(why));
    }

    Item cancelled() {
        return new Item(JobState.CANCELLED, percent, currentBytes, totalBytes, digestBefore, digestAfter, error);
    }
}
