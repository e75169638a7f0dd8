package dev.berth.containers;

import dev.berth.model.ContainerId;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Containers that are kept for something longer than one operation.
public final class Reservation implements AutoCloseable {
    private final Turns turns;
    private final Set<ContainerId> ids = ConcurrentHashMap.newKeySet();
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    private Reservation(Turns turns) {
        this.turns = turns;
    }

    /// All of them or none.
    static Reservation of(Turns turns, Collection<ContainerId> ids, Collection<String> names)
            throws InterruptedException {
        var reservation = new Reservation(turns);
        boolean all = false;
        try {
            for (ContainerId id : ids) reservation.add(id);
            reservation.names.addAll(names);
            reservation.names.forEach(turns::reserve);
            all = true;
            return reservation;
        } finally {
            if (!all) reservation.close();
        }
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
        names.forEach(turns::letGo);
    }
}
