package dev.berth.model;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waiting that can be cut short, for one thread: who has nothing to do is not woken only to find that out.
public interface Alarm {
    /// Returns when the time is over, or at once if it has rung since the last call; now and then without a reason, so
    /// who has waited looks whether there is something to do.
    void await(Duration longest) throws InterruptedException;

    /// Never waits.
    void ring();

    /// A flag and a parked thread, no more: it is waited for each second, hardly ever compiled, and a semaphore's way
    /// through its queue took a tenth of what sampling ten containers does.
    static Alarm real() {
        return new Alarm() {
            private volatile boolean rung;
            private volatile @Nullable Thread waiting;

            @Override
            public void await(Duration longest) throws InterruptedException {
                waiting = Thread.currentThread(); // before the flag is looked at: who rings looks the other way round
                if (!rung && !Thread.currentThread().isInterrupted()) LockSupport.parkNanos(this, longest.toNanos());
                waiting = null;
                rung = false;
                if (Thread.interrupted()) throw new InterruptedException();
            }

            @Override
            public void ring() {
                rung = true;
                LockSupport.unpark(waiting);
            }
        };
    }
}
