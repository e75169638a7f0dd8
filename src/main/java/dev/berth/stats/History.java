package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/// What every container used: each sample of the last ten minutes, and one per minute for a day.
///
/// A container goes on in the same history through all its lives. Whoever reads takes no lock, and whoever writes
/// waits for no reader. A sample takes 52 bytes: some 110 kB for a container that has run for a day.
public final class History {
    /// How far back every single sample is kept.
    public static final Duration FINE = Duration.ofMinutes(10);

    /// How far back anything is kept.
    public static final Duration LONGEST = Duration.ofHours(24);

    private final long mostBytes;
    private final Map<ContainerId, HistoryTrack> tracks = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /// What was used at one moment, or over one minute.
    ///
    /// @param at when it was read; of a minute when the last of it was, to the millisecond
    /// @param cpuPercent of a minute the mean, and so are memory usage and working set
    public record Point(
            Instant at,
            OptionalDouble cpuPercent,
            OptionalLong memoryUsage,
            OptionalLong workingSet,
            OptionalLong pids,
            OptionalLong networkReceived,
            OptionalLong networkSent,
            OptionalLong blockRead,
            OptionalLong blockWritten) {

        public static Point of(Sample sample) {
            return new Point(
                    Instant.ofEpochMilli(sample.at().toEpochMilli()),
                    sample.cpuPercent(),
                    sample.memoryUsage(),
                    sample.workingSet(),
                    sample.pids(),
                    sample.networkReceived(),
                    sample.networkSent(),
                    sample.blockRead(),
                    sample.blockWritten());
        }
    }

    /// @param mostBytes of all containers together
    public History(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// Keeps a sample; one that is not newer than the last is dropped.
    public synchronized void add(ContainerId id, Sample sample) {
        Point point = Point.of(sample);
        long at = point.at().toEpochMilli();
        HistoryTrack track = tracks.get(id);
        if (track == null || track.clockWasSetBack(at)) track = anew(id);
        long before = track.bytes();
        track.add(at, point);
        bytes.addAndGet(track.bytes() - before);
        while (bytes.get() > mostBytes && !tracks.isEmpty()) makeRoom(point.at());
    }

    private HistoryTrack anew(ContainerId id) {
        forget(id);
        var track = new HistoryTrack();
        tracks.put(id, track);
        bytes.addAndGet(track.bytes());
        return track;
    }

    /// First goes all of the container that was sampled least recently, if that was long ago; then what is oldest
    /// of anybody, so that where many run all reach equally far back.
    private void makeRoom(Instant now) {
        Map.Entry<ContainerId, HistoryTrack> idlest = first(HistoryTrack::newest);
        if (idlest.getValue().newest() < now.minus(FINE).toEpochMilli()) {
            forget(idlest.getKey());
            return;
        }
        Map.Entry<ContainerId, HistoryTrack> oldest = first(HistoryTrack::oldest);
        long before = oldest.getValue().bytes();
        if (oldest.getValue().dropOldest()) bytes.addAndGet(oldest.getValue().bytes() - before);
        else forget(oldest.getKey());
    }

    private Map.Entry<ContainerId, HistoryTrack> first(ToLongFunction<HistoryTrack> time) {
        return tracks.entrySet().stream()
                .min(Comparator.comparingLong(it -> time.applyAsLong(it.getValue())))
                .orElseThrow();
    }

    /// What is known of the time from `back` before now: every sample within ten minutes, else one for each minute;
    /// oldest first.
    public List<Point> since(ContainerId id, Duration back, Instant now) {
        long from = now.minus(back).toEpochMilli();
        return Optional.ofNullable(tracks.get(id))
                .map(it -> back.compareTo(FINE) <= 0 ? it.samples(from) : it.minutes(from))
                .orElse(List.of());
    }

    /// A container that has been removed has no history.
    public synchronized void forget(ContainerId id) {
        HistoryTrack gone = tracks.remove(id);
        if (gone != null) bytes.addAndGet(-gone.bytes());
    }

    /// What all of it takes in memory.
    public long bytes() {
        return bytes.get();
    }
}
