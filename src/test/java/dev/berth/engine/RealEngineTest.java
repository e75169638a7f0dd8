package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.wire.Request;
import dev.berth.engine.wire.Wire;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.ImageRef;
import dev.berth.model.Output;
import dev.berth.model.RestartPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The contract on a real engine, and what only a real one can show.
class RealEngineTest implements EngineContract, AttachmentsContract {
    private static final String LABEL = "berth.test";
    private static final String MINE = RealEngineTest.class.getSimpleName();
    private static final String REGISTRY = lab("BERTH_LAB_REGISTRY");
    private static final EngineSettings SETTINGS = EngineSettings.read(
                    Optional.of(lab("BERTH_LAB_ENGINE")), Map.of(), _ -> true, new Faults())
            .orElseThrow();
    private static final DockerEngine ENGINE = DockerEngine.at(SETTINGS, new EngineTimes(System::nanoTime));

    private static String lab(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty())
            throw new IllegalStateException(name + " is not set: these tests need the lab's engine; run ./test");
        return value;
    }

    @BeforeAll
    static void theImageIsThere() {
        try (EngineStream<PullStep> pull = ENGINE.images().pull(ImageRef.parse("busybox"), RegistryAuth.NONE)) {
            while (pull.next().isPresent()) {
                // to the end
            }
        }
    }

    @AfterEach
    void removeWhatATestMade() {
        for (EngineContainers.Listed listed : ENGINE.containers().list())
            ENGINE.containers()
                    .inspect(listed.id())
                    .filter(it -> MINE.equals(it.labels().get(LABEL)))
                    .ifPresent(it -> ENGINE.containers().remove(it.id(), true, true));
    }

    @AfterAll
    static void closeTheConnections() {
        ENGINE.close();
    }

    @Override
    public Engine engine() {
        return ENGINE;
    }

    @Override
    public SpecDraft sleeper() {
        return SpecDraft.of("busybox").running("sleep", "600").label(LABEL, MINE);
    }

    @Override
    public String pullable() {
        return REGISTRY + "/library/hello-world:latest";
    }

    @Override
    public String unknownToTheRegistry() {
        return REGISTRY + "/library/nosuch:1";
    }

    /// Files in memory, without swap: nothing can be reclaimed.
    @Override
    public ContainerId using40MiB() {
        ContainerId id = running(sleeper()
                .memory("128m")
                .running("sh", "-c", "dd if=/dev/zero of=/dev/shm/x bs=1M count=40 && exec sleep 600"));
        try (EngineStream<StatsRecord> stats = ENGINE.containers().stats(id)) {
            while (stats.next().orElseThrow().memoryUsage().orElse(0) < 40L << 20) {
                // not yet
            }
        }
        return id;
    }

    @Override
    public ContainerId wrote(List<Said> said) {
        StringBuilder script = new StringBuilder();
        for (Said one : said)
            script.append("echo '").append(one.text()).append(one.output() == Output.STDERR ? "' >&2;" : "';");
        ContainerId id = running(sleeper().environment("DB_PASSWORD=geheim").running("sh", "-c", script.toString()));
        Awaitility.await().until(() -> !inspect(id).status().alive());
        return id;
    }

    @Test
    void everyLimitReachesTheEngine() {
        ContainerId id = ENGINE.containers()
                .create(sleeper()
                        .memory("64m")
                        .cpus(Cpus.of(1))
                        .restarting("on-failure:3")
                        .readOnly()
                        .volume("berth-contract:/data:ro")
                        .environment("A=b")
                        .spec());
        ENGINE.containers().start(id);
        Container it = ENGINE.containers().inspect(id).orElseThrow();
        assertEquals(64L << 20, it.memoryLimit().orElseThrow().bytes());
        assertEquals(Cpus.of(1), it.cpuLimit().orElseThrow());
        assertEquals(RestartPolicy.parse("on-failure:3"), it.restartPolicy());
        assertEquals("/data", it.mounts().getFirst().destination());
        assertTrue(it.mounts().getFirst().readOnly());
    }

    @Test
    void aSecondNetworkThatIsRefusedLeavesNoContainer() {
        int before = ENGINE.containers().list().size();
        Failure refused = assertThrows(
                Failure.Rejected.class,
                () -> ENGINE.containers()
                        .create(sleeper().network("bridge").network("host").spec()));
        assertEquals("create-refused", refused.code());
        assertEquals(before, ENGINE.containers().list().size());
    }

    @Test
    void aSecondNetworkThatDoesNotExistIsNamedAtTheLatestAtTheStart() {
        Failure missing = assertThrows(Failure.class, () -> {
            ContainerId id = ENGINE.containers()
                    .create(sleeper().network("bridge").network("berth-nosuch").spec());
            ENGINE.containers().start(id);
        });
        assertEquals("network-not-found", missing.code());
    }

    @Test
    void aFirstNetworkThatDoesNotExistIsNamed() {
        Failure missing = assertThrows(Failure.class, () -> {
            ContainerId id =
                    ENGINE.containers().create(sleeper().network("berth-nosuch").spec());
            ENGINE.containers().start(id);
        });
        assertEquals("network-not-found", missing.code());
        assertEquals("berth-nosuch", missing.figures().get("network"));
    }

    @Test
    void statisticsAreMeasuredAndEndWithTheContainer() {
        ContainerId id = ENGINE.containers().create(sleeper().memory("64m").spec());
        ENGINE.containers().start(id);
        try (EngineStream<StatsRecord> stats = ENGINE.containers().stats(id)) {
            StatsRecord first = stats.next().orElseThrow();
            assertTrue(first.cpuBefore().isEmpty());
            StatsRecord second = stats.next().orElseThrow();
            assertTrue(second.read().isAfter(first.read()));
            assertTrue(second.cpuBefore().orElseThrow().host().isPresent());
            assertTrue(second.memoryUsage().orElseThrow() > 0);
            assertTrue(second.pids().orElseThrow() > 0);
            assertTrue(second.cpu().cpus() > 0);
            ENGINE.containers().stop(id, OptionalInt.of(0));
            int after = 0;
            while (stats.next().isPresent()) assertTrue(after++ < 3, "a stopped container was measured");
        }
    }

    @Test
    void statisticsOfNobodyAreRefused() {
        try (EngineStream<StatsRecord> stats = ENGINE.containers().stats(NOBODY)) {
            assertEquals(
                    "no-such-container",
                    assertThrows(Failure.NotFound.class, stats::next).code());
        }
    }

    @Test
    void healthIsAnEventAndExecIsNot() throws Exception {
        // The filter is a list of what is wanted; that health_status makes it match by prefix is the engine's doing.
        Instant since = ENGINE.connect().clock();
        Json body = new ObjBuilder()
                .put("Image", "busybox")
                .put("Cmd", List.of("sleep", "600"))
                .put("Labels", Json.of(Map.of(LABEL, MINE)))
                .put(
                        "Healthcheck",
                        new ObjBuilder()
                                .put("Test", List.of("CMD", "true"))
                                .put("Interval", 100_000_000L)
                                .build())
                .build();
        ContainerId id;
        try (var wire = new Wire(SETTINGS.address(), Optional.empty(), true)) {
            Request create = Request.post("/containers/create", "create").body(body);
            id = new ContainerId(wire.call(create).json().get("Id").textOrEmpty());
        }
        List<String> seen = new ArrayList<>();
        try (EngineStream<EngineEvent> events = ENGINE.events(since)) {
            ENGINE.containers().start(id);
            while (!seen.contains("health_status: healthy")) {
                EngineEvent event = events.next().orElseThrow();
                if (!event.id().equals(id.hex())) continue;
                seen.add(event.action());
                assertEquals(MINE, event.attributes().get(LABEL));
                assertTrue(event.timeNanos() > 0);
            }
        }
        assertEquals(List.of("create", "start", "health_status: healthy"), seen);
        assertEquals(
                "healthy",
                ENGINE.containers().inspect(id).orElseThrow().health().orElseThrow());
    }

    @Test
    void aRegistryThatIsNotThereIsToldApart() {
        ImageRef nowhere = ImageRef.parse("127.0.0.1:9/x:1");
        Failure pulled = assertThrows(Failure.Rejected.class, () -> {
            try (EngineStream<PullStep> pull = ENGINE.images().pull(nowhere, RegistryAuth.NONE)) {
                pull.next();
            }
        });
        assertEquals("registry-unreachable", pulled.code());
        Failure asked =
                assertThrows(Failure.Rejected.class, () -> ENGINE.images().remoteDigest(nowhere, RegistryAuth.NONE));
        assertEquals("registry-unreachable", asked.code());
        assertEquals("the registry 127.0.0.1:9 is not reachable: connection refused", asked.detail());
        assertTrue(asked.engineMessage().orElseThrow().contains("refused"));
    }

    @Test
    void itTellsWhatItWasToldAboutRegistries() {
        RegistryConfig config = ENGINE.images().registryConfig();
        assertTrue(config.mirrors().stream().anyMatch(it -> it.contains(REGISTRY)), config::toString);
        assertTrue(config.insecureNetworks().contains("127.0.0.0/8"), config::toString);
        assertTrue(config.secure().getOrDefault("docker.io", false), config::toString);
    }

    @Test
    void aLimitBelowTheEnginesFloorIsRefusedWithItsWords() {
        Failure refused = assertThrows(
                Failure.Rejected.class,
                () -> ENGINE.containers().create(sleeper().memory("1m").spec()));
        assertEquals("create-refused", refused.code());
        assertTrue(refused.engineMessage().orElseThrow().contains("6MB"));
    }
}
