package dev.berth.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;

/// Knows whom a token belongs to. Only its hash is kept in memory, and it is compared in constant time.
public final class Tokens {
    private final byte[] hash;
    private final Caller admin = new Caller("admin", EnumSet.allOf(Right.class));

    public Tokens(Secret token) {
        this.hash = sha256(token.reveal());
    }

    /// Reads an `Authorization` header: `Bearer <token>`, or `Basic` with any user and the token as password.
    ///
    /// @return none if there is no token in it, or not one of ours
    public Optional<Caller> authenticate(String authorization) {
        int space = authorization.indexOf(' ');
        if (space < 0) return Optional.empty();
        String scheme = authorization.substring(0, space).toLowerCase(Locale.ROOT);
        String rest = authorization.substring(space + 1).trim();
        Optional<String> token = switch (scheme) {
            case "bearer" -> Optional.of(rest);
            case "basic" -> password(rest);
            default -> Optional.empty();
        };
        return token.filter(it -> MessageDigest.isEqual(hash, sha256(it))).map(_ -> admin);
    }

    private static Optional<String> password(String base64) {
        try {
            String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }
}
