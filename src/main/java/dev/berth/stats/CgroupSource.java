package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Finds the control groups of containers that run on this host.
///
/// All probes share one buffer, and take turns with it: meant for one thread that reads them one after the other.
final class CgroupSource {
    private final Path root;
    private final LongSupplier nanoTime;
    private final Descriptors descriptors;
    private final ProcText text = new ProcText();
    private volatile Optional<CgroupMounts> known = Optional.empty();

    /// @param root `/`, below which `proc` and all that is mounted are looked for
    CgroupSource(Path root, LongSupplier nanoTime, Descriptors descriptors) {
        this.root = root;
        this.descriptors = descriptors;
        this.nanoTime = nanoTime;
    }

    /// A probe that has been tried, or none if these files are not ours to read: the engine is on another host or in
    /// another pid namespace, the container has ended, or a controller is not there.
    ///
    /// @param pid of the container's first process, as the engine says
    Optional<Probe> open(ContainerId id, int pid) {
        if (pid <= 0) return Optional.empty();
        Path process = root.resolve("proc").resolve(Integer.toString(pid));
        try {
            ProcStart start = ProcStart.of(process);
            CgroupPaths paths = CgroupPaths.parse(read(process.resolve("cgroup")), id);
            if (paths.isEmpty()) return Optional.empty();
            Optional<CgroupMounts> mounts = known;
            if (mounts.isPresent()) {
                try {
                    return Optional.of(open(paths, mounts.get(), process, start));
                } catch (NoSuchFileException perhapsMountedSince) {
                    // Once more below, by what is mounted now.
                }
            }
            CgroupMounts now = CgroupMounts.parse(root, read(root.resolve("proc/self/mountinfo")));
            known = Optional.of(now);
            return Optional.of(open(paths, now, process, start));
        } catch (IOException | InvalidPathException | Probe.Gone notOurs) {
            return Optional.empty();
        }
    }

    private Probe open(CgroupPaths paths, CgroupMounts mounts, Path process, ProcStart start)
            throws IOException, Probe.Gone {
        ProcFiles files = new ProcFiles(text, descriptors);
        boolean tried = false;
        try {
            Probe probe = paths.unified().isPresent()
                    ? new CgroupV2Probe(paths.unified().get(), mounts, process, files, nanoTime)
                    : new CgroupV1Probe(paths, mounts, process, files, nanoTime);
            probe.read();
            // The pid may have been given to another process while we were looking.
            if (!ProcStart.of(process).equals(start)) throw new Probe.Gone("another process");
            tried = true;
            return probe;
        } finally {
            if (!tried) files.close();
        }
    }

    /// Names in it may be in any encoding.
    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
