package dev.berth.containers;

import dev.berth.model.Container;
import dev.berth.model.Status;
import java.util.Map;
import java.util.Set;

/// What Berth writes on a container at its birth; labels cannot change later, so they say only what stays true.
///
/// @param server the installation that these labels are about
record OurLabels(String server) {
    private static final String OPERATION = "berth.op";
    private static final String SERVER = "berth.server";
    private static final String START = "berth.start";
    /// A start that the last server still asked for may be under way in the engine: it gets this many seconds to show.
    private static final int PATIENCE = 2;

    Map<String, String> of(String operation, boolean start) {
        return Map.of(OPERATION, operation, SERVER, server, START, String.valueOf(start));
    }

    boolean isOf(Container container, String operation) {
        return server.equals(container.labels().get(SERVER))
                && operation.equals(container.labels().get(OPERATION));
    }

    /// Creates of ours that nobody is at any more are swept.
    ///
    /// @param operationsAtWork a live view
    Sweep.Rule halfMade(Set<String> operationsAtWork) {
        return new Sweep.Rule(
                it -> isHalfMade(it, Set.of()),
                it -> isHalfMade(it, operationsAtWork),
                PATIENCE,
                "which was created but never started");
    }

    /// Whether a create of ours was cut off between its two halves: made to be started, never started, and nobody
    /// is at it any more. True after a crash at any point, false for whatever ever ran, and for other
    /// installations' containers.
    boolean isHalfMade(Container container, Set<String> operationsAtWork) {
        Map<String, String> labels = container.labels();
        return server.equals(labels.get(SERVER))
                && "true".equals(labels.get(START))
                && container.startedAt().isEmpty()
                && container.status() == Status.CREATED
                && !operationsAtWork.contains(labels.getOrDefault(OPERATION, ""));
    }
}
