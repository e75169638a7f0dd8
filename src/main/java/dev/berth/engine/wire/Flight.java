package dev.berth.engine.wire;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.jspecify.annotations.Nullable;

/// A question on its way, which can be ended from outside: by the timer, or by whoever no longer wants the answer.
///
/// The limit is kept by this timer because the client's own read timeouts start anew with every byte and fire late;
/// and why a flight ended is kept here because an aborted read throws what a timeout throws.
final class Flight {
    private enum End {
        NONE,
        LATE,
        CLOSED
    }

    private End end = End.NONE;
    private @Nullable Runnable abort;
    private final ScheduledFuture<?> alarm;

    Flight(Request request, ScheduledExecutorService timer) {
        // Aborting closes a socket, which may block: never on the timer's own thread.
        this.alarm = timer.schedule(
                () -> Thread.ofVirtual().start(() -> end(End.LATE)),
                request.limit().toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /// Takes the next attempt on board; if the flight has ended it is aborted at once.
    HttpUriRequestBase board(HttpUriRequestBase attempt) {
        board(attempt::abort);
        return attempt;
    }

    /// @param how to abort what is on its way now
    synchronized void board(Runnable how) {
        abort = how;
        if (end != End.NONE) how.run();
    }

    void close() {
        end(End.CLOSED);
    }

    /// The limit no longer applies.
    void arrived() {
        alarm.cancel(false);
    }

    synchronized boolean ended() {
        return end != End.NONE;
    }

    synchronized boolean late() {
        return end == End.LATE;
    }

    synchronized boolean closed() {
        return end == End.CLOSED;
    }

    private void end(End why) {
        Runnable how;
        synchronized (this) {
            if (end != End.NONE) return;
            end = why;
            how = abort;
        }
        arrived();
        if (how != null) how.run();
    }
}
