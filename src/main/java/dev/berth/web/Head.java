package dev.berth.web;

import dev.berth.model.Failure;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The request line and the headers of one request, checked.
///
/// @param path as it came, still encoded
/// @param query as it came, without its question mark
/// @param last whether the client wants no further answer on this connection
record Head(String method, String path, String query, Request.Headers headers, Body body, boolean last) {
    /// RFC 9110, section 7.2, and RFC 3986, section 3.2.2: a name or an address, and a port.
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\\[[0-9A-Fa-f:.]+])(?::\\d{0,5})?");

    /// What RFC 3986 has nowhere in a target.
    private static final String NOT_IN_A_TARGET = "\"<>\\^`{|}";

    private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    /// How the body is announced.
    ///
    /// @param length in bytes; -1 for chunks, whose end tells
    /// @param asks whether the client waits for a word before it sends the body
    record Body(long length, boolean asks) {
        static final Body NONE = new Body(0, false);
    }

    /// @throws Failure.Invalid if this is no request of HTTP/1.1
    /// @throws HttpRefusal if the end of its body is unclear
    static Head of(HttpRequest request) {
        if (request.decoderResult().isFailure() || !request.protocolVersion().equals(HttpVersion.HTTP_1_1))
            throw unreadable();
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !HOST.matcher(hosts.getFirst()).matches()) throw unreadable();
        String uri = request.uri();
        if (!isTarget(uri)) throw unreadable();
        int mark = uri.indexOf('?');
        Target target = Target.of(mark < 0 ? uri : uri.substring(0, mark));
        return new Head(
                request.method().name(),
                target.path(),
                mark < 0 ? "" : uri.substring(mark + 1),
                headers(request, target),
                body(request),
                request.headers().containsValue(HttpHeaderNames.CONNECTION, "close", true));
    }

    private static boolean isTarget(String uri) {
        for (int i = 0; i < uri.length(); i++) if (NOT_IN_A_TARGET.indexOf(uri.charAt(i)) >= 0) return false;
        return uri.indexOf('%') < 0 || !BROKEN_ESCAPE.matcher(uri).find();
    }

    private static Failure unreadable() {
        return new Failure.Invalid("request", "cannot be read as HTTP/1.1");
    }

    private static Request.Headers headers(HttpRequest request, Target target) {
        return name -> name.equals("Host") && target.authority().isPresent()
                ? target.authority()
                : Optional.ofNullable(request.headers().get(name));
    }

    /// Everybody on the way must see the same end of the body: RFC 9112, section 6.3. Where they do not, the rest of a
    /// body could pass as somebody else's request.
    private static Body body(HttpRequest request) {
        List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (lengths.isEmpty() && codings.isEmpty()) return Body.NONE;
        boolean asks = request.headers().contains(HttpHeaderNames.EXPECT);
        if (codings.isEmpty()) {
            if (lengths.size() != 1 || !LENGTH.matcher(lengths.getFirst()).matches()) throw HttpRefusal.unclearLength();
            return new Body(Long.parseLong(lengths.getFirst()), asks);
        }
        boolean chunked = codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
        if (!chunked || !lengths.isEmpty()) throw HttpRefusal.unclearLength();
        return new Body(-1, asks);
    }
}
