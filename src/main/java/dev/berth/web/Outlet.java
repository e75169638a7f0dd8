package dev.berth.web;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;

/// The sending side of a WebSocket. Whoever sends faster than the client reads waits.
final class Outlet {
    private static final Duration STALLED = Duration.ofMinutes(1);

    private final Channel channel;
    private final Writability writability;

    Outlet(Channel channel) {
        this.channel = channel;
        this.writability = new Writability(channel, STALLED);
    }

    Channel channel() {
        return channel;
    }

    /// The connection can take more again, or has ended.
    void changed() {
        writability.changed();
    }

    void send(WebSocketFrame frame) throws IOException {
        boolean sent = false;
        try {
            writability.await();
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
}
