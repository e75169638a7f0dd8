package dev.berth.engine;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A stream that is opened by its first `next`, so that getting one neither waits nor fails.
final class LazyStream<T> implements EngineStream<T> {
    private final Supplier<EngineStream<T>> opening;
    private @Nullable EngineStream<T> open;
    private boolean closed;

    LazyStream(Supplier<EngineStream<T>> opening) {
        this.opening = opening;
    }

    @Override
    public Optional<T> next() {
        EngineStream<T> stream = stream();
        return stream == null ? Optional.empty() : stream.next();
    }

    @Override
    public void close() {
        EngineStream<T> stream;
        synchronized (this) {
            closed = true;
            stream = open;
        }
        if (stream != null) stream.close();
    }

    private @Nullable EngineStream<T> stream() {
        synchronized (this) {
            if (closed || open != null) return closed ? null : open;
        }
        EngineStream<T> fresh = opening.get(); // may ask the engine for its version: not under the lock
        synchronized (this) {
            open = fresh;
            if (!closed) return fresh;
        }
        fresh.close();
        return null;
    }
}
