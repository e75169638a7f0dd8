package dev.berth.feed;

import dev.berth.model.Failure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What happened lately, numbered, in a ring of bounded count and bytes.
///
/// Whoever publishes waits for nobody: readers look into the ring at their own pace, and one that is overtaken is
/// told what it has missed. The lock is a leaf: under it no other is taken and nothing is waited for, so
/// publishing is allowed under any lock, and is done under the one that guards what has changed. Whoever sees an
/// event then sees the change.
public final class Feed {
    private static final int MOST_EVENTS = 4096;
    private static final long MOST_BYTES = 2 << 20;
    /// What a packed event takes beside its bytes: the array's head, its padding, the reference in the ring.
    private static final int FRAME_BYTES = 24;
    /// So that a reader that comes back after long does not keep the lock.
    private static final int AT_ONCE = 64;

    private final InstantSource clock;
    private final long mostBytes;
    private final long epoch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition published = lock.newCondition();
    private final byte[] @Nullable [] ring;
    private long oldest = 1;
    private long latest;
    private long bytes;

    public Feed(InstantSource clock) {
        this(clock, MOST_EVENTS, MOST_BYTES);
    }

    Feed(InstantSource clock, int mostEvents, long mostBytes) {
        this.clock = clock;
        this.mostBytes = mostBytes;
        this.epoch = clock.millis();
        this.ring = new byte[mostEvents][];
    }

    /// Tells everybody who follows. Never waits for any of them.
    public EventId publish(Happening what) {
        lock.lock();
        try {
            // Under the lock, so that times are in the order of the numbers.
            byte[] packed = Packed.pack(clock.instant(), what);
            if (latest - oldest + 1 == ring.length) dropOldest();
            latest++;
            var id = new EventId(epoch, latest);
            ring[slot(latest)] = packed;
            bytes += size(packed);
            while (bytes > mostBytes) dropOldest(); // in the end itself, and its readers learn of a gap
            published.signalAll();
            return id;
        } finally {
            lock.unlock();
        }
    }

    private void dropOldest() {
        bytes -= size(at(oldest));
        ring[slot(oldest)] = null;
        oldest++;
    }

    private int slot(long sequence) {
        return (int) (sequence % ring.length);
    }

    private static int size(byte[] packed) {
        return packed.length + FRAME_BYTES;
    }

    private byte[] at(long sequence) {
        byte[] packed = ring[slot(sequence)];
        if (packed == null) throw new IllegalStateException("event " + sequence + " is not there");
        return packed;
    }

    /// Follows from now on, or from behind the last event that the reader has had.
    ///
    /// @param wanted looked at by the reader's own thread, without the lock
    /// @throws Failure.Invalid if that event has never been
    public Reader follow(Optional<EventId> after, Predicate<Event> wanted) {
        lock.lock();
        try {
            if (after.isEmpty()) return new Reader(latest + 1, Optional.empty(), wanted);
            EventId last = after.get();
            if (last.epoch() != epoch) return new Reader(oldest, Optional.of(restarted(last)), wanted);
            if (last.sequence() > latest) throw new Failure.Invalid("is not an id of this stream");
            return new Reader(last.sequence() + 1, Optional.empty(), wanted);
        } finally {
            lock.unlock();
        }
    }

    private Item.Gap restarted(EventId last) {
        return new Item.Gap(Item.Reason.RESTARTED, OptionalLong.empty(), last.next(), new EventId(epoch, oldest - 1));
    }

    /// How many events are kept.
    int kept() {
        lock.lock();
        try {
            return (int) (latest - oldest + 1);
        } finally {
            lock.unlock();
        }
    }

    long keptBytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// One who follows; of one thread. It holds nothing that would have to be given back.
    public final class Reader {
        private final Predicate<Event> wanted;
        private Optional<Item.Gap> first;
        private long next;

        private Reader(long next, Optional<Item.Gap> first, Predicate<Event> wanted) {
            this.next = next;
            this.first = first;
            this.wanted = wanted;
        }

        /// Some of what comes next, in order; nothing if nothing that is wanted comes in time.
        public List<Item> next(Duration wait) throws InterruptedException {
            List<Item> items = new ArrayList<>(first.stream().toList());
            first = Optional.empty();
            long left = wait.toNanos();
            while (items.isEmpty()) {
                List<byte[]> some = new ArrayList<>();
                lock.lockInterruptibly();
                try {
                    for (; next > latest; left = published.awaitNanos(left)) if (left <= 0) return items;
                    if (next < oldest) items.add(overtaken());
                    for (; next <= latest && some.size() < AT_ONCE; next++) some.add(at(next));
                } finally {
                    lock.unlock();
                }
                long sequence = next - some.size();
                for (byte[] packed : some) {
                    Event event = Packed.unpack(new EventId(epoch, sequence++), packed);
                    if (wanted.test(event)) items.add(new Item.Happened(event));
                }
            }
            return items;
        }

        private Item.Gap overtaken() {
            var gap = new Item.Gap(
                    Item.Reason.MOVED_ON,
                    OptionalLong.of(oldest - next),
                    new EventId(epoch, next),
                    new EventId(epoch, oldest - 1));
            next = oldest;
            return gap;
        }

        /// Up to where the reader knows everything that it wants.
        public EventId position() {
            return new EventId(epoch, next - 1);
        }
    }
}
