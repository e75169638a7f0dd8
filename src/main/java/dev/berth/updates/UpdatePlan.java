package dev.berth.updates;

import dev.berth.json.Json;
import java.util.List;
import java.util.Optional;

/// What an update of one container would do.
///
/// @param why it is left out, where it is
/// @param image the reference that it follows
/// @param digestBefore what it runs, as its registry calls it
/// @param digestAfter what the registry has under that reference now
/// @param changes between the two images, as far as a container would feel it; none before the new one is here
/// @param follow the names of those that would be recreated with it, as they share its namespaces
/// @param volumes that have no name and would be carried over
public record UpdatePlan(
        String name,
        Outcome outcome,
        Optional<String> why,
        Optional<String> image,
        Optional<String> digestBefore,
        Optional<String> digestAfter,
        Optional<Json> changes,
        List<String> follow,
        List<String> volumes) {

    /// What would come of it.
    public enum Outcome {
        UPDATE,
        UNCHANGED,
        SKIPPED
    }

    static UpdatePlan skipped(String name, String why) {
        return new UpdatePlan(
                name,
                Outcome.SKIPPED,
                Optional.of(why),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }
}
