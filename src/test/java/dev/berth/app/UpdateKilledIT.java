package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An update by a server in a process of its own, when that, its disk or the registry comes to an end.
@Timeout(300)
class UpdateKilledIT {
    private static final Lab LAB = Lab.shared();
    private static final String FIRST = "{\"Cmd\": [" + Release.HEEDFUL + "]}";
    private static final String SECOND = "{\"Cmd\": [" + Release.HEEDFUL + "], \"Env\": [\"V=2\"]}";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final List<BerthProcess> started = new ArrayList<>();

    @BeforeEach
    void clean() {
        LAB.removeContainers();
    }

    @AfterEach
    void end() {
        started.forEach(BerthProcess::close);
        LAB.removeContainers();
    }

    private BerthProcess serve(Path data) throws IOException {
        var server = BerthProcess.start(
                folder,
                BerthProcess.TOKEN,
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--engine",
                LAB.engine(),
                "--data",
                data.toString(),
                "--updates.grace-seconds",
                "4");
        started.add(server);
        Http http = server.http();
        Awaitility.await().until(() -> http.get("/health/ready").status() == 200);
        return server;
    }

    /// @param registry from where the engine gets it
    private static String runs(String registry, String image) {
        Release.publish(LAB, image, Map.of(), FIRST);
        String reference = registry + "/" + image;
        LAB.docker("pull", "-q", reference);
        return LAB.docker("run", "-d", "--name", "subject", "--restart", "always", reference);
    }

    private static String begin(Http http) {
        Http.Reply reply = http.post("/container/subject/update");
        assertEquals(202, reply.status(), reply::text);
        return reply.header("Location");
    }

    private static void awaitStep(Http http, String job, String step) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> http.get(job)
                        .json()
                        .at("items", "subject", "step")
                        .textOrEmpty()
                        .equals(step));
    }

    private static Json ended(Http http, String job) {
        Json end = http.get(job + "?wait=120").json();
        assertFalse(end.get("finished").isNull(), end::toString);
        return end;
    }

    private static String shown(String what) {
        return LAB.docker("inspect", "-f", "{{" + what + "}}", "subject");
    }

    private static void oldRuns(String old) {
        assertEquals(old, shown(".Id"));
        assertEquals("running", shown(".State.Status"));
        assertEquals("always", shown(".HostConfig.RestartPolicy.Name"));
        assertEquals(1, LAB.containerCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endedWhileTheSuccessorIsJudgedTheNextLifeJudgesItAgain(boolean killed) throws Exception {
        String old = runs(LAB.registry(), "killed/judged:latest");
        Release.publish(LAB, "killed/judged:latest", Map.of(), SECOND);
        Path data = folder.resolve("data");
        var server = serve(data);
        String job = begin(server.http());
        awaitStep(server.http(), job, "gating");
        if (killed) {
            server.kill();
        } else {
            server.process().destroy();
            assertEquals(0, server.exit(), server::text);
        }
        Json end = ended(serve(data).http(), job);
        assertEquals("succeeded", end.get("state").textOrEmpty(), end::toString);
        assertNotEquals(old, shown(".Id"));
        assertEquals("running", shown(".State.Status"));
        assertEquals("always", shown(".HostConfig.RestartPolicy.Name"));
        assertEquals(1, LAB.containerCount());
    }

    @Test
    void aRegistryThatDiesInTheMiddleOfThePullChangesNothing() throws Exception {
        Relay relay = Relay.before(LAB, 1 << 20);
        try {
            String image = "killed/pulled:latest";
            String old = runs(relay.address(), image);
            LargeImage.publish(LAB, image, 20);
            long before = relay.passed();
            Http http = serve(folder.resolve("data")).http();
            String job = begin(http);
            Awaitility.await().until(() -> relay.passed() > before + (1 << 20));
            relay.close();
            Json end = ended(http, job);
            assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
            assertTrue(end.at("items", "subject", "error").text().isPresent(), end::toString);
            assertTrue(end.at("items", "subject", "downtime_seconds").isNull(), end::toString);
            oldRuns(old);
        } finally {
            relay.close();
        }
    }

    @Test
    void aDiskThatFillsUpWhileTheSuccessorIsJudgedSendsItBack() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        var mounted = LAB.run("mount", "-t", "tmpfs", "-o", "size=8m", "berth-test", disk.toString());
        assertEquals(0, mounted.code(), mounted::text);
        try {
            String old = runs(LAB.registry(), "killed/full:latest");
            Release.publish(LAB, "killed/full:latest", Map.of(), SECOND);
            Http http = serve(disk).http();
            String job = begin(http);
            awaitStep(http, job, "gating");
            Ballast.fill(disk.resolve("filler"));
            Json end = ended(http, job);
            assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
            assertTrue(end.at("items", "subject", "error").textOrEmpty().contains("journal"), end::toString);
            oldRuns(old);
        } finally {
            end();
            LAB.run("umount", "-l", disk.toString());
        }
    }
}
