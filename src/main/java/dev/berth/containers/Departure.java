package dev.berth.containers;

import java.util.Optional;
import java.util.concurrent.Callable;

/// Whether whoever asked is still there. What waits for an image or for memory ends when they have gone; what changes
/// something is carried to its end.
public final class Departure {
    private Optional<Thread> waiting = Optional.empty();
    private boolean gone;

    /// Does something that may have to wait.
    ///
    /// @throws InterruptedException if it waits and nobody is there
    <T> T whileWaiting(Callable<T> work) throws Exception {
        enter();
        try {
            return work.call();
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        waiting = Optional.of(Thread.currentThread());
        if (gone) Thread.currentThread().interrupt();
    }

    /// It came through, or it has been told: either way the interrupt is not for what follows.
    private synchronized void leave() {
        waiting = Optional.empty();
        if (gone) Thread.interrupted();
    }

    /// Nobody waits for the answer any more.
    public synchronized void gone() {
        gone = true;
        waiting.ifPresent(Thread::interrupt);
    }
}
