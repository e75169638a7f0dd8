package dev.berth.engine.wire;

import dev.berth.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/// An answer of bytes, of any length, taken as it comes. Read by one thread, closed by any.
public final class WireDownload implements AutoCloseable {
    private final Wire wire;
    private final Request request;
    private final Flight flight;
    private @Nullable ClassicHttpResponse response;
    private @Nullable InputStream body;

    WireDownload(Wire wire, Request request) {
        this.wire = wire;
        this.request = request;
        this.flight = wire.flight(request);
    }

    /// Asks, and waits for the engine to agree.
    public void open() throws Refused {
        response = wire.agreed(request, flight);
        body = Wire.body(response, request, flight);
    }

    public Optional<String> header(String name) {
        Header header = response == null ? null : response.getFirstHeader(name);
        return Optional.ofNullable(header).map(Header::getValue);
    }

    /// Waits for the next bytes, each time for as long as the request's limit.
    ///
    /// @return how many; -1 at the end
    /// @throws Failure.EngineNonsense if it breaks off, `EngineSlow` if nothing comes, `Cancelled` after `close`
    public int read(byte[] into, int offset, int length) {
        if (body == null) throw new IllegalStateException("not open");
        flight.departs();
        try {
            return body.read(into, offset, length);
        } catch (IOException broken) {
            throw Breakage.inAnswer(broken, flight, request);
        } finally {
            flight.arrived();
        }
    }

    /// Ends it at once, without reading the rest.
    @Override
    public void close() {
        flight.close();
        wire.landed(flight);
    }
}
