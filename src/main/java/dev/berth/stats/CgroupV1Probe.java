package dev.berth.stats;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Control groups of the first kind: one hierarchy for each controller, or for some together.
final class CgroupV1Probe extends CgroupProbe {
    private static final byte[] INACTIVE_FILE = ProcText.word("total_inactive_file ");
    private static final byte[] THROTTLED = ProcText.word("nr_throttled ");
    private static final byte[] READ = ProcText.word(" Read ");
    private static final byte[] WRITE = ProcText.word(" Write ");

    private final OpenFile cpu;
    private final OpenFile memory;
    private final Optional<OpenFile> memoryMaximum;
    private final Optional<OpenFile> memoryStat;
    private final Optional<OpenFile> throttling;
    private final Optional<OpenFile> pids;
    private final Optional<OpenFile> block;

    /// @param files where what it opens is kept, also if it fails half way
    CgroupV1Probe(CgroupPaths paths, CgroupMounts mounts, Path process, ProcFiles files, LongSupplier nanoTime)
            throws IOException {
        super(process, files, nanoTime);
        Path memoryFolder =
                folder(paths, mounts, "memory").orElseThrow(() -> new NoSuchFileException("no memory controller"));
        Path cpuFolder =
                folder(paths, mounts, "cpuacct").orElseThrow(() -> new NoSuchFileException("no cpuacct controller"));
        cpu = files.required(cpuFolder.resolve("cpuacct.usage"));
        memory = files.required(memoryFolder.resolve("memory.usage_in_bytes"));
        memoryMaximum = files.optional(memoryFolder.resolve("memory.max_usage_in_bytes"));
        memoryStat = files.optional(memoryFolder.resolve("memory.stat"));
        throttling = folder(paths, mounts, "cpu").flatMap(it -> files.optional(it.resolve("cpu.stat")));
        pids = folder(paths, mounts, "pids").flatMap(it -> files.optional(it.resolve("pids.current")));
        // Only the recursive file counts groups below the container's; kernels before 4.17 have only the other.
        block = folder(paths, mounts, "blkio")
                .flatMap(it -> files.optional(it.resolve("blkio.throttle.io_service_bytes_recursive"))
                        .or(() -> files.optional(it.resolve("blkio.throttle.io_service_bytes"))));
    }

    private static Optional<Path> folder(CgroupPaths paths, CgroupMounts mounts, String controller) {
        return mounts.folder(
                controller, Optional.ofNullable(paths.byController().get(controller)));
    }

    @Override
    public Sample.Source source() {
        return Sample.Source.CGROUP_V1;
    }

    @Override
    long cpu() throws IOException, Gone {
        return files.number(cpu);
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
            written = OptionalLong.of(text.sum(WRITE));
        }
        return new Counters(
                files.number(memoryMaximum),
                files.number(memoryStat, INACTIVE_FILE),
                files.number(pids),
                read,
                written,
                files.number(throttling, THROTTLED));
    }
}
