package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.stats.Probe.Gone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// With the lab's engine, and so with the kernel's own files.
class CgroupSourceIT {
    private final CgroupSource source = new CgroupSource(Path.of("/"), System::nanoTime, new Descriptors(100));
    private final List<String> started = new ArrayList<>();

    @AfterEach
    void cleanUp() {
        started.forEach(id -> docker("rm", "-fv", id));
    }

    private ContainerId run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("run", "-d"));
        command.addAll(List.of(arguments));
        String id = docker(command.toArray(String[]::new)).lines().toList().getLast();
        started.add(id);
        return new ContainerId(id);
    }

    private static int pid(ContainerId id) {
        return Integer.parseInt(docker("inspect", "-f", "{{.State.Pid}}", id.hex()));
    }

    private static String docker(String... arguments) {
        String engine = Objects.requireNonNull(
                System.getenv("BERTH_LAB_ENGINE"), "no lab: run ./test, or lab/up and export what it prints");
        List<String> command = new ArrayList<>(List.of("docker", "-H", engine));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0)
                throw new IllegalStateException(command + ": " + text);
            return text.strip();
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static String file(String controller, ContainerId id, String name) {
        try {
            String group = Objects.requireNonNull(System.getenv("BERTH_LAB_CGROUP"));
            return Files.readString(Path.of("/sys/fs/cgroup", controller + group, id.hex(), name))
                    .strip();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static OptionalLong number(String controller, ContainerId id, String name) {
        return OptionalLong.of(Long.parseLong(file(controller, id, name)));
    }

    private static OptionalLong word(String text, String key) {
        return OptionalLong.of(text.lines()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.substring(key.length()).strip()))
                .sum());
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void aReadingEqualsTheFilesOfTheKernel() throws Gone {
        ContainerId id = run("busybox", "sleep", "1000");
        try (Probe probe = source.open(id, pid(id)).orElseThrow()) {
            Reading reading = probe.read();
            assertEquals(number("cpuacct", id, "cpuacct.usage"), OptionalLong.of(reading.cpuNanos()));
            assertEquals(number("memory", id, "memory.usage_in_bytes"), reading.memoryUsage());
            assertEquals(number("memory", id, "memory.max_usage_in_bytes"), reading.memoryMaximum());
            assertEquals(word(file("memory", id, "memory.stat"), "total_inactive_file "), reading.inactiveFile());
            assertEquals(number("pids", id, "pids.current"), reading.pids());
            assertEquals(word(file("cpu", id, "cpu.stat"), "nr_throttled "), reading.throttledPeriods());
            // Several devices each have such a line; the probe adds them up.
            String blocks = file("blkio", id, "blkio.throttle.io_service_bytes_recursive")
                    .replaceAll("(?m)^\\d+:\\d+ ", "");
            assertEquals(word(blocks, "Read "), reading.blockRead());
            assertEquals(word(blocks, "Write "), reading.blockWritten());
            String net = docker("exec", id.hex(), "cat", "/sys/class/net/eth0/statistics/rx_bytes");
            long now = probe.read().networkReceived().orElseThrow();
            assertTrue(now >= reading.networkReceived().orElseThrow() && now >= Long.parseLong(net), net);
        }
    }

    /// On a busy machine the loop may get less than its limit: then once more.
    @Test
    void aLoopUsesWhatItsLimitAllows() throws Exception {
        ContainerId id =
                run("--cpu-period", "20000", "--cpu-quota", "4000", "busybox", "sh", "-c", "while :; do :; done");
        try (Probe probe = source.open(id, pid(id)).orElseThrow()) {
            double percent = 0;
            for (int attempt = 0; attempt < 10 && percent < 18; attempt++) {
                Reading first = probe.read();
                assertEquals(0, new ProcessBuilder("sleep", "2").start().waitFor());
                Reading last = probe.read();
                percent = 100.0 * (last.cpuNanos() - first.cpuNanos()) / (last.nanos() - first.nanos());
                assertTrue(percent <= 22, "more than the limit: " + percent);
            }
            assertEquals(20, percent, 2);
            assertTrue(probe.read().throttledPeriods().orElseThrow() > 0);
        }
    }

    @Test
    void aRestartIsTheEndOfTheProbeAndANewOneIsFound() throws Gone {
        ContainerId id = run("busybox", "sleep", "1000");
        Probe old = source.open(id, pid(id)).orElseThrow();
        int before = pid(id);
        docker("restart", "-t", "0", id.hex());
        assertThrows(Gone.class, old::read);
        assertEquals(Optional.empty(), source.open(id, before));
        try (Probe young = source.open(id, pid(id)).orElseThrow()) {
            assertTrue(young.read().memoryUsage().orElseThrow() > 0);
        }
        assertEquals(0, CgroupTree.openFiles("/sys/fs/cgroup/"));
    }

    @Test
    void openingAndClosingLeavesNoDescriptor() throws Exception {
        ContainerId id = run("busybox", "sleep", "1000");
        int pid = pid(id);
        source.open(id, pid).orElseThrow().close();
        long before = descriptors();
        for (int i = 0; i < 300; i++) {
            source.open(id, pid).orElseThrow().close();
            assertEquals(Optional.empty(), source.open(new ContainerId("0".repeat(64)), pid));
        }
        assertEquals(0, CgroupTree.openFiles("/sys/fs/cgroup/"));
        assertTrue(descriptors() <= before + 2, "descriptors were left");
    }

    @Test
    void aProcessOfTheHostIsNotTheContainers() {
        ContainerId id = run("busybox", "sleep", "1000");
        assertEquals(
                Optional.empty(), source.open(id, (int) ProcessHandle.current().pid()));
        assertEquals(Optional.empty(), source.open(id, 1));
    }
}
