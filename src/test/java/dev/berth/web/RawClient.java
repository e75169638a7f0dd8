package dev.berth.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.berth.house.ApiDocument;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// One connection, byte by byte.
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// An answer as it came.
    static final class Reply {
        private final int status;
        private final Map<String, List<String>> headers;
        private final byte[] body;

        Reply(int status, Map<String, List<String>> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        int status() {
            return status;
        }

        Map<String, List<String>> headers() {
            return headers;
        }

        byte[] body() {
            return body;
        }

        String header(String name) {
            return String.join(", ", headers.getOrDefault(name, List.of()));
        }

        String text() throws IOException {
            if (!header("Content-Encoding").equals("gzip")) return new String(body, ISO_8859_1);
            try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(body))) {
                return new String(unpacked.readAllBytes(), ISO_8859_1);
            }
        }
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// Says that nothing more will come, and goes on listening.
    RawClient finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /// The next answer, held against the document as one to this request.
    Reply reply(String method, String target) throws IOException {
        Reply reply = read(method.equals("HEAD"));
        ApiDocument.ours().check(method, target, reply.status(), reply.headers(), reply.body());
        return reply;
    }

    /// The head of an answer that streams, held against the document.
    Reply streaming(String method, String target) throws IOException {
        Reply reply = head();
        ApiDocument.ours().check(method, target, reply.status(), reply.headers(), new byte[0]);
        return reply;
    }

    /// The next chunk of an answer that streams; empty is its end.
    String chunk() throws IOException {
        int length = Integer.parseInt(line(), 16);
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || !line().isEmpty()) throw new EOFException("the stream ended inside a chunk");
        return new String(bytes, ISO_8859_1);
    }

    /// All chunks of an answer that streams, up to its proper end.
    byte[] chunks() throws IOException {
        var all = new ByteArrayOutputStream();
        for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) all.writeBytes(chunk.getBytes(ISO_8859_1));
        return all.toByteArray();
    }

    /// The next bytes of an answer of that length.
    byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) throw new EOFException("the body ended early");
        return bytes;
    }

    /// An answer before the answer.
    Reply interim() throws IOException {
        return head();
    }

    private Reply head() throws IOException {
        String status = line();
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return new Reply(Integer.parseInt(status.substring(9, 12)), headers, new byte[0]);
    }

    private Reply read(boolean head) throws IOException {
        Reply begun = head();
        int code = begun.status();
        Map<String, List<String>> headers = begun.headers();
        boolean none = head || code == 204 || code == 304 || code < 200;
        int length = Integer.parseInt(
                headers.getOrDefault("Content-Length", List.of("0")).getFirst());
        byte[] body = none ? new byte[0] : in.readNBytes(length);
        if (!none && body.length < length) throw new EOFException("the body ended early");
        return new Reply(code, headers, body);
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("the connection ended in the middle of an answer");
            line.write(c);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /// Whether the server has ended the connection, without another word.
    boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
