package dev.berth.model;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// A share of CPU time in billionths of one CPU, as engines count it.
public record Cpus(long nanos) implements Comparable<Cpus> {
    private static final long NANOS_PER_PERCENT = 10_000_000;

    public Cpus {
        if (nanos < 0) throw new Failure.Invalid("CPU time must not be negative");
    }

    public static Cpus of(int whole) {
        return new Cpus(100L * whole * NANOS_PER_PERCENT);
    }

    /// @param percent 100 is one whole CPU; at least 1, at most a million
    public static Cpus ofPercent(BigDecimal percent) {
        if (percent.compareTo(BigDecimal.ONE) < 0)
            throw new Failure.Invalid("must be at least 1 (100 is one whole CPU)");
        if (percent.compareTo(BigDecimal.valueOf(1_000_000)) > 0)
            throw new Failure.Invalid("is more than any host has");
        return new Cpus(percent.multiply(BigDecimal.valueOf(NANOS_PER_PERCENT))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact());
    }

    public double percent() {
        return nanos / (double) NANOS_PER_PERCENT;
    }

    @Override
    public int compareTo(Cpus other) {
        return Long.compare(nanos, other.nanos);
    }
}
