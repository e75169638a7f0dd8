package dev.berth.web;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Makes whoever sends faster than the client reads wait.
final class Writability {
    private final Channel channel;
    private final Duration stalled;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    /// @param stalled a client that takes nothing for this long is gone, whatever the network says
    Writability(Channel channel, Duration stalled) {
        this.channel = channel;
        this.stalled = stalled;
    }

    /// The connection can take more again, or has ended.
    void changed() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the connection can take more.
    ///
    /// @throws IOException if the client has gone
    void await() throws IOException {
        lock.lock();
        try {
            while (channel.isActive() && !channel.isWritable())
                if (!room.await(stalled.toNanos(), TimeUnit.NANOSECONDS))
                    throw new IOException("the client takes nothing");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client was slow");
        } finally {
            lock.unlock();
        }
        if (!channel.isActive()) throw new IOException("the client has gone");
    }
}
