package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/// A host's `/proc` and `/sys/fs/cgroup` in a folder, as far as a container of it needs them.
record CgroupTree(Path root) {
    static final ContainerId ID = new ContainerId("2758d1d98ec424ec030af8f2b00709ed6894a630ca61dd4094f1afc7fbbb6a2e");
    static final int PID = 314;

    void write(String path, String text) {
        Path file = root.resolve(path);
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What was there before.
    String replace(String path, String text) {
        try {
            String before = Files.readString(root.resolve(path));
            write(path, text);
            return before;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String path) {
        try {
            Files.delete(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A process whose name is as awkward as it may be.
    void process(String startTicks, String cgroup) {
        stat(startTicks);
        write("proc/" + PID + "/cgroup", cgroup);
        write("proc/" + PID + "/net/dev", recorded("net-dev"));
    }

    void stat(String startTicks) {
        write(
                "proc/" + PID + "/stat",
                PID + " (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 " + startTicks + " 20 21 22\n");
    }

    void mounts(String... lines) {
        write(
                "proc/self/mountinfo",
                "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw\n" + String.join("\n", lines) + "\n");
    }

    /// One mount for each controller, and processor time together with its limits if so wished.
    void mountsOfV1(boolean together) {
        String processor = together ? "cpu,cpuacct" : "cpuacct";
        mounts(
                mountOfV1("memory"),
                mountOfV1(processor),
                together ? "" : mountOfV1("cpu"),
                mountOfV1("pids"),
                mountOfV1("blkio"),
                "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw");
    }

    static String mountOfV1(String controllers) {
        return "35 31 0:32 / /sys/fs/cgroup/" + controllers + " rw shared:9 - cgroup cgroup rw," + controllers;
    }

    static String linesOfV1(String path, boolean together) {
        return "9:name=systemd:PATH\n8:pids:PATH\n7:blkio:PATH\n4:memory:PATH\nCPU:PATH\n0::PATH\n"
                .replace("CPU", together ? "2:cpu,cpuacct" : "2:cpuacct:PATH\n1:cpu")
                .replace("PATH", path);
    }

    void filesOfV1(String path, boolean together) {
        String processor = together ? "cpu,cpuacct" : "cpuacct";
        write("sys/fs/cgroup/" + processor + path + "/cpuacct.usage", "25281092\n");
        write(
                "sys/fs/cgroup/" + (together ? processor : "cpu") + path + "/cpu.stat",
                "nr_periods 16\nnr_throttled 6\nthrottled_time 474018\n");
        write("sys/fs/cgroup/memory" + path + "/memory.usage_in_bytes", "1646592\n");
        write("sys/fs/cgroup/memory" + path + "/memory.max_usage_in_bytes", "4349952\n");
        write(
                "sys/fs/cgroup/memory" + path + "/memory.stat",
                "cache 1\ninactive_file 5\ntotal_inactive_anon 7\ntotal_inactive_file 1093632\ntotal_unevictable 0\n");
        write("sys/fs/cgroup/pids" + path + "/pids.current", "3\n");
        write(
                "sys/fs/cgroup/blkio" + path + "/blkio.throttle.io_service_bytes_recursive",
                "254:0 Read 100\n254:0 Write 20\n254:0 Sync 9\n254:0 Total 120\n8:0 Read 3\n8:0 Write 4\nTotal 127\n");
    }

    void mountOfV2() {
        mounts("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot");
    }

    void filesOfV2(String path) {
        for (String name :
                new String[] {"cpu.stat", "memory.current", "memory.peak", "memory.stat", "pids.current", "io.stat"})
            write("sys/fs/cgroup" + path + "/" + name, recorded(name));
    }

    static String recorded(String name) {
        try (InputStream file = CgroupTree.class.getResourceAsStream("cgroup-v2/" + name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How many descriptors of ours lead into the tree.
    long openFiles() {
        return openFiles(root.toString());
    }

    static long openFiles(String below) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(it -> leadsBelow(it, below)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean leadsBelow(Path descriptor, String below) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(below);
        } catch (IOException closedSince) {
            return false;
        }
    }
}
