package dev.berth.web;

import dev.berth.inside.ExecSession;
import dev.berth.model.Failure;
import dev.berth.model.TerminalSize;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What a client has sent and the command has not taken yet. Bounded: when it is full the client is not read any more.
final class TerminalInput {
    private static final System.Logger LOG = System.getLogger(TerminalInput.class.getName());
    private static final int MOST = 64 << 10;
    private static final byte[] END = new byte[0];

    private final ExecSession session;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private int held;
    private boolean full;
    private boolean ended;
    private boolean closed;
    private Optional<Instant> stuckSince = Optional.empty();
    private Optional<TerminalSize> size = Optional.empty();
    private boolean resizing;

    TerminalInput(ExecSession session, InstantSource clock) {
        this.session = session;
        this.clock = clock;
    }

    /// @return whether more may come now
    boolean offer(byte[] bytes) {
        lock.lock();
        try {
            if (ended || closed) return true; // as with a pipe that nobody reads any more
            waiting.add(bytes);
            held += bytes.length;
            more.signal();
            full = held >= MOST;
            if (full) stuckSince = Optional.of(clock.instant());
            return !full;
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more will be sent.
    void end() {
        lock.lock();
        try {
            if (!ended) waiting.add(END);
            ended = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            stuckSince = Optional.empty();
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Since when the client has not been read because the command reads nothing.
    Optional<Instant> stuckSince() {
        lock.lock();
        try {
            return stuckSince;
        } finally {
            lock.unlock();
        }
    }

    /// On a thread of its own: hands on until the end.
    void carry(WebSocket socket) {
        try {
            for (Optional<byte[]> next = next(socket); next.isPresent(); next = next(socket))
                if (next.get().length == 0) session.endInput();
                else session.write(next.get());
        } catch (Failure notRead) {
            // The command has ended or reads no more; its output's end tells the client.
            LOG.log(Level.DEBUG, "a terminal''s input: {0}", notRead.detail());
            close();
            socket.resume();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<byte[]> next(WebSocket socket) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) more.await();
            Optional<byte[]> next = Optional.ofNullable(waiting.poll());
            next.ifPresent(it -> held -= it.length);
            stuckSince = full ? Optional.of(clock.instant()) : Optional.empty();
            if (full && held < MOST / 2) {
                full = false;
                stuckSince = Optional.empty();
                socket.resume();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /// Only the latest size counts. It must not stand behind input that the command does not read.
    void resize(TerminalSize latest) {
        lock.lock();
        try {
            size = Optional.of(latest);
            if (resizing) return;
            resizing = true;
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("terminal-resize").start(this::resizeAll);
    }

    private void resizeAll() {
        try {
            for (Optional<TerminalSize> next = nextSize(); next.isPresent(); next = nextSize())
                session.resize(next.get());
        } catch (Failure refused) {
            LOG.log(Level.DEBUG, "a terminal keeps its size: {0}", refused.detail());
            lock.lock();
            try {
                resizing = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private Optional<TerminalSize> nextSize() {
        lock.lock();
        try {
            Optional<TerminalSize> next = size;
            size = Optional.empty();
            resizing = next.isPresent();
            return next;
        } finally {
            lock.unlock();
        }
    }
}
