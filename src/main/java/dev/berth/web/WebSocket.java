package dev.berth.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A connection after the handshake of a WebSocket: RFC 6455.
///
/// What comes in is handled on the connection's event loop, which never waits; what goes out is sent by any
/// thread, which waits while the client is slow. A client that has gone without a word is noticed by its silence
/// after a ping.
final class WebSocket extends ChannelInboundHandlerAdapter implements Client.Protocol {
    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int NOT_UTF8 = 1007;
    static final int POLICY = 1008;
    static final int TOO_LARGE = 1009;
    static final int INTERNAL = 1011;

    private static final System.Logger LOG = System.getLogger(WebSocket.class.getName());
    private static final int LARGEST_FRAME = 64 << 10;
    private static final int LARGEST_TEXT = 4 << 10;
    private static final int LONGEST_REASON = 123;
    private static final long PING_SECONDS = 15;
    private static final long FAREWELL_SECONDS = 2;

    private final Talk talk;
    private volatile Optional<Outlet> outlet = Optional.empty();
    private Optional<ScheduledFuture<?>> pings = Optional.empty();
    private Optional<CompositeByteBuf> text = Optional.empty();
    private boolean heard = true;
    private boolean held;
    private boolean closing;
    private boolean over;

    /// What is talked about. Called on the event loop: must not wait.
    interface Talk {
        /// The client is there.
        void begin(WebSocket socket);

        /// @return whether more may come now; if not, `resume` lets it come again
        boolean bytes(byte[] bytes);

        /// @throws Violation if it is nothing that a client may say
        void text(String text) throws Violation;

        /// The client has gone, or is being sent away.
        void gone();
    }

    /// What a client may not say.
    static final class Violation extends Exception {
        Violation(String problem) {
            super(problem, null, false, false);
        }
    }

    WebSocket(Talk talk) {
        this.talk = talk;
    }

    @Override
    public void begin(Channel channel) {
        outlet = Optional.of(new Outlet(channel));
        var pipeline = channel.pipeline();
        pipeline.addLast(
                new WebSocket13FrameEncoder(false), // before the decoder, which says goodbye through it
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                        .maxFramePayloadLength(LARGEST_FRAME)
                        .expectMaskedFrames(true)
                        .allowMaskMismatch(false)
                        .allowExtensions(false)
                        .withUTF8Validator(false)
                        .build()),
                this);
        pipeline.remove(HttpResponseEncoder.class);
        pipeline.remove(RequestDecoder.class);
        channel.config().setAutoRead(true);
        pings = Optional.of(
                channel.eventLoop().scheduleWithFixedDelay(this::ping, PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS));
        talk.begin(this);
    }

    private Outlet out() {
        return outlet.orElseThrow(() -> new IllegalStateException("not begun"));
    }

    EventExecutor loop() {
        return out().channel().eventLoop();
    }

    // Sending, by any thread.

    /// Waits while the client is slow.
    ///
    /// @throws IOException if the client has gone
    void send(byte[] bytes) throws IOException {
        out().send(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    }

    void send(Json control) throws IOException {
        out().send(new TextWebSocketFrame(Unpooled.wrappedBuffer(JsonWriter.bytes(control))));
    }

    /// Says goodbye, and ends the connection when the client has answered, or does not.
    void close(int code, String reason) {
        out().channel().eventLoop().execute(() -> farewell(code, reason));
    }

    /// Reads on.
    void resume() {
        Channel channel = out().channel();
        channel.eventLoop().execute(() -> {
            held = false;
            heard = true; // its pongs may lie unread
            channel.config().setAutoRead(true);
        });
    }

    // Receiving, on the event loop.

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        heard = true;
        try {
            switch (message) {
                case CloseWebSocketFrame close -> bye(close);
                case PingWebSocketFrame ping when !closing -> pong(ping);
                case WebSocketFrame frame when !closing -> data(frame);
                default -> {} // a pong, or what came after the end
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void pong(PingWebSocketFrame ping) {
        var _ = out().now(new PongWebSocketFrame(ping.content().retain()));
    }

    private void data(WebSocketFrame frame) {
        boolean control = frame instanceof TextWebSocketFrame
                || (frame instanceof ContinuationWebSocketFrame && text.isPresent());
        if (control) text(frame.content(), frame.isFinalFragment());
        else if (frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
            if (frame.content().isReadable() && !talk.bytes(ByteBufUtil.getBytes(frame.content()))) hold();
        }
    }

    private void hold() {
        held = true;
        out().channel().config().setAutoRead(false);
    }

    private void text(ByteBuf piece, boolean last) {
        CompositeByteBuf whole = text.orElseGet(Unpooled::compositeBuffer);
        text = Optional.of(whole);
        whole.addComponent(true, piece.retain());
        if (whole.readableBytes() > LARGEST_TEXT) farewell(TOO_LARGE, "a control message has at most 4 KiB");
        else if (last) {
            byte[] bytes = ByteBufUtil.getBytes(whole);
            dropText();
            said(bytes);
        }
    }

    private void said(byte[] bytes) {
        try {
            talk.text(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException notText) {
            farewell(NOT_UTF8, "a text message must be UTF-8");
        } catch (Violation violation) {
            farewell(POLICY, String.valueOf(violation.getMessage()));
        }
    }

    private void dropText() {
        text.ifPresent(CompositeByteBuf::release);
        text = Optional.empty();
    }

    private void bye(CloseWebSocketFrame close) {
        if (closing) {
            cut();
            return;
        }
        closing = true;
        leave();
        var _ = out().now(new CloseWebSocketFrame(close.statusCode() < 0 ? NORMAL : close.statusCode(), ""))
                .addListener(ChannelFutureListener.CLOSE);
    }

    // Ends.

    private void ping() {
        if (closing || held) return; // what it answers could not be read
        if (!heard) {
            LOG.log(Level.DEBUG, "a client does not answer pings");
            cut();
            return;
        }
        heard = false;
        var _ = out().now(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }

    private void farewell(int code, String reason) {
        if (closing || over) return;
        closing = true;
        leave();
        var _ = out().now(new CloseWebSocketFrame(code, clipped(reason)));
        out().channel().config().setAutoRead(true); // for its farewell
        var _ = out().channel().eventLoop().schedule(this::cut, FAREWELL_SECONDS, TimeUnit.SECONDS);
    }

    /// RFC 6455, section 5.5: all of a control frame's payload has at most 125 bytes.
    private static String clipped(String reason) {
        String clipped = reason;
        while (clipped.getBytes(UTF_8).length > LONGEST_REASON)
            clipped = clipped.substring(0, clipped.offsetByCodePoints(clipped.length(), -1));
        return clipped;
    }

    /// The server ends.
    void stop() {
        farewell(GOING_AWAY, "the server is stopping");
    }

    private void leave() {
        if (over) return;
        over = true;
        pings.ifPresent(it -> it.cancel(false));
        dropText();
        talk.gone();
        out().changed();
    }

    private void cut() {
        var _ = out().channel().close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        closing = true;
        leave();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof ChannelInputShutdownEvent) cut();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        out().changed();
    }

    /// The decoder has told the client already what it did wrong, and closes.
    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (cause instanceof CorruptedFrameException) {
            closing = true;
            leave();
            return;
        }
        if (!(cause instanceof IOException)) LOG.log(Level.ERROR, "a WebSocket broke", cause);
        cut();
    }
}
