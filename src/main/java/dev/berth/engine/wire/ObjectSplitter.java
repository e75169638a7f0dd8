package dev.berth.engine.wire;

import dev.berth.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Cuts a stream of JSON objects, with or without white space between them, into the bytes of each.
final class ObjectSplitter {
    private static final int CHUNK = 16 << 10;

    private final InputStream in;
    private final int largest;
    private final byte[] chunk = new byte[CHUNK];
    private int at;
    private int filled;

    /// @param largest an object's bytes at most, so that a stream cannot fill the memory
    ObjectSplitter(InputStream in, int largest) {
        this.in = in;
        this.largest = largest;
    }

    /// The next object; nothing at the end.
    ///
    /// @throws EOFException if the stream ends within an object
    Optional<byte[]> next() throws IOException, JsonReader.Broken {
        if (!skipWhiteSpace()) return Optional.empty();
        if (chunk[at] != '{') throw new JsonReader.Broken("an object was expected", 1, 1);
        var object = new ByteArrayOutputStream(512);
        int depth = 0;
        boolean inText = false;
        boolean escaped = false;
        int from = at;
        while (true) {
            if (at == filled) {
                keep(object, from);
                if (!fill()) throw new EOFException("it ended within an object");
                from = 0;
            }
            byte next = chunk[at++];
            if (escaped) escaped = false;
            else if (inText) {
                if (next == '\\') escaped = true;
                else if (next == '"') inText = false;
            } else if (next == '"') inText = true;
            else if (next == '{') depth++;
            else if (next == '}' && --depth == 0) {
                keep(object, from);
                return Optional.of(object.toByteArray());
            }
        }
    }

    private void keep(ByteArrayOutputStream object, int from) throws JsonReader.Broken {
        object.write(chunk, from, at - from);
        if (object.size() > largest)
            throw new JsonReader.Broken("an object is larger than " + largest + " bytes", 1, 1);
    }

    private boolean skipWhiteSpace() throws IOException {
        while (true) {
            while (at < filled) {
                byte next = chunk[at];
                if (next != ' ' && next != '\n' && next != '\r' && next != '\t') return true;
                at++;
            }
            if (!fill()) return false;
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(chunk));
        return filled > 0;
    }
}
