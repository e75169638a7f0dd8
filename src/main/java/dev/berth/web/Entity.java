package dev.berth.web;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The body of one request: its connection brings the pieces, whoever answers waits for them.
///
/// What nobody has asked for yet is kept up to a bound; then the connection stops reading until somebody does.
final class Entity implements Request.Body {
    private static final int LARGEST = 1 << 20;
    private static final int KEPT = 64 << 10;
    /// Of a body that is read as a stream: what is taken in one go from the client and in another by whoever reads.
    private static final int KEPT_OF_STREAM = 512 << 10;

    private static final long STALLED_SECONDS = 60;

    private final Head.Body announced;
    private final Source source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private int bound = KEPT;
    private int kept;
    private boolean asked;
    private boolean ended;
    private boolean broken;
    private boolean unwanted;
    private boolean full;

    /// Where the pieces come from.
    interface Source {
        /// Tells a client that waits for it that the body is wanted.
        void invite();

        /// Goes on reading. Must not be done before what called `offer` has come to its end.
        void resume();
    }

    Entity(Head.Body announced, Source source) {
        this.announced = announced;
        this.source = source;
    }

    /// Takes a piece, and what it holds.
    ///
    /// @return whether more may come now
    boolean offer(ByteBuf piece) {
        lock.lock();
        try {
            if (unwanted || broken) {
                piece.release();
                return true;
            }
            pieces.add(piece);
            kept += piece.readableBytes();
            more.signal();
            if (kept >= bound) full = true; // until there is room: then the connection must be told
            return !full;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        finish(false);
    }

    /// Nothing more comes, although more was announced.
    void fail() {
        finish(true);
    }

    private void finish(boolean early) {
        lock.lock();
        try {
            if (ended) return;
            ended = true;
            broken = early;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Nobody will ask any more: what has come and what comes is dropped.
    void discard() {
        lock.lock();
        try {
            unwanted = true;
            pieces.forEach(ByteBuf::release);
            pieces.clear();
            kept = 0;
            makeRoom();
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom() {
        if (!full || kept > bound / 2) return;
        full = false;
        source.resume();
    }

    /// Whether the client still waits to be asked for the body, so that what it sends next is anybody's guess.
    boolean uninvited() {
        if (!announced.asks()) return false;
        lock.lock();
        try {
            return !asked && !ended;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public byte[] read() {
        if (announced.length() > LARGEST) throw HttpRefusal.tooLarge(LARGEST);
        if (announced.length() == 0) return new byte[0];
        var body = new ByteArrayOutputStream(announced.length() < 0 ? 1024 : Math.toIntExact(announced.length()));
        for (Optional<ByteBuf> piece = next(); piece.isPresent(); piece = next()) append(piece.get(), body);
        return body.toByteArray();
    }

    @Override
    public long length() {
        return announced.length();
    }

    @Override
    public EntityStream stream() {
        lock.lock();
        try {
            bound = KEPT_OF_STREAM;
            makeRoom();
        } finally {
            lock.unlock();
        }
        return new EntityStream(this);
    }

    private void invite() {
        lock.lock();
        try {
            if (asked) return;
            asked = true;
        } finally {
            lock.unlock();
        }
        source.invite();
    }

    private static void append(ByteBuf piece, ByteArrayOutputStream body) {
        try {
            if (body.size() + piece.readableBytes() > LARGEST) throw HttpRefusal.tooLarge(LARGEST);
            piece.readBytes(body, piece.readableBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } finally {
            piece.release();
        }
    }

    /// The next piece, which the caller releases; none at the end.
    Optional<ByteBuf> next() {
        if (announced.asks()) invite();
        lock.lock();
        try {
            while (pieces.isEmpty() && !ended)
                if (!more.await(STALLED_SECONDS, TimeUnit.SECONDS)) throw HttpRefusal.brokenBody();
            if (broken) throw HttpRefusal.brokenBody();
            return taken();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw HttpRefusal.brokenBody();
        } finally {
            lock.unlock();
        }
    }

    /// The next piece if it has come already.
    Optional<ByteBuf> atHand() {
        lock.lock();
        try {
            return taken();
        } finally {
            lock.unlock();
        }
    }

    private Optional<ByteBuf> taken() {
        Optional<ByteBuf> piece = Optional.ofNullable(pieces.poll());
        piece.ifPresent(it -> kept -= it.readableBytes());
        makeRoom();
        return piece;
    }
}
