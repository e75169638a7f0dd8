package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.engine.DockerEngine;
import dev.berth.engine.EngineSettings;
import dev.berth.engine.EngineTimes;
import dev.berth.engine.StatsRecord;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoublePredicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Statistics from cgroup v2 as a kernel and an engine really show it, in a machine of its own (`lab/vm`).
///
/// It runs where qemu is installed: `apt-get install qemu-system-x86`, then `./test -Dtest=CgroupV2IT`.
class CgroupV2IT {
    private static final String MIB_8 = "dd if=/dev/zero of=/data/x bs=1M count=8 oflag=direct";
    private static final long MIB = 1 << 20;
    private static final Duration LOAD = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 5;
    private static final double POINTS = 5;

    private static Optional<Vm> started = Optional.empty();

    @BeforeAll
    static void start() {
        assumeTrue(Vm.isPossible(), "qemu is not installed");
        started = Optional.of(Vm.start());
    }

    @AfterAll
    static void end() {
        if (Vm.isPossible()) Vm.end();
    }

    @AfterEach
    void noContainerIsLeftAndNoErrorWasLogged() {
        vm().removeContainers();
        assertFalse(vm().log().contains(" SEVERE "), vm().log());
    }

    private static Vm vm() {
        return started.orElseThrow();
    }

    /// Emulation is slow, and slower beside other tests.
    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(500));
    }

    private static double number(Json container, String field) {
        return container.get(field) instanceof Json.Num(var value) ? value.doubleValue() : Double.NaN;
    }

    private static Json awaitShown(ContainerId id, String field, DoublePredicate wanted) {
        return patiently().until(() -> vm().shown(id), it -> wanted.test(number(it, field)));
    }

    private static Json awaitSample(ContainerId id) {
        Json shown = patiently()
                .until(() -> vm().shown(id), it -> !it.get("sample_source").isNull());
        assertEquals("cgroup-v2", shown.get("sample_source").textOrEmpty());
        return shown;
    }

    /// The engine's own reading.
    private static StatsRecord engineSays(ContainerId id) {
        var settings = EngineSettings.read(Optional.of(vm().engine()), Map.of(), _ -> true, new Faults());
        try (var engine = DockerEngine.at(settings.orElseThrow(), new EngineTimes(System::nanoTime));
                var records = engine.containers().stats(id)) {
            return records.next().orElseThrow();
        }
    }

    @Test
    void everyRunningContainerIsSampledFromTheFilesAndInfoSaysSo() {
        awaitSample(vm().run("sleep 1000"));
        awaitSample(vm().run("sleep 1000"));
        Json info = vm().http().get("/info").json();
        assertEquals("cgroup-v2", info.at("stats", "source").textOrEmpty());
        assertEquals(2, info.at("containers", "running").wholeOr(0));
    }

    @Test
    void memoryIsTheEnginesAndItsPeakOutlivesIt() {
        ContainerId id = vm().run("dd if=/dev/zero of=/dev/null bs=32M count=1; sleep 1000");
        awaitShown(id, "mem_max_usage", it -> it >= 32);
        Json shown = awaitShown(id, "mem_usage", it -> it < 8);
        StatsRecord engine = engineSays(id);
        long usage = engine.memoryUsage().orElseThrow();
        assertNear(usage, shown, "mem_usage");
        assertNear(usage - engine.inactiveFile().orElseThrow(), shown, "mem_working_set");
        String peak = vm().docker("exec", id.hex(), "cat", "/sys/fs/cgroup/memory.peak");
        assertEquals(Double.parseDouble(peak), number(shown, "mem_max_usage") * MIB);
        assertTrue(number(shown, "mem_working_set") <= number(shown, "mem_usage"), shown::toString);
    }

    /// Within what the page cache may gain or lose in between.
    private static void assertNear(long bytes, Json shown, String field) {
        assertTrue(Math.abs(bytes - number(shown, field) * MIB) <= MIB, () -> field + " " + bytes + " " + shown);
    }

    /// On a busy machine the loop may get less than its limit: then once more.
    @Test
    void aLoopUsesTheHalfCpuThatItMayUse() {
        ContainerId id = new ContainerId(vm().http()
                .post(
                        "/container",
                        "{\"image_name\": \"busybox\", \"command\": [\"sh\", \"-c\", \"while :; do :; done\"],"
                                + " \"cpu_percent_limit\": 50, \"mem_limit\": \"64m\"}")
                .json()
                .get("id")
                .textOrEmpty());
        double ours = 0;
        for (int attempt = 0; attempt < ATTEMPTS && ours < 50 - POINTS; attempt++) {
            StatsRecord first = engineSays(id);
            ours = mean(samples(id, first.read()));
            StatsRecord last = engineSays(id);
            double used = last.cpu().container() - first.cpu().container();
            double theirs =
                    100 * used / Duration.between(first.read(), last.read()).toNanos();
            assertEquals(theirs, ours, POINTS, "percent of a CPU");
        }
        assertEquals(50, ours, POINTS);
        assertEquals(1, number(vm().shown(id), "pids"));
        assertEquals(64 * MIB, number(vm().shown(id), "mem_limit_bytes"));
    }

    /// Those after a moment, until there is a load's worth of them.
    private static NavigableMap<Instant, Double> samples(ContainerId id, Instant begin) {
        var samples = new TreeMap<Instant, Double>();
        patiently().until(() -> {
            Json shown = vm().shown(id);
            double percent = number(shown, "cpu_percent");
            Optional<Instant> at = shown.get("sampled_at").text().map(Instant::parse);
            at.filter(it -> it.isAfter(begin) && percent > 0).ifPresent(it -> samples.put(it, percent));
            return !samples.isEmpty() && samples.lastKey().isAfter(begin.plus(LOAD));
        });
        return samples;
    }

    private static double mean(NavigableMap<Instant, Double> samples) {
        return samples.values().stream().mapToDouble(it -> it).average().orElseThrow();
    }

    @Test
    void processesBlocksAndNetworkAreCounted() {
        ContainerId id = vm().run(MIB_8 + "; ping -c 3 172.17.0.1; sleep 1000 & sleep 1000 & wait");
        awaitShown(id, "network_tx_bytes", it -> it > 0);
        awaitShown(id, "network_rx_bytes", it -> it > 0);
        awaitShown(id, "block_write_bytes", it -> it >= 8 * MIB);
        awaitShown(id, "pids", it -> it == 3);
        StatsRecord engine = engineSays(id);
        // Neighbours may have asked each other for their addresses since.
        awaitShown(id, "network_rx_bytes", it -> it >= engine.networkReceived().orElseThrow());
        Json shown = awaitShown(
                id, "network_tx_bytes", it -> it >= engine.networkSent().orElseThrow());
        assertEquals(engine.blockWritten(), shown.get("block_write_bytes").whole());
        assertEquals(engine.pids(), shown.get("pids").whole());
    }

    @Test
    void countersStartAnewWithARestart() {
        ContainerId id = vm().run("[ -e /data/x ] || " + MIB_8 + "; sleep 1000");
        Json before = awaitShown(id, "block_write_bytes", it -> it >= 8 * MIB);
        var restart = CompletableFuture.runAsync(() -> vm().docker("restart", "-t", "0", id.hex()));
        while (!restart.isDone()) {
            Http.Reply list = vm().http().get("/container");
            assertEquals(200, list.status());
            Json source = list.json().get(id.shortId()).get("sample_source");
            assertTrue(source.isNull() || source.textOrEmpty().equals("cgroup-v2"), list::text);
        }
        restart.join();
        patiently().until(() -> !vm().shown(id).get("started_at").equals(before.get("started_at")));
        Json after = awaitSample(id);
        assertNotEquals(before.get("started_at"), after.get("started_at"));
        assertTrue(number(after, "block_write_bytes") < 8 * MIB, after::toString);
        awaitShown(id, "cpu_percent", it -> it >= 0 && it <= 200);
    }

    @Test
    void aContainerThatIsGoneLeavesTheList() {
        ContainerId id = vm().run("sleep 1000");
        awaitSample(id);
        vm().docker("rm", "-fv", id.hex());
        patiently().until(() -> vm().http().get("/container").json().fields().isEmpty());
    }
}
