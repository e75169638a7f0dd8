package dev.berth.stats;

import dev.berth.stats.History.Point;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The history of one container. One thread writes at a time, any number read.
final class HistoryTrack {
    private static final long MINUTE = 60_000;
    /// At a sample each second, with room for the page that is being filled and the one that is about to go.
    private static final int SAMPLE_PAGES = (int) History.FINE.toMinutes() + 2;
    private static final int MINUTE_PAGES = (int) History.LONGEST.toHours() + 2;
    /// The objects around the pages.
    private static final long OWN_BYTES = 512;

    private final Ring samples = new Ring(SAMPLE_PAGES, History.FINE);
    private final Ring minutes = new Ring(MINUTE_PAGES, History.LONGEST);
    private volatile @Nullable HistoryMinute present;
    private long newest = Long.MIN_VALUE;

    /// A step back of less than a minute is a correction, and waited out; after a longer one what is kept would lie
    /// in the future, for who knows how long.
    boolean clockWasSetBack(long at) {
        return newest != Long.MIN_VALUE && newest - at >= MINUTE;
    }

    /// @param at its time, in milliseconds since 1970
    void add(long at, Point point) {
        if (at <= newest) return;
        newest = at;
        samples.add(at, point);
        long minute = Math.floorDiv(at, MINUTE);
        HistoryMinute open = present;
        if (open != null && open.number() != minute) close(open);
        present = (open != null && open.number() == minute ? open : HistoryMinute.empty(minute, point)).plus(point);
    }

    private void close(HistoryMinute minute) {
        Point point = minute.point();
        minutes.add(point.at().toEpochMilli(), point);
    }

    List<Point> samples(long from) {
        return samples.since(from);
    }

    /// The present minute too, as far as it has come. It is looked at before the others: were it closed meanwhile,
    /// it would be seen twice, which can be noticed, and not missed.
    List<Point> minutes(long from) {
        HistoryMinute open = present;
        List<Point> closed = minutes.since(from);
        if (open == null || open.point().at().toEpochMilli() < from) return closed;
        Point last = open.point();
        if (!closed.isEmpty() && !closed.getLast().at().isBefore(last.at())) return closed;
        List<Point> all = new ArrayList<>(closed);
        all.add(last);
        return all;
    }

    /// When the last sample was read.
    long newest() {
        return newest;
    }

    /// When the first that is still kept was read.
    long oldest() {
        return Math.min(samples.oldest(), minutes.oldest());
    }

    /// Drops some of what is oldest; whether there was anything.
    boolean dropOldest() {
        return minutes.oldest() <= samples.oldest() ? minutes.dropOldest() : samples.dropOldest();
    }

    long bytes() {
        return OWN_BYTES + samples.bytes() + minutes.bytes();
    }
}
