package dev.berth.engine.wire;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Failure;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An answer that goes on: JSON objects one after the other. Read by one thread, closed by any.
public final class WireStream implements AutoCloseable {
    /// The largest object that engines are known to send in a stream is a hundredth of it.
    private static final int LARGEST_OBJECT = 8 << 20;

    private final Wire wire;
    private final Request request;
    private final Flight flight;
    private @Nullable ObjectSplitter objects;
    private boolean ended;

    WireStream(Wire wire, Request request) {
        this.wire = wire;
        this.request = request;
        this.flight = wire.flight(request);
    }

    /// Asks, and waits for the engine to agree. Done by the first `next` if not before.
    public void open() throws Refused {
        if (objects == null && !ended) objects = begin();
    }

    /// Waits for the next object; empty at the end and after `close`.
    ///
    /// @throws Failure.EngineNonsense if it breaks off or is no JSON
    public Optional<Json> next() throws Refused {
        try {
            open();
            Optional<Json> next = objects == null || flight.closed() ? Optional.empty() : read(objects);
            if (next.isEmpty()) end();
            return next;
        } catch (Failure.Cancelled closed) {
            end();
            return Optional.empty();
        } catch (Failure | Refused broken) {
            end();
            throw broken;
        }
    }

    @Override
    public void close() {
        flight.close();
        wire.landed(flight);
    }

    private ObjectSplitter begin() throws Refused {
        return new ObjectSplitter(Wire.body(wire.agreed(request, flight), request, flight), LARGEST_OBJECT);
    }

    private Optional<Json> read(ObjectSplitter from) {
        try {
            Optional<byte[]> object = from.next();
            if (object.isEmpty()) return Optional.empty();
            return Optional.of(JsonReader.engine(object.get(), 0, object.get().length));
        } catch (IOException broken) {
            throw Breakage.inAnswer(broken, flight, request);
        } catch (JsonReader.Broken broken) {
            if (flight.closed()) return Optional.empty();
            throw new Failure.EngineNonsense(
                    "the engine's stream is not JSON (" + request.doing() + "): " + broken.getMessage(), broken);
        }
    }

    private void end() {
        ended = true;
        objects = null;
        close();
    }
}
