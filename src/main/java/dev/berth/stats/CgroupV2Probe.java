package dev.berth.stats;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Control groups of the second kind: one hierarchy for all controllers.
final class CgroupV2Probe extends CgroupProbe {
    private static final byte[] USAGE_MICROS = ProcText.word("usage_usec ");
    private static final byte[] THROTTLED = ProcText.word("nr_throttled ");
    private static final byte[] INACTIVE_FILE = ProcText.word("inactive_file ");
    private static final byte[] READ = ProcText.word(" rbytes=");
    private static final byte[] WRITTEN = ProcText.word(" wbytes=");
    private static final long NANOS = 1000;

    private final OpenFile cpu;
    private final OpenFile memory;
    private final Optional<OpenFile> memoryPeak;
    private final Optional<OpenFile> memoryStat;
    private final Optional<OpenFile> pids;
    private final Optional<OpenFile> block;
    private OptionalLong throttled = OptionalLong.empty();

    /// @param files where what it opens is kept, also if it fails half way
    CgroupV2Probe(String path, CgroupMounts mounts, Path process, ProcFiles files, LongSupplier nanoTime)
            throws IOException {
        super(process, files, nanoTime);
        Path folder = mounts.unified(path).orElseThrow(() -> new NoSuchFileException(path));
        cpu = files.required(folder.resolve("cpu.stat"));
        memory = files.required(folder.resolve("memory.current"));
        memoryPeak = files.optional(folder.resolve("memory.peak"));
        memoryStat = files.optional(folder.resolve("memory.stat"));
        pids = files.optional(folder.resolve("pids.current"));
        block = files.optional(folder.resolve("io.stat"));
    }

    @Override
    public Sample.Source source() {
        return Sample.Source.CGROUP_V2;
    }

    @Override
    long cpu() throws IOException, Gone {
        ProcText text = cpu.into(files.text());
        long micros = text.number(USAGE_MICROS);
        if (micros == ProcText.NONE || micros > Long.MAX_VALUE / NANOS) throw new Gone("no CPU time");
        throttled = ProcFiles.some(text.number(THROTTLED));
        return micros * NANOS;
    }

    @Override
    long memory() throws IOException, Gone {
        return files.number(memory);
    }

    @Override
    Counters counters() throws IOException, Gone {
        OptionalLong read = OptionalLong.empty();
        OptionalLong written = OptionalLong.empty();
        if (block.isPresent()) {
            ProcText text = block.get().into(files.text());
            read = OptionalLong.of(text.sum(READ));
            written = OptionalLong.of(text.sum(WRITTEN));
        }
        return new Counters(
                files.number(memoryPeak),
                files.number(memoryStat, INACTIVE_FILE),
                files.number(pids),
                read,
                written,
                throttled);
    }
}
