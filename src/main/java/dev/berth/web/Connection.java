package dev.berth.web;

import dev.berth.model.Failure;
import dev.berth.model.RandomId;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;

/// One client's connection: its requests one after the other, each answered before the next is looked at.
///
/// Everything here runs on the connection's event loop, which never waits: an answer that is at hand is sent from
/// there, any other is made on a virtual thread.
final class Connection extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");
    private static final int ID_LENGTH = 16;
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofSeconds(30);

    /// Pieces of requests that came while one was being answered.
    private static final int MOST_AHEAD = 32;

    /// A client that is still sending would lose the answer if the connection closed at once.
    private static final long DISCARDED_AT_MOST = 16L << 20;

    private static final long LINGER_SECONDS = 10;
    private static final long LINGER_AT_STOP_SECONDS = 1;

    private final Office office;
    private final Channel channel;
    private final ArrayDeque<Object> ahead = new ArrayDeque<>();
    private Optional<Exchange> exchange = Optional.empty();
    private Optional<ScheduledFuture<?>> watch = Optional.empty();
    private Instant quietSince;
    private boolean inputEnded;
    private boolean lingering;
    private boolean stopping;
    private boolean proceeding;
    private long discarded;

    Connection(Office office, Channel channel) {
        this.office = office;
        this.channel = channel;
        this.quietSince = office.clock().instant();
    }

    /// One request and its answer.
    private static final class Exchange {
        final Head head;
        final String requestId;
        final Entity entity;
        final Client client = new Client();
        boolean answered;
        boolean bodyEnded;
        Optional<Streaming> streaming = Optional.empty();

        Exchange(Head head, String requestId, Entity entity) {
            this.head = head;
            this.requestId = requestId;
            this.entity = entity;
        }

        Router.Incoming incoming() {
            return new Router.Incoming(
                    head.method(), head.path(), head.query(), head.headers(), entity, client, requestId);
        }
    }

    private record Streaming(Thread writer, ChunkedBody body) {}

    void opened() {
        watch = Optional.of(channel.eventLoop()
                .scheduleWithFixedDelay(this::look, LOOK.toSeconds(), LOOK.toSeconds(), TimeUnit.SECONDS));
    }

    /// A connection on which nothing is asked for is not kept for ever, also if its client sends a byte now and then.
    private void look() {
        if (exchange.isEmpty() && quietSince.plus(IDLE).isBefore(office.clock().instant())) close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        if (lingering) drop(message);
        else if (!ahead.isEmpty() || mustWait(message)) {
            ahead.add(message);
            if (ahead.size() >= MOST_AHEAD) channel.config().setAutoRead(false);
        } else take(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        channel.flush();
    }

    /// A client that asks without ever reading must not have its answers pile up here.
    private boolean mustWait(Object message) {
        return message instanceof HttpRequest && (exchange.isPresent() || !channel.isWritable());
    }

    private void take(Object message) {
        switch (message) {
            case HttpRequest request -> begin(request);
            case HttpContent content
            when exchange.isPresent() && !exchange.get().bodyEnded -> body(exchange.get(), content);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        String requestId = Optional.ofNullable(request.headers().get("X-Request-Id"))
                .filter(it -> SANE_ID.matcher(it).matches())
                .orElseGet(() -> RandomId.next(office.random(), ID_LENGTH));
        try {
            Head head = Head.of(request);
            var next = new Exchange(head, requestId, new Entity(head.body(), new BodyReading(channel)));
            exchange = Optional.of(next);
            Router.Incoming incoming = next.incoming();
            if (office.router().hasAtHand(incoming))
                answer(next, office.router().answer(incoming));
            else office.threads().execute(() -> work(next, incoming));
        } catch (RejectedExecutionException stopped) {
            close();
        } catch (Failure unreadable) {
            refuse(requestId, request, it -> Problems.of(unreadable, it));
        } catch (HttpRefusal unclear) {
            refuse(requestId, request, it -> Problems.of(unclear, it));
        }
    }

    /// What comes behind a request that cannot be read is not read any more.
    private void refuse(String requestId, HttpRequest request, Function<Router.Incoming, Answer> why) {
        boolean lineWasRead = !request.decoderResult().isFailure();
        var incoming = new Router.Incoming(
                request.method().name(),
                lineWasRead ? Target.of(request.uri()).path() : "",
                "",
                _ -> Optional.empty(),
                () -> new byte[0],
                new Client(),
                requestId);
        send(incoming.method(), requestId, why.apply(incoming), true);
        lingerAfterwards();
    }

    private void body(Exchange now, HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        boolean broken = content.decoderResult().isFailure();
        discarded += content.content().readableBytes();
        if (!content.content().isReadable()) content.release();
        else if (!now.entity.offer(content.content())) channel.config().setAutoRead(false);
        if (broken) now.entity.fail();
        else if (last) now.entity.end();
        now.bodyEnded = last || broken;
        if (now.answered && (now.bodyEnded || discarded > DISCARDED_AT_MOST)) settle(now);
    }

    /// On a virtual thread: waits for whatever it takes.
    private void work(Exchange now, Router.Incoming incoming) {
        boolean answered = false;
        try {
            Answer answer = office.router().answer(incoming);
            if (now.client.protocol().isPresent()) channel.eventLoop().execute(() -> change(now, answer));
            else if (answer.events().isPresent() && !incoming.method().equals("HEAD")) stream(now, answer);
            else
                channel.eventLoop().execute(() -> {
                    answer(now, answer);
                    channel.flush();
                });
            answered = true;
        } finally {
            if (!answered) close(); // the client must not wait for an answer that an Error has taken
        }
    }

    private void answer(Exchange now, Answer answer) {
        boolean last = isLast(now, answer);
        send(now.head.method(), now.requestId, answer, last);
        answered(now, last);
    }

    /// Another protocol from here on. What the client sent before it could know that is in none.
    private void change(Exchange now, Answer answer) {
        boolean early = !ahead.isEmpty() || !now.bodyEnded;
        if (early || inputEnded || stopping || !channel.isActive()) {
            gone();
            close();
            return;
        }
        send(now.head.method(), now.requestId, answer, false);
        watch.ifPresent(it -> it.cancel(false));
        channel.pipeline().remove(this);
        now.client.protocol().orElseThrow().begin(channel);
        channel.flush();
    }

    private boolean isLast(Exchange now, Answer answer) {
        return answer.close()
                || now.head.last()
                || now.entity.uninvited()
                || stopping
                || (inputEnded && ahead.isEmpty());
    }

    private void send(String method, String requestId, Answer answer, boolean last) {
        var _ = channel.write(
                Response.whole(
                        channel, method, requestId, answer, last, office.clock().instant()),
                channel.voidPromise());
    }

    private void answered(Exchange now, boolean last) {
        now.answered = true;
        quietSince = office.clock().instant();
        if (last) {
            exchange = Optional.empty();
            now.entity.discard();
            lingerAfterwards();
        } else if (now.bodyEnded) settle(now);
        else if (now.head.body().length() != 0) {
            discarded = 0;
            now.entity.discard();
        }
    }

    /// The answer is out, and the body is in or past all patience.
    private void settle(Exchange now) {
        exchange = Optional.empty();
        discarded = 0;
        if (!now.bodyEnded) lingerAfterwards();
        else if (stopping) close();
        else proceed();
    }

    /// Takes what came meanwhile, up to the next request that has to wait.
    private void proceed() {
        if (proceeding) return; // a request that is answered at once settles in here
        proceeding = true;
        while (!lingering && !ahead.isEmpty() && !mustWait(ahead.peek())) take(ahead.poll());
        proceeding = false;
        if (lingering || !ahead.isEmpty()) return;
        if (inputEnded && exchange.isEmpty()) lingerAfterwards();
        else if (!channel.config().isAutoRead()) channel.config().setAutoRead(true);
    }

    // Streams.

    private void stream(Exchange now, Answer answer) {
        var body = new ChunkedBody(channel);
        Thread writer = Thread.currentThread();
        channel.eventLoop().execute(() -> begin(now, answer, new Streaming(writer, body)));
        boolean whole = false;
        try {
            office.streams().write(answer.events().orElseThrow(), body);
            whole = true;
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "request {0}: {1}", now.requestId, gone.getMessage());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "request " + now.requestId + ": " + now.head.path(), fault);
        } finally {
            boolean complete = whole;
            channel.eventLoop().execute(() -> ended(now, answer, complete));
        }
    }

    private void begin(Exchange now, Answer answer, Streaming streaming) {
        now.streaming = Optional.of(streaming);
        if (!channel.isActive() || inputEnded) gone();
        var _ = channel.writeAndFlush(
                Response.begun(
                        now.requestId,
                        answer,
                        isLast(now, answer),
                        office.clock().instant()),
                channel.voidPromise());
    }

    private void ended(Exchange now, Answer answer, boolean complete) {
        now.streaming = Optional.empty();
        if (!complete) {
            close();
            return;
        }
        var _ = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
        answered(now, isLast(now, answer));
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        if (channel.isWritable()) {
            proceed();
            channel.flush();
        }
        exchange.flatMap(it -> it.streaming).ifPresent(it -> it.body().changed());
    }

    // Ends.

    /// The client has ended, or says that it will send nothing more. What it has asked for is answered; a stream, which
    /// nobody but the client ends, is over.
    private void gone() {
        exchange.ifPresent(now -> {
            if (!now.bodyEnded) now.entity.fail();
            now.bodyEnded = true;
            now.client.gone();
            now.streaming.ifPresent(it -> {
                it.writer().interrupt();
                it.body().changed();
            });
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent) || inputEnded) return;
        inputEnded = true;
        if (lingering) close();
        else if (exchange.isPresent()) gone();
        else if (ahead.isEmpty()) lingerAfterwards(); // else when what was asked before is answered
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        inputEnded = true;
        gone();
        watch.ifPresent(it -> it.cancel(false));
        ahead.forEach(ReferenceCountUtil::release);
        ahead.clear();
        exchange.ifPresent(it -> it.entity.discard());
    }

    /// No further request: when what is being answered is out, the connection ends.
    void stop() {
        stopping = true;
        if (lingering) closeSoon();
        else if (exchange.isEmpty()) close();
    }

    /// Ends our side, and takes what the client is still sending, so that it gets to read the answer.
    private void lingerAfterwards() {
        lingering = true;
        discarded = 0;
        ahead.forEach(this::drop);
        ahead.clear();
        channel.config().setAutoRead(true);
        var _ = channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) _ -> {
            if (inputEnded) close();
            else {
                var _ = ((SocketChannel) channel).shutdownOutput();
                closeSoon();
            }
        });
    }

    private void closeSoon() {
        long seconds = stopping ? LINGER_AT_STOP_SECONDS : LINGER_SECONDS;
        var _ = channel.eventLoop().schedule(this::close, seconds, TimeUnit.SECONDS);
    }

    private void drop(Object message) {
        if (message instanceof HttpContent content)
            discarded += content.content().readableBytes();
        ReferenceCountUtil.release(message);
        if (discarded > DISCARDED_AT_MOST) close();
    }

    private void close() {
        var _ = channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        // A client that goes away before its answer is a matter of course.
        if (!(cause instanceof IOException)) LOG.log(Level.ERROR, "a connection broke", cause);
        close();
    }
}
