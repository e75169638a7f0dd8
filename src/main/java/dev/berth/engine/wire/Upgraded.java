package dev.berth.engine.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.json.JsonWriter;
import dev.berth.model.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;

/// A connection that began as HTTP and then carries bytes both ways. Read by one thread, written by another, closed by
/// any.
public final class Upgraded implements AutoCloseable {
    private static final int SWITCHING = 101;
    private static final int OK = 200;
    private static final int BUFFER = 8 << 10;
    private static final int LONGEST_LINE = 64 << 10;
    private static final int LARGEST_REFUSAL = 1 << 20;

    private final Socket socket;
    private final SessionInputBufferImpl buffer;
    private final InputStream in;
    private final OutputStream out;
    private final Flight flight;
    private final Runnable landed;

    private Upgraded(Socket socket, SessionInputBufferImpl buffer, Flight flight, Runnable landed) throws IOException {
        this.socket = socket;
        this.buffer = buffer;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.flight = flight;
        this.landed = landed;
    }

    /// @param landed to be called when the connection has ended
    static Upgraded open(Dial dial, Request request, Flight flight, Runnable landed) throws IOException, Refused {
        Socket socket = dial.open(flight);
        boolean agreed = false;
        try {
            socket.getOutputStream().write(head(dial, request));
            socket.getOutputStream().flush();
            var config = Http1Config.custom().setMaxLineLength(LONGEST_LINE).build();
            var upgraded = new Upgraded(
                    socket,
                    new SessionInputBufferImpl(new BasicHttpTransportMetrics(), BUFFER, BUFFER, LONGEST_LINE, null),
                    flight,
                    landed);
            ClassicHttpResponse response =
                    new DefaultHttpResponseParserFactory(config).create().parse(upgraded.buffer, upgraded.in);
            if (response == null) throw new NoHttpResponseException("closed");
            // An engine that does not know the upgrade says 200, and goes on in the same way.
            agreed = response.getCode() == SWITCHING || response.getCode() == OK;
            if (!agreed)
                throw new Refused(
                        request, new Answer(response.getCode(), upgraded.refusal(response), Optional.empty()));
            flight.arrived();
            return upgraded;
        } catch (HttpException notHttp) {
            throw new IOException(notHttp.getMessage(), notHttp);
        } finally {
            if (!agreed) socket.close();
        }
    }

    /// Nothing may follow it before the engine has agreed: what came early would be lost there.
    private static byte[] head(Dial dial, Request request) {
        byte[] body = request.body().map(JsonWriter::bytes).orElse(new byte[0]);
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes((request.method() + " " + request.target() + " HTTP/1.1\r\nHost: " + dial.host()
                        + "\r\nUser-Agent: berth\r\nConnection: Upgrade\r\nUpgrade: tcp"
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(US_ASCII));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private byte[] refusal(ClassicHttpResponse response) throws IOException {
        Header length = response.getFirstHeader("Content-Length");
        if (length != null && length.getValue().matches("\\d{1,7}")) {
            byte[] body = new byte[Math.min(LARGEST_REFUSAL, Integer.parseInt(length.getValue()))];
            int filled = 0;
            for (int more = 0; filled < body.length && more >= 0; filled += Math.max(0, more))
                more = buffer.read(body, filled, body.length - filled, in);
            return body;
        }
        boolean chunked = response.containsHeader("Transfer-Encoding");
        return chunked ? new ChunkedInputStream(buffer, in).readNBytes(LARGEST_REFUSAL) : new byte[0];
    }

    /// Waits for bytes; -1 at the end and after `close`.
    ///
    /// @throws Failure.EngineDown if the connection broke
    public int read(byte[] into, int offset, int length) {
        try {
            return buffer.read(into, offset, length, in);
        } catch (IOException broken) {
            if (flight.closed()) return -1;
            throw broke(broken);
        }
    }

    /// Waits until the engine has taken them.
    ///
    /// @throws Failure.Cancelled after `close`
    /// @throws Failure.EngineDown if the connection broke
    public void write(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException broken) {
            if (flight.closed()) throw new Failure.Cancelled("the connection has been closed");
            throw broke(broken);
        }
    }

    /// Tells the engine that nothing more will be written.
    public void endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException broken) {
            if (!flight.closed()) throw broke(broken);
        }
    }

    private static Failure.EngineDown broke(IOException broken) {
        return new Failure.EngineDown("the connection to the engine broke: " + broken.getMessage(), broken);
    }

    @Override
    public void close() {
        flight.close();
        landed.run();
    }
}
