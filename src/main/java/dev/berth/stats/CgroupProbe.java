package dev.berth.stats;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Reads one container's control group, and its network's counters. The first failure is the end: all are closed.
///
/// An open network file keeps a dead container's network alive: close the probe when the container ends.
abstract sealed class CgroupProbe implements Probe permits CgroupV1Probe, CgroupV2Probe {
    final ProcFiles files;
    private final Optional<OpenFile> networkFile;
    private final ProcNetwork network = new ProcNetwork();
    private final LongSupplier nanoTime;
    private final InstantSource clock;

    CgroupProbe(Path process, ProcFiles files, LongSupplier nanoTime, InstantSource clock) {
        this.files = files;
        this.networkFile = files.optional(process.resolve("net/dev"));
        this.nanoTime = nanoTime;
        this.clock = clock;
    }

    /// @param nanos the middle of before and after the read of the CPU time: nothing else is divided by time
    record Moment(long nanos, Instant at, long cpuNanos) {}

    /// CPU time in nanoseconds.
    abstract long cpu() throws IOException, Gone;

    abstract Reading rest(Moment moment) throws IOException, Gone;

    @Override
    public final Reading read() throws Gone {
        synchronized (files.text()) {
            try {
                long before = nanoTime.getAsLong();
                long cpu = cpu();
                long after = nanoTime.getAsLong();
                return rest(new Moment(before + (after - before) / 2, clock.instant(), cpu));
            } catch (IOException gone) {
                close();
                throw new Gone(gone.toString());
            } catch (Gone gone) {
                close();
                throw gone;
            }
        }
    }

    final void readNetwork() throws IOException, Gone {
        if (networkFile.isPresent()) network.read(networkFile.get().into(files.text()));
    }

    final OptionalLong networkReceived() {
        return networkFile.isPresent() ? OptionalLong.of(network.received()) : OptionalLong.empty();
    }

    final OptionalLong networkSent() {
        return networkFile.isPresent() ? OptionalLong.of(network.sent()) : OptionalLong.empty();
    }

    @Override
    public final void close() {
        files.close();
    }
}
