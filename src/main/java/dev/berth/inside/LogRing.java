package dev.berth.inside;

import dev.berth.model.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The last lines of one log, for any number of followers, each at its own place. It grows to its bound and then loses
/// the oldest; it never waits for a follower, and counts for each what was lost.
final class LogRing {
    private static final int FIRST_SIZE = 64;

    private final IntSupplier bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private @Nullable LogLine[] lines = new LogLine[FIRST_SIZE];
    private long first;
    private long next;
    private long weight;
    private final Counts lost = new Counts();
    private final Counts total = new Counts();
    private Optional<String> end = Optional.empty();

    /// @param bound the bytes that it may hold, asked for each time; one line is held in any case
    LogRing(IntSupplier bound) {
        this.bound = bound;
    }

    void add(List<LogLine> some) {
        lock.lock();
        try {
            for (LogLine line : some) {
                if (next - first == lines.length) grow();
                lines[index(next++)] = line;
                weight += line.weight();
                total.plusOne(line.output());
            }
            int most = bound.getAsInt();
            while (weight > most && next - first > 1) forgetFirst();
            something.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nothing follows.
    void end(String reason) {
        lock.lock();
        try {
            if (end.isEmpty()) end = Optional.of(reason);
            something.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @param oldest whether to begin with the oldest line that is there, rather than with the next to come
    Cursor cursor(boolean oldest) {
        lock.lock();
        try {
            return new Cursor(oldest ? first : next, oldest ? lost : total);
        } finally {
            lock.unlock();
        }
    }

    private void forgetFirst() {
        int at = index(first++);
        LogLine line = lines[at];
        if (line == null) throw new IllegalStateException("the ring has a hole");
        lines[at] = null;
        weight -= line.weight();
        lost.plusOne(line.output());
    }

    private void grow() {
        @Nullable LogLine[] more = new LogLine[lines.length * 2];
        for (long at = first; at < next; at++) more[(int) (at & (more.length - 1))] = lines[index(at)];
        lines = more;
    }

    private int index(long at) {
        return (int) (at & (lines.length - 1));
    }

    /// What a follower gets at a time.
    ///
    /// @param lost how many lines that it wants were lost before these
    /// @param end why nothing follows, once there is nothing more
    record Taken(List<LogLine> lines, long lost, Optional<String> end) {}

    /// A follower's place. Of one thread.
    final class Cursor {
        private long at;
        private final Counts passed;

        private Cursor(long at, Counts passed) {
            this.at = at;
            this.passed = new Counts(passed);
        }

        /// Whether lines were lost before it, of whatever output.
        boolean overrun() {
            lock.lock();
            try {
                return at < first;
            } finally {
                lock.unlock();
            }
        }

        /// The next lines; none, if there is none for so long.
        Taken take(Set<Output> wanted, int most, Duration wait) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                for (long left = wait.toNanos(); at == next && end.isEmpty(); left = something.awaitNanos(left))
                    if (left <= 0) return new Taken(List.of(), 0, Optional.empty());
                long gap = at < first ? skip(wanted) : 0;
                List<LogLine> taken = new ArrayList<>();
                int bytes = 0;
                while (at < next && bytes < most) {
                    LogLine line = lines[index(at++)];
                    if (line == null) throw new IllegalStateException("the ring has a hole");
                    passed.plusOne(line.output());
                    bytes += line.weight();
                    taken.add(line);
                }
                return new Taken(taken, gap, at == next ? end : Optional.empty());
            } finally {
                lock.unlock();
            }
        }

        private long skip(Set<Output> wanted) {
            long gap = lost.beyond(passed, wanted);
            passed.set(lost);
            at = first;
            return gap;
        }
    }
}
