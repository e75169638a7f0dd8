package dev.berth.containers;

import dev.berth.model.Failure;

/// Whether whoever asked is still there. An operation that waits, for an image or for memory, ends when they have gone;
/// once it has begun to change something it is carried to its end.
public final class Departure {
    private Thread waiting = Thread.currentThread();
    private boolean begun;
    private boolean gone;

    /// The thread that carries out the operation.
    synchronized void carriedOutBy(Thread thread) {
        waiting = thread;
        if (gone) thread.interrupt();
    }

    /// From now on it does not matter any more.
    ///
    /// @throws Failure.Cancelled if nobody is there
    synchronized void begin() {
        if (gone) throw new Failure.Cancelled("the client has gone; nothing was begun");
        begun = true;
    }

    /// Nobody waits for the answer any more.
    public synchronized void gone() {
        gone = true;
        if (!begun) waiting.interrupt();
    }
}
