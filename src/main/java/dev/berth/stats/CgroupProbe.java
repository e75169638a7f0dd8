package dev.berth.stats;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Reads one container's control group, and its network's counters. The first failure is the end: all are closed.
///
/// An open network file keeps a dead container's network alive: close the probe when the container ends.
///
/// A container whose CPU time and memory stand still has not run, so nearly all of its other counters stand still as
/// well and are not read again: most containers rest most of the time, and this is most of what a sample costs. The
/// network of one that rests may move without it, as that of a gateway does whose packets the kernel forwards; it is
/// left out only once it has stood still for ten seconds. Whatever the kernel does on its own, such as writing pages
/// back, shows within ten seconds.
abstract sealed class CgroupProbe implements Probe permits CgroupV1Probe, CgroupV2Probe {
    private static final long RESTED_AT_MOST_NANOS = 10_000_000_000L;

    final ProcFiles files;
    private final Path process;
    private final ProcStart start;
    private final Optional<OpenFile> networkFile;
    private final ProcNetwork network = new ProcNetwork();
    private final LongSupplier nanoTime;
    private Counters kept = Counters.NONE;
    private long keptAt;
    private long keptCpu = -1;
    private long keptMemory = -1;
    private long networkMovedAt;

    CgroupProbe(Path process, ProcFiles files, LongSupplier nanoTime) throws IOException {
        this.files = files;
        this.process = process;
        this.start = ProcStart.of(process);
        this.networkFile = files.optional(process.resolve("net/dev"));
        this.nanoTime = nanoTime;
    }

    /// What stands still while the container rests.
    ///
    /// @param memoryMaximum in bytes, as are `inactiveFile`, `blockRead` and `blockWritten`
    record Counters(
            OptionalLong memoryMaximum,
            OptionalLong inactiveFile,
            OptionalLong pids,
            OptionalLong blockRead,
            OptionalLong blockWritten,
            OptionalLong throttledPeriods) {
        static final Counters NONE = new Counters(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    /// CPU time in nanoseconds.
    abstract long cpu() throws IOException, Gone;

    /// Memory usage in bytes.
    abstract long memory() throws IOException, Gone;

    abstract Counters counters() throws IOException, Gone;

    @Override
    public final Reading read() throws Gone {
        synchronized (files.text()) {
            boolean stayOpen = files.stayOpen();
            try {
                long before = nanoTime.getAsLong();
                long cpu = cpu();
                long after = nanoTime.getAsLong();
                // The middle of before and after: nothing but CPU time is divided by time.
                Reading reading = reading(before + (after - before) / 2, cpu, memory());
                if (!stayOpen && !ProcStart.of(process).equals(start)) throw new Gone("another process");
                return reading;
            } catch (IOException gone) {
                close();
                throw new Gone(gone.toString());
            } catch (Gone gone) {
                close();
                throw gone;
            }
        }
    }

    private Reading reading(long nanos, long cpu, long memory) throws IOException, Gone {
        boolean rests = cpu == keptCpu && memory == keptMemory && nanos - keptAt < RESTED_AT_MOST_NANOS;
        if (!rests) {
            kept = counters();
            keptAt = nanos;
            keptCpu = cpu;
            keptMemory = memory;
        }
        boolean still = rests && nanos - networkMovedAt >= RESTED_AT_MOST_NANOS;
        if (networkFile.isPresent() && !still && network.moved(networkFile.get().into(files.text())))
            networkMovedAt = nanos;
        return new Reading(
                nanos,
                source(),
                cpu,
                OptionalLong.of(memory),
                kept.memoryMaximum(),
                kept.inactiveFile(),
                kept.pids(),
                networkFile.isPresent() ? OptionalLong.of(network.received()) : OptionalLong.empty(),
                networkFile.isPresent() ? OptionalLong.of(network.sent()) : OptionalLong.empty(),
                kept.blockRead(),
                kept.blockWritten(),
                kept.throttledPeriods());
    }

    @Override
    public final void close() {
        files.close();
    }
}
