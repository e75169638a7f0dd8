package dev.berth.web;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The sending side of a WebSocket. Whoever sends faster than the client reads waits.
final class Outlet {
    /// A client that takes nothing for this long is gone, whatever the network says.
    private static final long STALLED_SECONDS = 60;

    private final Channel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    Outlet(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
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

    void send(WebSocketFrame frame) throws IOException {
        boolean sent = false;
        try {
            awaitRoom();
            var _ = channel.writeAndFlush(frame, channel.voidPromise());
            sent = true;
        } finally {
            if (!sent) ReferenceCountUtil.release(frame);
        }
    }

    /// Without waiting, for the few bytes of a control frame.
    ChannelFuture now(WebSocketFrame frame) {
        return channel.writeAndFlush(frame);
    }

    private void awaitRoom() throws IOException {
        lock.lock();
        try {
            while (channel.isActive() && !channel.isWritable())
                if (!room.await(STALLED_SECONDS, TimeUnit.SECONDS)) throw new IOException("the client takes nothing");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client was slow");
        } finally {
            lock.unlock();
        }
        if (!channel.isActive()) throw new IOException("the client has gone");
    }
}
