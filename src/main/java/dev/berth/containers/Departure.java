package dev.berth.containers;

import java.util.Optional;

/// Whether whoever asked is still there. What waits for an image or for memory ends when they have gone; what changes
/// something is carried to its end.
public final class Departure {
    private Optional<Thread> waiting = Optional.empty();
    private boolean gone;

    /// Something that may have to wait.
    @FunctionalInterface
    interface Waiting<T, X extends Exception> {
        T run() throws X, InterruptedException;
    }

    /// Does something that may have to wait.
    ///
    /// @throws InterruptedException if it waits and nobody is there
    <T, X extends Exception> T whileWaiting(Waiting<T, X> work) throws X, InterruptedException {
        enter();
        try {
            return work.run();
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
