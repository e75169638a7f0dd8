package dev.berth.web;

import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Bytes of an answer with their entity tag and, once somebody wants it, their compressed form.
public final class Rendered {
    private static final int TAG_BYTES = 12;
    /// Below this, compressing costs more than the bytes it saves.
    private static final int WORTH_COMPRESSING = 1024;

    private final byte[] plain;
    private final Description described;
    private final Description describedCompressed;
    private volatile byte @Nullable [] compressed;

    private Rendered(byte[] plain) {
        this.plain = plain;
        String hash = HexFormat.of().formatHex(sha256(plain), 0, TAG_BYTES);
        this.described = Description.of(hash);
        this.describedCompressed = Description.of(hash + "-gzip");
    }

    /// With a line's end, so that a terminal's prompt stands below the answer.
    public static Rendered of(Json json) {
        byte[] bytes = JsonWriter.bytes(json);
        byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
        line[bytes.length] = '\n';
        return new Rendered(line);
    }

    /// Bytes that nobody changes any more.
    static Rendered of(byte[] bytes) {
        return new Rendered(bytes);
    }

    static Rendered text(String text) {
        return new Rendered(text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] plain() {
        return plain;
    }

    boolean worthCompressing() {
        return plain.length >= WORTH_COMPRESSING;
    }

    byte[] gzip() {
        byte[] known = compressed;
        return known != null ? known : compressed();
    }

    /// However many ask at the same time, it is done once.
    private synchronized byte[] compressed() {
        byte[] known = compressed;
        if (known != null) return known;
        byte[] made = compress(plain);
        compressed = made;
        return made;
    }

    Description described(boolean gzip) {
        return gzip ? describedCompressed : described;
    }

    /// The entity tag, and the headers that say it and how long it holds.
    ///
    /// @param tag strong, and another one for each encoding: RFC 9110, section 8.8.3.3
    record Description(String tag, List<Answer.Header> headers) {
        private static final Answer.Header VARY = new Answer.Header("Vary", "Authorization, Accept-Encoding");
        private static final Answer.Header CACHING = new Answer.Header("Cache-Control", "private, no-cache");

        static Description of(String hash) {
            String tag = '"' + hash + '"';
            return new Description(tag, List.of(new Answer.Header("ETag", tag), VARY, CACHING));
        }
    }

    private static byte[] compress(byte[] bytes) {
        var out = new ByteArrayOutputStream(bytes.length / 4);
        try (var gzip = new Fast(out)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    /// An answer lives for a second: the last percent of size is not worth three times the work.
    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }
}
