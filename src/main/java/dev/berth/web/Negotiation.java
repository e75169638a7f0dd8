package dev.berth.web;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a client already has and which encodings it takes: RFC 9110, sections 12.5 and 13.1.2.
final class Negotiation {
    private static final Pattern REFUSED = Pattern.compile("(?i);\\s*q=0(\\.0*)?\\s*(;|$)");

    private static final List<Answer.Header> NOT_KEPT = List.of(new Answer.Header("Cache-Control", "no-store"));

    private Negotiation() {}

    /// Adds the entity tag and the caching rules to a resource's state, and answers 304 where the client has it
    /// already.
    static Answer finish(Router.Incoming in, Answer answer) {
        boolean gzip = answer.body().filter(it -> gzips(in, it)).isPresent();
        Answer encoded = gzip ? answer.compressed() : answer;
        if (!answer.tagged()) return answer.says("Cache-Control") ? encoded : encoded.with(NOT_KEPT);
        Rendered.Description body = answer.body().orElseThrow().described(gzip);
        Answer described = encoded.with(body.headers());
        boolean known = in.headers()
                .first("If-None-Match")
                .filter(it -> matches(it, body.tag()))
                .isPresent();
        return known ? described.notModified() : described;
    }

    /// Whether the client names Server-Sent Events among what it takes; one that takes anything gets JSON.
    static boolean wantsEvents(Request.Headers headers) {
        return takes(headers, EventStream.TYPE);
    }

    /// Whether the client names a media type among what it takes.
    static boolean takes(Request.Headers headers, String type) {
        return headers.first("Accept").stream()
                .flatMap(Negotiation::items)
                .anyMatch(it -> coding(it).equals(type) && !REFUSED.matcher(it).find());
    }

    static boolean gzips(Router.Incoming in, Rendered body) {
        return body.worthCompressing()
                && in.headers()
                        .first("Accept-Encoding")
                        .filter(Negotiation::takesGzip)
                        .isPresent();
    }

    private static boolean matches(String ifNoneMatch, String tag) {
        return items(ifNoneMatch).anyMatch(it -> it.equals("*") || it.equals(tag) || it.equals("W/" + tag));
    }

    private static boolean takesGzip(String acceptEncoding) {
        if (acceptEncoding.equals("gzip")) return true;
        Optional<String> named = items(acceptEncoding)
                .filter(it -> coding(it).equals("gzip") || coding(it).equals("x-gzip"))
                .findFirst();
        return named.or(() -> items(acceptEncoding)
                        .filter(it -> coding(it).equals("*"))
                        .findFirst())
                .filter(it -> !REFUSED.matcher(it).find())
                .isPresent();
    }

    private static String coding(String item) {
        int semicolon = item.indexOf(';');
        return (semicolon < 0 ? item : item.substring(0, semicolon)).strip().toLowerCase(java.util.Locale.ROOT);
    }

    private static Stream<String> items(String header) {
        return Arrays.stream(header.split(",")).map(String::strip).filter(it -> !it.isEmpty());
    }
}
