package dev.berth.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The body of an answer that streams. Each write leaves at once; whoever writes faster than the client reads waits.
final class ChunkedBody extends OutputStream {
    /// A client that takes nothing for this long is gone, whatever the network says.
    private static final long STALLED_SECONDS = 120;

    private static final int WORTH_A_POOL = 16 << 10;

    private final Channel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    ChunkedBody(Channel channel) {
        this.channel = channel;
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

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        awaitRoom();
        var _ = channel.writeAndFlush(new DefaultHttpContent(copy(bytes, offset, length)), channel.voidPromise());
    }

    /// Off the heap where it is large, since it would be copied there for the socket.
    private ByteBuf copy(byte[] bytes, int offset, int length) {
        return length < WORTH_A_POOL
                ? Unpooled.copiedBuffer(bytes, offset, length)
                : channel.alloc().directBuffer(length, length).writeBytes(bytes, offset, length);
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
