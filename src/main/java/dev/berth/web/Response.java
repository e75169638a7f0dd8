package dev.berth.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.time.Instant;

/// Our answers in Netty's words.
final class Response {
    private static final AsciiString REQUEST_ID = AsciiString.cached("X-Request-Id");
    private static final AsciiString CONTENT_TYPE_OPTIONS = AsciiString.cached("X-Content-Type-Options");
    private static final AsciiString NO_SNIFF = AsciiString.cached("nosniff");
    /// Below this, a copy for the socket costs less than keeping one.
    private static final int WORTH_KEEPING = 4 << 10;

    private Response() {}

    /// A whole answer. Called on the connection's event loop.
    ///
    /// @param last whether the connection ends with it
    static HttpResponse whole(
            Channel channel, String method, String requestId, Answer answer, boolean last, Instant now) {
        boolean head = method.equals("HEAD");
        byte[] bytes = answer.bytes();
        ByteBuf content = head || bytes.length == 0 ? Unpooled.EMPTY_BUFFER : content(channel, bytes);
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), content);
        HttpHeaders headers = response.headers();
        describe(headers, requestId, answer, last, now);
        if (answer.gzip()) headers.set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
        boolean streams = answer.events().isPresent(); // here only as an answer to HEAD
        if (answer.body().isPresent() || streams) headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        if (answer.body().isPresent()) headers.set(CONTENT_TYPE_OPTIONS, NO_SNIFF);
        boolean neverHasBody = answer.status() == 101 || answer.status() == 204 || answer.status() == 304;
        if (!neverHasBody && !streams) headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
        return response;
    }

    /// The head of an answer that streams.
    static HttpResponse begun(String requestId, Answer answer, boolean last, Instant now) {
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        describe(response.headers(), requestId, answer, last, now);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        if (!response.headers().contains(HttpHeaderNames.CONTENT_LENGTH))
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        return response;
    }

    private static void describe(HttpHeaders headers, String requestId, Answer answer, boolean last, Instant now) {
        headers.set(REQUEST_ID, requestId);
        headers.set(HttpHeaderNames.DATE, HttpDate.of(now));
        for (Answer.Header header : answer.headers()) headers.add(header.name(), header.value());
        if (last) headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }

    private static ByteBuf content(Channel channel, byte[] bytes) {
        return bytes.length < WORTH_KEEPING
                ? Unpooled.wrappedBuffer(bytes)
                : SocketCopies.ofThisLoop().of(bytes, channel.alloc());
    }
}
