package dev.berth.updates;

import dev.berth.model.ContainerId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Groups of containers of which only one is replaced at a time, as they have members in common.
final class Families {
    private final Set<ContainerId> busy = new HashSet<>();
    private long releases;

    /// Takes all of them if nobody has one of them; else waits until somebody has let go, and takes nothing.
    ///
    /// @return whether they were taken
    synchronized boolean takeOrWait(Collection<ContainerId> ids) throws InterruptedException {
        if (ids.stream().noneMatch(busy::contains)) {
            busy.addAll(ids);
            return true;
        }
        long seen = releases;
        while (seen == releases) wait();
        return false;
    }

    synchronized void letGo(Collection<ContainerId> ids) {
        busy.removeAll(Set.copyOf(ids));
        releases++;
        notifyAll();
    }
}
