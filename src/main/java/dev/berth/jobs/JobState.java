package dev.berth.jobs;

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

    public boolean ended() {
        return this != QUEUED && this != RUNNING;
    }
}
