package dev.berth.jobs;

import dev.berth.model.Failure;
import java.util.Locale;

/// Where a job, or an item of one, stands; only items are ever unchanged or skipped.
public enum JobState {
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    UNCHANGED,
    SKIPPED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws Failure.Invalid if it is no state
    static JobState parse(String word) {
        for (JobState state : values()) if (state.word().equals(word)) return state;
        throw new Failure.Invalid("'" + word + "' is no state of a job");
    }

    public boolean ended() {
        return this != QUEUED && this != RUNNING;
    }
}
