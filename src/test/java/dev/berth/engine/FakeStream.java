package dev.berth.engine;

import dev.berth.model.Failure;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/// A stream that a test feeds.
final class FakeStream<T> implements EngineStream<T> {
    private final LinkedBlockingQueue<Supplier<Optional<T>>> waiting = new LinkedBlockingQueue<>();
    private final Runnable onClose;
    private volatile boolean closed;

    FakeStream(Runnable onClose) {
        this.onClose = onClose;
    }

    void give(T item) {
        waiting.add(() -> Optional.of(item));
    }

    void end() {
        waiting.add(Optional::empty);
    }

    void breakOff(Failure why) {
        waiting.add(() -> {
            throw why;
        });
    }

    @Override
    public Optional<T> next() {
        if (closed) return Optional.empty();
        try {
            Optional<T> next = waiting.take().get();
            if (closed) return Optional.empty();
            if (next.isEmpty()) close();
            return next;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Cancelled("interrupted");
        }
    }

    @Override
    public void close() {
        closed = true;
        waiting.add(Optional::empty);
        onClose.run();
    }
}
