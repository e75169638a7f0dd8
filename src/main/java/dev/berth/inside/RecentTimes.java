package dev.berth.inside;

import java.util.Arrays;

/// The times of the last lines of one output. Of one thread.
final class RecentTimes {
    /// Engines were seen to go back by hundreds of lines.
    private static final int MOST = 16 << 10;

    private static final int FIRST = 64;

    private long[] times = new long[FIRST];
    private int count;
    private int next;

    void add(long nanos) {
        if (next == times.length && times.length < MOST) times = Arrays.copyOf(times, times.length * 2);
        if (next == times.length) next = 0;
        times[next++] = nanos;
        count = Math.max(count, next);
    }

    boolean contains(long nanos) {
        for (int i = 0; i < count; i++) if (times[i] == nanos) return true;
        return false;
    }
}
