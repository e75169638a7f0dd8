package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final Subject SUBJECT = new Subject(LAB);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endedWhileTheSuccessorIsJudgedTheNextLifeJudgesItAgain(boolean killed) throws Exception {
        String old = SUBJECT.runs(LAB.registry(), "killed/judged:latest", FIRST);
        Release.publish(LAB, "killed/judged:latest", Map.of(), SECOND);
        Path data = folder.resolve("data");
        var server = serve(data);
        String job = SUBJECT.beginUpdate(server.http());
        SUBJECT.awaitStep(server.http(), job, "gating");
        if (killed) {
            server.kill();
        } else {
            server.process().destroy();
            assertEquals(0, server.exit(), server::text);
        }
        Json end = SUBJECT.ended(serve(data).http(), job);
        assertEquals("succeeded", end.get("state").textOrEmpty(), end::toString);
        assertNotEquals(old, SUBJECT.shown(".Id"));
        SUBJECT.requireAlone();
    }

    @Test
    void aRegistryThatDiesInTheMiddleOfThePullChangesNothing() throws Exception {
        Relay relay = Relay.before(LAB, 1 << 20);
        try {
            String image = "killed/pulled:latest";
            String old = SUBJECT.runs(relay.address(), image, FIRST);
            LargeImage.publish(LAB, image, 20);
            long before = relay.passed();
            Http http = serve(folder.resolve("data")).http();
            String job = SUBJECT.beginUpdate(http);
            Awaitility.await().until(() -> relay.passed() > before + (1 << 20));
            relay.close();
            Json end = SUBJECT.ended(http, job);
            assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
            assertTrue(end.at("items", "subject", "error").text().isPresent(), end::toString);
            assertTrue(end.at("items", "subject", "downtime_seconds").isNull(), end::toString);
            SUBJECT.requireRunning(old);
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
            String old = SUBJECT.runs(LAB.registry(), "killed/full:latest", FIRST);
            Release.publish(LAB, "killed/full:latest", Map.of(), SECOND);
            Http http = serve(disk).http();
            String job = SUBJECT.beginUpdate(http);
            SUBJECT.awaitStep(http, job, "gating");
            Ballast.fill(disk.resolve("filler"));
            Json end = SUBJECT.ended(http, job);
            assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
            assertTrue(end.at("items", "subject", "error").textOrEmpty().contains("journal"), end::toString);
            SUBJECT.requireRunning(old);
        } finally {
            end();
            LAB.run("umount", "-l", disk.toString());
        }
    }
}
