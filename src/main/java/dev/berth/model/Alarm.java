package dev.berth.model;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Waiting that can be cut short, for one thread: who has nothing to do is not woken only to find that out.
public interface Alarm {
    /// Returns when the time is over, or at once if it has rung since the last call.
    void await(Duration longest) throws InterruptedException;

    /// Never waits.
    void ring();

    static Alarm real() {
        var rung = new Semaphore(0);
        return new Alarm() {
            @Override
            public void await(Duration longest) throws InterruptedException {
                if (rung.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) rung.drainPermits();
            }

            @Override
            public void ring() {
                rung.release();
            }
        };
    }
}
