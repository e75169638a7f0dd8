package dev.berth.containers;

import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One operation on a container at a time: what one has looked at, another must not change under it.
final class Turns {
    private final Map<ContainerId, Turn> turns = new HashMap<>();
    /// Kept for something longer.
    private final Set<ContainerId> reserved = ConcurrentHashMap.newKeySet();
    /// Of those; an update takes a name from one container before it gives it to the other.
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    private static final class Turn {
        final ReentrantLock lock = new ReentrantLock(true);
        int users;
    }

    /// @throws Failure.Conflict (`update-under-way`) if it is reserved
    <T> T take(ContainerId id, Callable<T> work) throws Exception {
        Turn turn = enter(id);
        try {
            turn.lock.lockInterruptibly();
            try {
                if (reserved.contains(id)) throw underWay(id.shortId());
                return work.call();
            } finally {
                turn.lock.unlock();
            }
        } finally {
            leave(id, turn);
        }
    }

    /// Waits for the turn under way; later ones are refused until it is let go.
    ///
    /// @throws Failure.Conflict if somebody has reserved it already
    void reserve(ContainerId id) throws InterruptedException {
        Turn turn = enter(id);
        try {
            turn.lock.lockInterruptibly();
            try {
                if (!reserved.add(id)) throw underWay(id.shortId());
            } finally {
                turn.lock.unlock();
            }
        } finally {
            leave(id, turn);
        }
    }

    void letGo(ContainerId id) {
        reserved.remove(id);
    }

    void reserve(String name) {
        names.add(name);
    }

    void letGo(String name) {
        names.remove(name);
    }

    /// For a name that no container has.
    ///
    /// @throws Failure.Conflict (`update-under-way`) if one is about to have it
    void refuseReserved(String name) {
        if (names.contains(name)) throw underWay(name);
    }

    private static Failure underWay(String container) {
        return new Failure.Conflict(
                "update-under-way",
                "container " + container + " is part of an update that is under way; wait for its job, or cancel it");
    }

    private Turn enter(ContainerId id) {
        synchronized (turns) {
            Turn turn = turns.computeIfAbsent(id, _ -> new Turn());
            turn.users++;
            return turn;
        }
    }

    private void leave(ContainerId id, Turn turn) {
        synchronized (turns) {
            turn.users--;
            if (turn.users == 0) turns.remove(id);
        }
    }
}
