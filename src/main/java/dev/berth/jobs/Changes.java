package dev.berth.jobs;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/// A count of changes for which any number of readers can wait. Whoever counts one waits for nobody; the lock is a
/// leaf.
final class Changes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition counted = lock.newCondition();
    private long count;

    /// @param show makes the change visible, under its number, before anybody can know of that number
    void add(LongConsumer show) {
        lock.lock();
        try {
            show.accept(count + 1);
            count++;
            counted.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until more have been counted than these; whether that came in time.
    boolean awaitBeyond(long seen, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            for (; count <= seen; left = counted.awaitNanos(left)) if (left <= 0) return false;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
