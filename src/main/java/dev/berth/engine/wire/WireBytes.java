package dev.berth.engine.wire;

import dev.berth.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// An answer that goes on, as bytes. Read by one thread, closed by any.
public final class WireBytes implements AutoCloseable {
    private final Wire wire;
    private final Request request;
    private final Flight flight;
    private @Nullable InputStream in;
    private boolean ended;

    WireBytes(Wire wire, Request request) {
        this.wire = wire;
        this.request = request;
        this.flight = wire.flight(request);
    }

    /// Asks, and waits for the engine to agree. Done by the first `read` if not before.
    public void open() throws Refused {
        if (in == null && !ended) in = Wire.body(wire.agreed(request, flight), request, flight);
    }

    /// Waits for bytes; -1 at the end and after `close`.
    ///
    /// @throws Failure.EngineNonsense if it breaks off
    public int read(byte[] into, int offset, int length) throws Refused {
        boolean whole = false;
        try {
            open();
            int count = in == null || flight.closed() ? -1 : in.read(into, offset, length);
            if (count < 0) end();
            whole = true;
            return count;
        } catch (IOException broken) {
            if (flight.closed()) return -1;
            throw Breakage.inAnswer(broken, flight, request);
        } catch (Failure.Cancelled closed) {
            return -1;
        } finally {
            if (!whole) end();
        }
    }

    @Override
    public void close() {
        flight.close();
        wire.landed(flight);
    }

    private void end() {
        ended = true;
        in = null;
        close();
    }
}
