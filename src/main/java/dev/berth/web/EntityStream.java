package dev.berth.web;

import io.netty.buffer.ByteBuf;
import java.io.InputStream;
import java.util.Optional;

/// The body of a request as a stream, of any length; what has not been read is held back at the client.
final class EntityStream extends InputStream {
    private final Entity entity;
    private Optional<ByteBuf> piece = Optional.empty();

    EntityStream(Entity entity) {
        this.entity = entity;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /// Waits for the first byte, and takes with it what is there already.
    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) return 0;
        if (piece.isEmpty()) piece = entity.next();
        int count = 0;
        while (piece.isPresent() && count < length) {
            ByteBuf from = piece.get();
            int part = Math.min(length - count, from.readableBytes());
            from.readBytes(into, offset + count, part);
            count += part;
            if (from.isReadable()) break;
            from.release();
            piece = entity.atHand();
        }
        return count == 0 ? -1 : count;
    }

    @Override
    public void close() {
        piece.ifPresent(ByteBuf::release);
        piece = Optional.empty();
    }
}
