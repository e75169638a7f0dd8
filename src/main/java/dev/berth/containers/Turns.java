package dev.berth.containers;

import dev.berth.model.ContainerId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/// One operation on a container at a time: what one has looked at, another must not change under it.
final class Turns {
    private final Map<ContainerId, Turn> turns = new HashMap<>();

    private static final class Turn {
        final ReentrantLock lock = new ReentrantLock(true);
        int users;
    }

    <T> T take(ContainerId id, Callable<T> work) throws Exception {
        Turn turn = enter(id);
        try {
            turn.lock.lockInterruptibly();
            try {
                return work.call();
            } finally {
                turn.lock.unlock();
            }
        } finally {
            leave(id, turn);
        }
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
