package dev.berth.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// Server-Sent Events on their way to one client; each leaves at once.
///
/// Format: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
final class EventStream {
    static final String TYPE = "text/event-stream";

    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /// What is to be sent, until it ends or the client is gone.
    @FunctionalInterface
    interface Source {
        /// @throws IOException if the client is gone
        /// @throws InterruptedException if the server stops
        void writeTo(EventStream stream) throws IOException, InterruptedException;
    }

    /// How long a client should wait before it comes back.
    void retry(Duration pause) throws IOException {
        send("retry: " + pause.toMillis() + "\n\n", new byte[0], "");
    }

    /// Up to where the client has everything, without an event: whoever comes back resumes from there.
    void position(String id) throws IOException {
        send("id: " + id + "\n\n", new byte[0], "");
    }

    void event(String id, String name, Json data) throws IOException {
        send("id: " + id + "\nevent: " + name + "\ndata: ", JsonWriter.bytes(data), "\n\n");
    }

    /// An event from which the client may resume.
    void event(long id, String name, Json data) throws IOException {
        send("id: " + id + "\nevent: " + name + "\ndata: ", JsonWriter.bytes(data), "\n\n");
    }

    void event(String name, Json data) throws IOException {
        send("event: " + name + "\ndata: ", JsonWriter.bytes(data), "\n\n");
    }

    /// A line that means nothing, so that whoever is between us and the client, and we, learn that both are there.
    void heartbeat() throws IOException {
        send(":\n\n", new byte[0], "");
    }

    /// Bytes that are no events.
    void bytes(byte[] bytes, int count) throws IOException {
        out.write(bytes, 0, count);
    }

    /// Bytes as they are: events that were made elsewhere, or of another type than this one's.
    void raw(ByteArrayOutputStream bytes) throws IOException {
        bytes.writeTo(out);
        out.flush();
    }

    private void send(String head, byte[] data, String end) throws IOException {
        var bytes = new ByteArrayOutputStream(head.length() + data.length + end.length());
        bytes.writeBytes(head.getBytes(UTF_8));
        bytes.writeBytes(data);
        bytes.writeBytes(end.getBytes(UTF_8));
        out.write(bytes.toByteArray());
        out.flush();
    }
}
