package dev.berth.web;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/// A connection as the reader of a body sees it, from its own thread.
record BodyReading(Channel channel) implements Entity.Source {
    @Override
    public void invite() {
        channel.eventLoop().execute(() -> {
            var _ = channel.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE),
                    channel.voidPromise());
        });
    }

    @Override
    public void resume() {
        channel.eventLoop().execute(() -> channel.config().setAutoRead(true)); // after a stop that is under way
    }
}
