package dev.berth.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.berth.model.Failure;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The HTTP part of a WebSocket: RFC 6455, section 4.
///
/// A browser's page cannot set `Authorization` here, but it can name subprotocols. One of them may be
/// `bearer.<token>`, or `bearer64.<base64url of the token>` where the token has characters that no subprotocol may
/// have. It is never repeated in the answer; what is chosen is `berth`.
record WebSocketHandshake(String accept, Optional<String> protocol) {
    private static final String OURS = "berth";
    private static final String BEARER = "bearer.";
    private static final String BEARER64 = "bearer64.";
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{21}[AQgw]==");

    /// @throws HttpRefusal if the client asked for no WebSocket of ours
    /// @throws Failure.Invalid if its key is none
    static WebSocketHandshake of(Request.Headers headers) {
        if (!isAsked(headers))
            throw HttpRefusal.upgradeRequired("this is a WebSocket; send Upgrade: websocket and Connection: Upgrade");
        if (!headers.first("Sec-WebSocket-Version").orElse("").strip().equals("13"))
            throw HttpRefusal.upgradeRequired("only version 13 of the WebSocket protocol is spoken here");
        String key = headers.first("Sec-WebSocket-Key").orElse("").strip();
        if (!KEY.matcher(key).matches()) throw new Failure.Invalid("Sec-WebSocket-Key", "must be 16 bytes in base64");
        return new WebSocketHandshake(
                accept(key), protocols(headers).contains(OURS) ? Optional.of(OURS) : Optional.empty());
    }

    /// What an `Authorization` header would say, if the token came as a subprotocol.
    static Optional<String> authorization(Request.Headers headers) {
        if (!isAsked(headers)) return Optional.empty();
        for (String protocol : protocols(headers)) {
            if (protocol.startsWith(BEARER)) return Optional.of("Bearer " + protocol.substring(BEARER.length()));
            if (protocol.startsWith(BEARER64)) return decoded(protocol.substring(BEARER64.length()));
        }
        return Optional.empty();
    }

    Answer answer() {
        Answer answer = Answer.switching()
                .with("Upgrade", "websocket")
                .with("Connection", "Upgrade")
                .with("Sec-WebSocket-Accept", accept);
        return protocol.map(it -> answer.with("Sec-WebSocket-Protocol", it)).orElse(answer);
    }

    private static boolean isAsked(Request.Headers headers) {
        return items(headers, "Upgrade").stream().anyMatch("websocket"::equalsIgnoreCase)
                && items(headers, "Connection").stream().anyMatch("upgrade"::equalsIgnoreCase);
    }

    private static List<String> protocols(Request.Headers headers) {
        return items(headers, "Sec-WebSocket-Protocol");
    }

    private static List<String> items(Request.Headers headers, String name) {
        return headers.first(name).stream()
                .flatMap(it -> Arrays.stream(it.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static Optional<String> decoded(String base64) {
        try {
            return Optional.of("Bearer " + new String(Base64.getUrlDecoder().decode(base64), ISO_8859_1));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-1", absent);
        }
    }
}
