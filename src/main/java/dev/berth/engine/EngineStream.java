package dev.berth.engine;

import java.util.Optional;

/// A stream of the engine's that is read by one thread and may be closed by any.
public interface EngineStream<T> extends AutoCloseable {
    /// Waits for the next item; empty at the end, also after `close`.
    ///
    /// @throws dev.berth.model.Failure when the stream broke or carried an error
    Optional<T> next();

    /// Ends the stream at once; a waiting `next` returns empty. Never throws, may be called twice.
    @Override
    void close();
}
