package dev.berth.jobs;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;

/// A job as it stood at one moment.
///
/// @param requestedBy the name of the token that asked for it
/// @param detail why the job as a whole ended as it did, where its items do not say it
public record JobView(
        String id,
        String kind,
        JobState state,
        String requestedBy,
        Instant created,
        Optional<Instant> started,
        Optional<Instant> finished,
        Optional<String> detail,
        SortedMap<String, Item> items) {

    /// The mean of its items', 0 to 100.
    public double percent() {
        if (state == JobState.SUCCEEDED) return 100;
        return items.values().stream().mapToDouble(Item::percent).average().orElse(0);
    }
}
