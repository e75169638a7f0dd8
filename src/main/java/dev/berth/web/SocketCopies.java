package dev.berth.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;

/// Copies, in memory that the kernel reads from, of what was answered last: the same list goes to many clients, and is
/// copied for them once. Each event loop has its own, so there is no lock.
///
/// Off the heap, because what lives for a second and is large would make the heap grow, and counted, because such
/// memory would else be free only when the collector comes to it.
final class SocketCopies {
    /// The list, plain and compressed, and its successor.
    private static final int KEPT = 4;

    private static final FastThreadLocal<SocketCopies> OF_THIS_LOOP = new FastThreadLocal<>() {
        @Override
        protected SocketCopies initialValue() {
            return new SocketCopies();
        }

        @Override
        protected void onRemoval(SocketCopies copies) {
            copies.copies.values().forEach(ByteBuf::release);
        }
    };

    private final IdentityHashMap<byte[], ByteBuf> copies = new IdentityHashMap<>();
    private final ArrayDeque<byte[]> oldestFirst = new ArrayDeque<>(KEPT);

    static SocketCopies ofThisLoop() {
        return OF_THIS_LOOP.get();
    }

    /// A view for one answer; whoever sends it releases it.
    ///
    /// @param bytes never changed, and told from others by identity
    ByteBuf of(byte[] bytes, ByteBufAllocator allocator) {
        ByteBuf known = copies.get(bytes);
        return known != null
                ? known.retainedDuplicate()
                : made(bytes, allocator).retainedDuplicate();
    }

    private ByteBuf made(byte[] bytes, ByteBufAllocator allocator) {
        if (oldestFirst.size() == KEPT) drop(oldestFirst.removeFirst());
        ByteBuf copy = allocator.directBuffer(bytes.length).writeBytes(bytes);
        copies.put(bytes, copy);
        oldestFirst.addLast(bytes);
        return copy;
    }

    private void drop(byte[] oldest) {
        ByteBuf copy = copies.remove(oldest);
        if (copy != null) copy.release();
    }
}
