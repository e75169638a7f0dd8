package dev.berth.engine.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/// A request whose body is sent as it comes, no faster than the engine takes it. Sent by one thread, closed by any.
///
/// The body is not begun before the engine has agreed (`100 Continue`), and what the engine says in its middle is
/// heard. The HTTP client does neither well: it sends everything before it listens, and forgets the answer when
/// that fails.
public final class WireUpload implements AutoCloseable {
    private static final int PIECE = 256 << 10;
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int CONTINUE = 100;
    private static final int FINAL = 200;

    private final Wire wire;
    private final Dial dial;
    private final Request request;
    private final Flight flight;

    WireUpload(Wire wire, Dial dial, Request request) {
        this.wire = wire;
        this.dial = dial;
        this.request = request;
        this.flight = wire.flight(request);
    }

    /// Sends all of it and waits for the answer. The request's limit is for each step of the way: connecting and being
    /// let in, every piece, the answer.
    ///
    /// What reading the body throws is thrown on, with the connection broken off before: else the engine would
    /// take what it has for the whole.
    ///
    /// @param length of the body, if it is known
    public void send(InputStream body, OptionalLong length) throws Refused {
        try (Socket raw = dial.socket()) {
            flight.board(() -> Dial.cut(raw));
            var connection = new DefaultBHttpClientConnection(Http1Config.DEFAULT);
            connection.bind(dial.connect(raw));
            Answer answer = exchange(connection, head(new Body(body, length, raw)));
            if (answer.refuses()) throw new Refused(request, answer);
        } catch (HttpException strange) {
            throw Breakage.beforeAnswer(new IOException("no HTTP", strange), flight, request);
        } catch (IOException broken) {
            throw Breakage.beforeAnswer(broken, flight, request);
        } finally {
            wire.landed(flight);
        }
    }

    @Override
    public void close() {
        flight.close();
        wire.landed(flight);
    }

    private ClassicHttpRequest head(Body body) {
        var http = new BasicClassicHttpRequest(request.method(), request.target());
        http.setHeader(HttpHeaders.HOST, dial.host());
        http.setHeader(HttpHeaders.USER_AGENT, "berth");
        http.setHeader(HttpHeaders.CONNECTION, "close");
        http.setHeader(HttpHeaders.EXPECT, "100-continue");
        if (body.getContentLength() < 0) http.setHeader(HttpHeaders.TRANSFER_ENCODING, "chunked");
        else http.setHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(body.getContentLength()));
        request.headers().forEach(http::setHeader);
        http.setEntity(body);
        return http;
    }

    private Answer exchange(DefaultBHttpClientConnection connection, ClassicHttpRequest http)
            throws IOException, HttpException {
        connection.sendRequestHeader(http);
        connection.flush();
        ClassicHttpResponse response = connection.receiveResponseHeader();
        if (response.getCode() == CONTINUE) {
            flight.arrived();
            response = sent(connection, http);
        }
        while (response.getCode() < FINAL) response = connection.receiveResponseHeader();
        connection.receiveResponseEntity(response);
        byte[] text = response.getEntity() == null
                ? new byte[0]
                : response.getEntity().getContent().readNBytes(LARGEST_ANSWER);
        return new Answer(response.getCode(), text, Optional.empty());
    }

    /// An engine that has seen enough answers and stops reading: then sending fails, and its answer is why.
    private ClassicHttpResponse sent(DefaultBHttpClientConnection connection, ClassicHttpRequest http)
            throws IOException, HttpException {
        try {
            connection.sendRequestEntity(http);
            connection.flush();
        } catch (IOException stopped) {
            if (flight.ended()) throw stopped;
            flight.departs();
            return lastWords(connection, stopped);
        }
        flight.departs();
        return connection.receiveResponseHeader();
    }

    /// What was said before a connection was reset can still be read, but the first attempt may learn of the reset.
    private static ClassicHttpResponse lastWords(DefaultBHttpClientConnection connection, IOException stopped)
            throws IOException, HttpException {
        for (int attempt = 0; attempt < 2; attempt++)
            try {
                return connection.receiveResponseHeader();
            } catch (IOException reset) {
                stopped.addSuppressed(reset);
            }
        throw stopped;
    }

    /// The body on its way from one side to the other.
    private final class Body extends AbstractHttpEntity {
        private final InputStream from;
        private final OptionalLong length;
        private final Socket raw;

        Body(InputStream from, OptionalLong length, Socket raw) {
            super((String) null, null, length.isEmpty());
            this.from = from;
            this.length = length;
            this.raw = raw;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] piece = new byte[PIECE];
            for (int count = read(piece); count >= 0; count = read(piece)) {
                flight.departs();
                out.write(piece, 0, count);
                flight.arrived();
            }
        }

        /// The client's stream closes with a last chunk whatever happened: by then there must be no connection.
        private int read(byte[] piece) {
            boolean read = false;
            try {
                int count = from.read(piece);
                read = true;
                return count;
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } finally {
                if (!read) Dial.cut(raw);
            }
        }

        @Override
        public long getContentLength() {
            return length.orElse(-1);
        }

        @Override
        public @Nullable InputStream getContent() {
            return null;
        }

        @Override
        public boolean isStreaming() {
            return true;
        }

        @Override
        public void close() {}
    }
}
