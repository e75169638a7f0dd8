package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server as a process: how it starts, what it says, how it ends.
class ProcessIT {
    private static final Lab LAB = Lab.shared();

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) process.destroyForcibly().waitFor();
    }

    private BerthProcess serve(String token, String... arguments) throws IOException {
        var server = BerthProcess.start(folder, token, arguments);
        started.add(server.process());
        return server;
    }

    private BerthProcess serve(String token) throws IOException {
        return serve(
                token,
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--engine",
                LAB.engine(),
                "--data",
                folder.resolve("data").toString());
    }

    @Test
    void aPresetTokenOpensItAndIsNeverPrinted() throws IOException {
        var server = serve("a-preset-token-of-mine");
        assertEquals(
                200, server.http("a-preset-token-of-mine").get("/container").status());
        assertFalse(server.text().contains("a-preset-token-of-mine"), server::text);
    }

    @Test
    void aTokenIsMadeAndKeptForItsOwnerAlone() throws Exception {
        var server = serve("");
        server.http("unknown-yet");
        Path file = folder.resolve("data/token");
        String token = Files.readString(file).strip();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(200, server.http(token).get("/container").status());
        assertFalse(server.text().contains(token), "what is no terminal does not see the token");
        server.process().destroy();
        assertEquals(0, server.exit());
        assertEquals(200, serve("").http(token).get("/container").status(), "the token outlives the process");
    }

    @Test
    void askedToEndItEndsWithSuccess() throws Exception {
        var server = serve("a-token-for-tests-only");
        server.http("a-token-for-tests-only");
        server.process().destroy();
        assertEquals(0, server.exit(), server::text);
    }

    @Test
    void aSecondOneOnTheSameDataIsRefused() throws Exception {
        serve("a-token-for-tests-only").http("a-token-for-tests-only");
        var second = serve("a-token-for-tests-only");
        assertEquals(1, second.exit());
        assertTrue(second.text().contains("another Berth uses the data folder"), second::text);
    }

    @Test
    void anAddressThatIsTakenIsSaid() throws Exception {
        var first = serve("a-token-for-tests-only");
        String address = first.http("a-token-for-tests-only").base().substring("http://".length());
        var second = serve(
                "a-token-for-tests-only",
                "serve",
                "--listen",
                address,
                "--engine",
                LAB.engine(),
                "--data",
                folder.resolve("other").toString());
        assertEquals(1, second.exit());
        assertTrue(second.text().contains("cannot listen on " + address), second::text);
    }

    @Test
    void allFaultsOfTheSettingsAreSaidAtOnce() throws Exception {
        var server = serve("short", "serve", "--listen", "nowhere:x", "--engine", "ftp://x", "--colour", "red");
        assertEquals(2, server.exit());
        for (String fault : List.of("listen:", "engine:", "--colour:", "BERTH_TOKEN:"))
            assertTrue(server.text().contains(fault), server::text);
    }

    @Test
    void withoutAnEngineItServesAndSaysSo() throws IOException {
        var server = serve(
                "a-token-for-tests-only",
                "serve",
                "--listen=127.0.0.1:0",
                "--engine=unix:///no/such/socket",
                "--data=" + folder.resolve("data"));
        Http http = server.http("a-token-for-tests-only");
        assertEquals(
                "unreachable", http.get("/info").json().at("engine", "state").textOrEmpty());
        assertEquals(503, http.get("/container").status(), "nothing is known yet: an empty list would be a lie");
        assertEquals(503, http.get("/health/ready").status());
    }

    @Test
    void killedAtAnyMomentItLeavesNoHalfMadeContainerBehind() throws IOException {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        String token = "a-token-for-tests-only";
        for (int round = 0; round < 5; round++) {
            var server = serve(token);
            Http http = server.http(token);
            for (int i = 0; i < 4; i++) Thread.ofVirtual().start(() -> createAndIgnoreTheEnd(http));
            int wanted = 1 + round % 3;
            Awaitility.await().until(() -> LAB.containerCount() >= wanted);
            server.process().destroyForcibly();
        }
        serve(token).http(token);
        Awaitility.await()
                .until(() ->
                        LAB.docker("ps", "-aq", "--filter", "status=created").isEmpty());
        LAB.removeContainers();
    }

    /// From before the request is read until after it has been answered.
    @Test
    void killedAtAnyMomentTheSameKeyMakesOneContainerAndTheLedgerIsTheEngine() throws Exception {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        String token = "a-token-for-tests-only";
        var server = serve(token);
        for (int round = 0; round < 10; round++) {
            Http http = server.http(token);
            Awaitility.await().until(() -> http.get("/container").status() == 200);
            String name = "once" + round;
            Thread.ofVirtual().start(() -> ignoringTheEnd(() -> createOnce(http, name)));
            assertFalse(server.process().waitFor(30L * round, TimeUnit.MILLISECONDS));
            server.process().destroyForcibly().waitFor();
            server = serve(token);
            Http next = server.http(token);
            Awaitility.await().until(() -> next.get("/container").status() == 200);
            Http.Reply again = createOnce(next, name);
            assertEquals(201, again.status(), again::text);
            assertEquals(again.json().get("id"), createOnce(next, name).json().get("id"));
            assertEquals(
                    again.json().get("id").textOrEmpty(),
                    LAB.docker("ps", "-q", "--no-trunc", "--filter", "name=" + name));
            long running = LAB.docker("ps", "-q").lines().count();
            assertEquals(running, LAB.containerCount(), "nothing half made stays");
            Awaitility.await()
                    .until(() -> next.get("/info")
                                    .json()
                                    .at("memory", "limits_bytes")
                                    .wholeOr(0)
                            == running * (16L << 20));
            assertEquals(0, next.get("/info").json().at("memory", "held_bytes").wholeOr(-1));
        }
        LAB.removeContainers();
    }

    private static Http.Reply createOnce(Http http, String name) {
        return http.send(http.request("/container")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", name)
                .POST(HttpRequest.BodyPublishers.ofString("{\"image_name\": \"busybox\", \"command\": [\"sleep\","
                        + " \"600\"], \"mem_limit\": \"16m\", \"name\": \"" + name + "\"}")));
    }

    private static void createAndIgnoreTheEnd(Http http) {
        ignoringTheEnd(
                () -> http.post("/container", "{\"image_name\": \"busybox\", \"command\": [\"sleep\", \"600\"]}"));
    }

    /// The server is killed under this request: how it ends is of no interest.
    private static void ignoringTheEnd(Runnable request) {
        try {
            request.run();
        } catch (AssertionError killed) {
            assertTrue(killed.toString().contains("broke"), killed::toString);
        }
    }
}
