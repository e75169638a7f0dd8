package dev.berth.containers;

import dev.berth.model.ContainerId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Containers that are kept for something longer than one operation.
public final class Reservation implements AutoCloseable {
    private final Turns turns;
    private final Set<ContainerId> ids = ConcurrentHashMap.newKeySet();

    Reservation(Turns turns) {
        this.turns = turns;
    }

    /// Waits for what is under way on it.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`update-under-way`) if somebody else has reserved it
    public void add(ContainerId id) throws InterruptedException {
        if (ids.contains(id)) return;
        turns.reserve(id);
        ids.add(id);
    }

    @Override
    public void close() {
        ids.forEach(turns::letGo);
    }
}
