package dev.berth.stats;

import dev.berth.stats.History.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Points in the order of their time, for a span of time: a new page is added when the last is full, and the first
/// goes when all of it has become too old. One thread writes at a time; any number read without a lock.
final class Ring {
    static final int PAGE = 60;

    private final int mostPages;
    private final long spanMillis;
    private volatile List<Page> pages = List.of();

    /// @param mostPages that are kept, however fast the points come
    Ring(int mostPages, Duration span) {
        this.mostPages = mostPages;
        this.spanMillis = span.toMillis();
    }

    /// @param at its time, in milliseconds since 1970; later than all before
    void add(long at, Point point) {
        Page last = pages.isEmpty() || !pages.getLast().takes(at) ? turn(at) : pages.getLast();
        last.add(at, point);
    }

    private Page turn(long at) {
        var next = new Page(at);
        List<Page> kept = new ArrayList<>(pages);
        kept.removeIf(it -> it.newest() < at - spanMillis);
        if (kept.size() == mostPages) kept.removeFirst();
        kept.add(next);
        pages = List.copyOf(kept);
        return next;
    }

    List<Point> since(long from) {
        List<Point> points = new ArrayList<>();
        for (Page page : pages) page.collect(from, points);
        return points;
    }

    /// The time of its first point; the end of all time if it has none.
    long oldest() {
        return pages.isEmpty() ? Long.MAX_VALUE : pages.getFirst().start;
    }

    boolean dropOldest() {
        if (pages.isEmpty()) return false;
        pages = List.copyOf(pages.subList(1, pages.size()));
        return true;
    }

    long bytes() {
        return pages.size() * Page.BYTES;
    }

    /// Is filled from front to back and never changes what it has: whoever reads the count may read what it counts.
    private static final class Page {
        private static final int GAUGES = 4;
        private static final int COUNTERS = 4;
        private static final long HEADERS = 128;
        private static final long BYTES =
                HEADERS + PAGE * (Integer.BYTES + GAUGES * Float.BYTES + (long) COUNTERS * Long.BYTES);
        private static final long UNKNOWN = -1;

        private final long start;
        private final int[] millis = new int[PAGE];
        /// A float holds whole pages of memory exactly up to 64 GiB, and seven digits of anything.
        private final float[] gauges = new float[PAGE * GAUGES];
        private final long[] counters = new long[PAGE * COUNTERS];
        private volatile int count;

        Page(long start) {
            this.start = start;
        }

        boolean takes(long at) {
            return count < PAGE && at - start <= Integer.MAX_VALUE;
        }

        void add(long at, Point point) {
            int slot = count;
            millis[slot] = Math.toIntExact(at - start);
            int gauge = slot * GAUGES;
            gauges[gauge] = (float) point.cpuPercent().orElse(Double.NaN);
            gauges[gauge + 1] = gauge(point.memoryUsage());
            gauges[gauge + 2] = gauge(point.workingSet());
            gauges[gauge + 3] = gauge(point.pids());
            int counter = slot * COUNTERS;
            counters[counter] = point.networkReceived().orElse(UNKNOWN);
            counters[counter + 1] = point.networkSent().orElse(UNKNOWN);
            counters[counter + 2] = point.blockRead().orElse(UNKNOWN);
            counters[counter + 3] = point.blockWritten().orElse(UNKNOWN);
            count = slot + 1;
        }

        private static float gauge(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : Float.NaN;
        }

        long newest() {
            return start + millis[count - 1];
        }

        void collect(long from, List<Point> points) {
            int filled = count;
            for (int slot = 0; slot < filled; slot++) if (start + millis[slot] >= from) points.add(point(slot));
        }

        private Point point(int slot) {
            int gauge = slot * GAUGES;
            int counter = slot * COUNTERS;
            return new Point(
                    Instant.ofEpochMilli(start + millis[slot]),
                    percent(gauges[gauge]),
                    whole(gauges[gauge + 1]),
                    whole(gauges[gauge + 2]),
                    whole(gauges[gauge + 3]),
                    counter(counters[counter]),
                    counter(counters[counter + 1]),
                    counter(counters[counter + 2]),
                    counter(counters[counter + 3]));
        }

        /// As it is written: 12.3 is not 12.300000190734863.
        private static OptionalDouble percent(float kept) {
            return Float.isNaN(kept) ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble("" + kept));
        }

        private static OptionalLong whole(float kept) {
            return Float.isNaN(kept) ? OptionalLong.empty() : OptionalLong.of((long) kept);
        }

        private static OptionalLong counter(long kept) {
            return kept == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(kept);
        }
    }
}
