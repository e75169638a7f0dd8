package dev.berth.model;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// How long things of one kind took, counted in classes of duration. Adding takes no lock and waits for nobody.
public final class Histogram {
    /// The upper end of each class in nanoseconds; what took longer is in the last class of all.
    private static final long[] BOUNDS = {
        100_000,
        500_000,
        1_000_000,
        5_000_000,
        10_000_000,
        50_000_000,
        100_000_000,
        500_000_000,
        1_000_000_000,
        5_000_000_000L,
        30_000_000_000L
    };

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    /// Counts nothing yet.
    public Histogram() {
        Arrays.setAll(counts, _ -> new LongAdder());
    }

    /// The counts at one moment.
    ///
    /// @param upTo for each class how many took no longer than its upper end
    /// @param count of all, also of those beyond the last class
    /// @param nanos of all together
    public record Reading(List<UpTo> upTo, long count, long nanos) {}

    /// @param nanos the upper end of a class
    /// @param count of this class and those below it
    public record UpTo(long nanos, long count) {}

    public void add(long took) {
        int at = 0;
        while (at < BOUNDS.length && took > BOUNDS[at]) at++;
        counts[at].increment();
        nanos.add(took);
    }

    /// What is added meanwhile may be in it or not; its counts never contradict each other.
    public Reading reading() {
        long sum = nanos.sum();
        var upTo = new UpTo[BOUNDS.length];
        long count = 0;
        for (int at = 0; at < BOUNDS.length; at++) {
            count += counts[at].sum();
            upTo[at] = new UpTo(BOUNDS[at], count);
        }
        return new Reading(List.of(upTo), count + counts[BOUNDS.length].sum(), sum);
    }
}
