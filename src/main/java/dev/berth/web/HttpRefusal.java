package dev.berth.web;

import java.util.List;

/// What HTTP itself refuses before any room of the house is asked.
final class HttpRefusal extends RuntimeException {
    private final int status;
    private final String code;
    private final List<Answer.Header> headers;

    private HttpRefusal(int status, String code, String detail, Answer.Header... headers) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = List.of(headers);
    }

    static HttpRefusal unauthorized(boolean given) {
        return new HttpRefusal(
                401,
                "no-token",
                given
                        ? "the token is not known here"
                        : "a token is needed: Authorization: Bearer <token>, or Basic with the token as password",
                new Answer.Header("WWW-Authenticate", "Bearer realm=\"berth\""),
                new Answer.Header("WWW-Authenticate", "Basic realm=\"berth\", charset=\"UTF-8\""));
    }

    static HttpRefusal methodNotAllowed(String method, String allowed) {
        return new HttpRefusal(
                405,
                "method-not-allowed",
                method + " is not possible here, only " + allowed,
                new Answer.Header("Allow", allowed));
    }

    static HttpRefusal upgradeRequired(String why) {
        return new HttpRefusal(
                426,
                "upgrade-required",
                why,
                new Answer.Header("Upgrade", "websocket"),
                new Answer.Header("Connection", "Upgrade"),
                new Answer.Header("Sec-WebSocket-Version", "13"));
    }

    static HttpRefusal unsupportedMediaType(String given) {
        return unsupportedMediaType("application/json", given);
    }

    static HttpRefusal unsupportedMediaType(String wanted, String given) {
        return new HttpRefusal(
                415,
                "unsupported-media-type",
                "the body must be " + wanted + (given.isEmpty() ? "; no Content-Type was sent" : ", not " + given));
    }

    static HttpRefusal lengthRequired() {
        return new HttpRefusal(
                411, "length-required", "a file's length must be known before its first byte: send Content-Length");
    }

    static HttpRefusal tooLarge(int most) {
        return new HttpRefusal(413, "body-too-large", "the body must not be larger than " + most + " bytes");
    }

    /// The connection ends with it: where the next request begins cannot be told.
    static HttpRefusal unclearLength() {
        return new HttpRefusal(
                400,
                "unclear-length",
                "the body needs one Content-Length, or Transfer-Encoding: chunked, and nothing else");
    }

    static HttpRefusal brokenBody() {
        return new HttpRefusal(
                400, "broken-body", "the body ended before its announced length, or its chunks are none");
    }

    static HttpRefusal misdirected(String host) {
        return new HttpRefusal(
                421,
                "host-not-ours",
                "this server does not answer to the host name '" + host
                        + "'; add it to the setting 'hosts' if it should");
    }

    static HttpRefusal foreignOrigin(String origin) {
        return new HttpRefusal(403, "foreign-origin", "a page of " + origin + " may not use this server");
    }

    int status() {
        return status;
    }

    /// Whether what was left unread of the body would be taken for the next request.
    boolean closes() {
        return status == 413 || code.equals("unclear-length") || code.equals("broken-body");
    }

    String code() {
        return code;
    }

    List<Answer.Header> headers() {
        return headers;
    }
}
