package dev.berth.model;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Waiting that can be cut short, for one thread: who has nothing to do is not woken only to find that out.
public interface Alarm {
    /// Returns when the time is over, or at once if it has rung since the last call; now and then without a reason, so
    /// who has waited looks whether there is something to do.
    void await(Duration longest) throws InterruptedException;

    /// Never waits.
    void ring();

    /// A flag and a monitor, no more: it is waited for each second, hardly ever compiled, and a semaphore's way through
    /// its queue took a tenth of what sampling ten containers does.
    static Alarm real() {
        return new Alarm() {
            private boolean rung;

            @Override
            public synchronized void await(Duration longest) throws InterruptedException {
                if (Thread.interrupted()) throw new InterruptedException();
                if (!rung) TimeUnit.NANOSECONDS.timedWait(this, longest.toNanos());
                rung = false;
            }

            @Override
            public synchronized void ring() {
                rung = true;
                notifyAll();
            }
        };
    }
}
