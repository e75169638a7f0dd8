package dev.berth.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// A place at which a test holds a call of the fake engine's until it opens.
public final class Gate {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int arrivals;
    private boolean open;

    Gate() {}

    /// Waits until a call stands here.
    public void awaitArrival() {
        awaitArrivals(1);
    }

    /// Waits until so many calls have come here, those that have passed included.
    public void awaitArrivals(int count) {
        await(() -> arrivals >= count, count + " calls did not come");
    }

    public int arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    /// Lets everybody through, those to come too.
    public void open() {
        lock.lock();
        try {
            open = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void pass(BooleanSupplier givenUp) {
        lock.lock();
        try {
            arrivals++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        await(() -> open || givenUp.getAsBoolean(), "the gate was not opened");
    }

    /// Has those who wait look again whether it still makes sense.
    void nudge() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier done, String complaint) {
        lock.lock();
        try {
            long left = PATIENCE;
            while (!done.getAsBoolean()) {
                if (left <= 0) throw new AssertionError(complaint);
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted at a gate", interrupted);
        } finally {
            lock.unlock();
        }
    }
}
