package dev.berth.model;

import java.util.Optional;
import java.util.OptionalLong;

/// What is to change of a container's limits while it lives; what is absent stays.
///
/// @param memory also the limit of memory and swap together; no engine lifts it live
/// @param cpus a share; no engine lifts it live, all CPUs of the host are as good
public record LimitsChange(
        Optional<MemorySize> memory, Optional<Cpus> cpus, Optional<Pids> pids, Optional<RestartPolicy> restartPolicy) {
    public static final LimitsChange NOTHING =
            new LimitsChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    // To engines 0 says that it stays, which nobody means who writes it.
    public LimitsChange {
        if (memory.isPresent() && memory.get().bytes() == 0) throw new Failure.Invalid("memory must not be 0");
        if (cpus.isPresent() && cpus.get().nanos() == 0) throw new Failure.Invalid("CPU time must not be 0");
    }

    /// The highest number of processes and threads, or that there is none.
    ///
    /// @param limit none is unlimited
    public record Pids(OptionalLong limit) {
        public static final Pids UNLIMITED = new Pids(OptionalLong.empty());

        public Pids {
            if (limit.isPresent() && limit.getAsLong() < 1)
                throw new Failure.Invalid("the number of processes must be at least 1");
        }

        public static Pids of(long limit) {
            return new Pids(OptionalLong.of(limit));
        }
    }
}
