package dev.berth.web;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;

/// The streams that are being written, each by the thread of its connection, so that they end when the server does.
final class EventStreams implements AutoCloseable {
    private static final Json STOPPING =
            new ObjBuilder().put("reason", "stopping").build();

    private final Set<Thread> writers = new HashSet<>();
    private boolean closed;

    /// Writes until the source ends, the client is gone, or the server stops.
    ///
    /// @throws IOException if the client is gone, or the server has stopped before it began
    void write(EventStream.Source source, OutputStream out) throws IOException {
        if (!enter()) throw new IOException("the server is stopping");
        var stream = new EventStream(out);
        try {
            source.writeTo(stream);
        } catch (InterruptedException stoppingOrGone) {
            // An EventSource comes back by itself, to the server that comes next.
            if (stopping()) stream.event("end", STOPPING);
        } finally {
            leave();
        }
    }

    private synchronized boolean stopping() {
        return closed;
    }

    private synchronized boolean enter() {
        return !closed && writers.add(Thread.currentThread());
    }

    /// The end of the server may have come after the end of the stream: then nobody else is meant.
    private synchronized void leave() {
        writers.remove(Thread.currentThread());
        if (closed) Thread.interrupted();
    }

    @Override
    public synchronized void close() {
        closed = true;
        writers.forEach(Thread::interrupt);
    }
}
