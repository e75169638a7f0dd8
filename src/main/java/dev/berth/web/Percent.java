package dev.berth.web;

import dev.berth.model.Failure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Percent-encoding in paths and queries: RFC 3986, section 2.1, of UTF-8.
final class Percent {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Percent() {}

    /// @throws Failure.Invalid if an escape is broken or is not UTF-8
    ///
    /// @param where what a fault is said of
    static String decode(String where, String text) {
        if (text.indexOf('%') < 0) return text;
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            int high = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) throw new Failure.Invalid(where, "'" + text + "' has a broken % escape");
            bytes.write(high * 16 + low);
            i += 2;
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            if (decoded.indexOf('\0') >= 0) throw new Failure.Invalid(where, "must not contain a NUL character");
            return decoded;
        } catch (CharacterCodingException notUtf8) {
            throw new Failure.Invalid(where, "'" + text + "' is not UTF-8");
        }
    }

    /// As one value of a header: RFC 8187, section 3.2.
    static String encode(String text) {
        var encoded = new StringBuilder(text.length());
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (one & 0xFF);
            boolean plain = PLAIN.indexOf(c) >= 0;
            if (plain) encoded.append(c);
            else encoded.append('%').append(HEX.toHexDigits(one));
        }
        return encoded.toString();
    }
}
