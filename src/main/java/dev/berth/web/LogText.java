package dev.berth.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.inside.LogLine;
import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import dev.berth.model.Output;
import java.io.ByteArrayOutputStream;

/// A line of a log as bytes. Written without a tree in between, as there can be hundreds of thousands in a second.
final class LogText {
    private static final byte[] CUT = " [cut: the line is longer than 1 MiB]".getBytes(US_ASCII);
    private static final byte[] ID = "id: ".getBytes(US_ASCII);
    private static final byte[] WHOLE = "\nevent: line\ndata: {\"line\":".getBytes(US_ASCII);
    private static final byte[] BEGINNING = "\nevent: line\ndata: {\"cut\":true,\"line\":".getBytes(US_ASCII);
    private static final byte[] OUT = ",\"stream\":\"stdout\",\"time\":\"".getBytes(US_ASCII);
    private static final byte[] ERR = ",\"stream\":\"stderr\",\"time\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}\n\n".getBytes(US_ASCII);

    private LogText() {}

    static void plain(LogLine line, boolean timestamp, ByteArrayOutputStream out) {
        int from = timestamp ? 0 : line.textStart();
        out.write(line.stamped(), from, line.stamped().length - from);
        if (line.cut()) out.writeBytes(CUT);
        out.write('\n');
    }

    static void event(LogLine line, ByteArrayOutputStream out) {
        out.writeBytes(ID);
        out.writeBytes(line.position().toString().getBytes(US_ASCII));
        out.writeBytes(line.cut() ? BEGINNING : WHOLE);
        quoted(line, out);
        out.writeBytes(line.output() == Output.STDOUT ? OUT : ERR);
        out.write(line.stamped(), 0, line.textStart() - 1);
        out.writeBytes(END);
    }

    /// A terminal's lines end in a carriage return, which is no part of the text.
    private static void quoted(LogLine line, ByteArrayOutputStream out) {
        byte[] bytes = line.stamped();
        int from = line.textStart();
        int to = bytes.length > from && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        for (int i = from; i < to; i++) {
            if (bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') continue;
            out.writeBytes(JsonWriter.bytes(
                    Json.of(line.text().substring(0, line.text().length() - (bytes.length - to)))));
            return;
        }
        out.write('"');
        out.write(bytes, from, to - from);
        out.write('"');
    }
}
