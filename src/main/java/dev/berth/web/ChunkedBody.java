package dev.berth.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// The body of an answer that streams. Each write leaves at once; whoever writes faster than the client reads waits.
final class ChunkedBody extends OutputStream {
    private static final Duration STALLED = Duration.ofMinutes(2);

    private static final int WORTH_A_POOL = 16 << 10;

    private final Channel channel;
    private final Writability writability;

    ChunkedBody(Channel channel) {
        this.channel = channel;
        this.writability = new Writability(channel, STALLED);
    }

    /// The connection can take more again, or has ended.
    void changed() {
        writability.changed();
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        writability.await();
        var _ = channel.writeAndFlush(new DefaultHttpContent(copy(bytes, offset, length)), channel.voidPromise());
    }

    /// Off the heap where it is large, since it would be copied there for the socket.
    private ByteBuf copy(byte[] bytes, int offset, int length) {
        return length < WORTH_A_POOL
                ? Unpooled.copiedBuffer(bytes, offset, length)
                : channel.alloc().directBuffer(length, length).writeBytes(bytes, offset, length);
    }
}
