package dev.berth.model;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waiting that can be cut short, for one thread: who has nothing to do is not woken only to find that out.
public interface Alarm {
    /// Returns when the time is over, or at once if it has rung since the last call.
    void await(Duration longest) throws InterruptedException;

    /// Never waits.
    void ring();

    static Alarm real() {
        return new Parking();
    }

    /// Parks without a lock around it: who wakes each second does so on cold caches.
    final class Parking implements Alarm {
        private final AtomicBoolean rung = new AtomicBoolean();
        private volatile @Nullable Thread waiting;

        private Parking() {}

        @Override
        public void await(Duration longest) throws InterruptedException {
            waiting = Thread.currentThread();
            long end = System.nanoTime() + longest.toNanos();
            long left = longest.toNanos();
            while (left > 0 && !rung.get() && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(this, left);
                left = end - System.nanoTime();
            }
            if (Thread.interrupted()) throw new InterruptedException();
            rung.set(false);
        }

        @Override
        public void ring() {
            rung.set(true);
            LockSupport.unpark(waiting);
        }
    }
}
