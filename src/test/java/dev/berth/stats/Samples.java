package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Puts samples together.
public final class Samples {
    private Samples() {}

    public static ContainerId id(int number) {
        return new ContainerId(String.format("%064x", number));
    }

    /// One in which every figure tells its second.
    public static Sample at(Instant start, long second) {
        return at(
                start.plusSeconds(second), OptionalDouble.of((double) (second % 100)), OptionalLong.of(second * 4096));
    }

    public static Sample at(Instant at, OptionalDouble cpu, OptionalLong figure) {
        return new Sample(
                Instant.EPOCH,
                at,
                Sample.Source.CGROUP_V1,
                cpu,
                figure,
                figure,
                figure,
                OptionalLong.of(3),
                figure,
                figure,
                figure,
                figure,
                figure,
                OptionalLong.of(0));
    }
}
