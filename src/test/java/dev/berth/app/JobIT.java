package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of jobs when the server's process ends, or its disk.
@Timeout(300)
class JobIT {
    private static final Lab LAB = Lab.shared();
    private static final String TOKEN = "a-token-for-tests-only";
    private static final String NAME = "job/large:20";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) process.destroyForcibly().waitFor();
    }

    private BerthProcess serve(Path data) throws IOException {
        var server = BerthProcess.start(
                folder, TOKEN, "serve", "--listen", "127.0.0.1:0", "--engine", LAB.engine(), "--data", data.toString());
        started.add(server.process());
        return server;
    }

    private static Http connected(BerthProcess server) {
        Http http = server.http(TOKEN);
        Awaitility.await().until(() -> http.get("/health/ready").status() == 200);
        return http;
    }

    private static String begin(Http http, String image) {
        Http.Reply reply = http.post("/image", "{\"image_name\": \"" + image + "\"}");
        assertEquals(202, reply.status(), reply::text);
        return reply.header("Location");
    }

    private static Json pulled(Http http, String image) {
        Http.Reply reply = http.post("/image?wait=60", "{\"image_name\": \"" + image + "\"}");
        assertEquals(200, reply.status(), reply::text);
        assertEquals("succeeded", reply.json().get("state").textOrEmpty(), reply::text);
        return reply.json();
    }

    private static Json again(Http http, Json job) {
        return http.get("/job/" + job.get("id").textOrEmpty()).json();
    }

    @Test
    void killedInTheMiddleOfAPullItSaysSoAfterwards() throws Exception {
        LargeImage.publish(LAB, NAME, 20);
        try (Relay relay = Relay.before(LAB, 1 << 20)) {
            String image = relay.address() + "/" + NAME;
            var server = serve(folder.resolve("data"));
            Http http = connected(server);
            Json ended = pulled(http, "hello-world");
            String job = begin(http, image);
            try (var curl = new Curl(http, job, "-H", "Accept: text/event-stream")) {
                Awaitility.await()
                        .until(() -> curl.all().stream()
                                        .map(it -> it.get("percent"))
                                        .distinct()
                                        .count()
                                >= 10);
                server.process().destroyForcibly().waitFor();
                curl.awaitEnd();
            }
            Http next = connected(serve(folder.resolve("data")));
            Json cut = next.get(job).json();
            assertEquals("failed", cut.get("state").textOrEmpty(), cut::toString);
            assertEquals("interrupted by a restart", cut.get("detail").textOrEmpty());
            assertEquals(Json.of(false), cut.get("needs_attention"));
            assertEquals("failed", cut.at("items", image, "state").textOrEmpty());
            assertEquals(
                    "interrupted by a restart", cut.at("items", image, "error").textOrEmpty());
            assertTrue(cut.at("items", image, "current_bytes").wholeOr(0) > 0, "its progress was not kept: " + cut);
            assertEquals(ended, again(next, ended));
            assertEquals(2, next.get("/job").json().fields().size());
            try (var curl = new Curl(next, job, "-H", "Accept: text/event-stream")) {
                curl.awaitEnd();
                assertEquals(List.of("job", "end"), curl.names());
                assertEquals(cut, curl.data("job"));
            }
        }
    }

    @Test
    void askedToEndItCancelsWhatRunsAndKeepsWhatHasEnded() throws Exception {
        LargeImage.publish(LAB, NAME, 20);
        try (Relay relay = Relay.before(LAB, 1 << 20)) {
            var server = serve(folder.resolve("data"));
            Http http = connected(server);
            Json ended = pulled(http, "hello-world");
            String job = begin(http, relay.address() + "/" + NAME);
            Awaitility.await().until(() -> relay.passed() > 1 << 20);
            server.process().destroy();
            assertEquals(0, server.exit());
            Http next = connected(serve(folder.resolve("data")));
            assertEquals("cancelled", next.get(job).json().get("state").textOrEmpty());
            assertEquals(ended, again(next, ended));
        }
    }

    @Test
    void aFullDiskStopsNoJobAndLosesNoneThatIsStillThereWhenItHasRoom() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        var mounted = LAB.run("mount", "-t", "tmpfs", "-o", "size=16m", "berth-test", disk.toString());
        assertEquals(0, mounted.code(), mounted::text);
        try {
            var server = serve(disk);
            Http http = connected(server);
            List<Json> jobs = new ArrayList<>(List.of(pulled(http, "hello-world")));
            Path ballast = fill(disk);
            // A few more may fit into pages that are there already.
            for (int i = 0; i < 50; i++) jobs.add(pulled(http, "hello-world"));
            assertEquals(1, warnings(server), server::text);
            Files.delete(ballast);
            jobs.add(pulled(http, "hello-world"));
            assertTrue(server.text().contains("jobs are written to the disk again"), server::text);
            server.process().destroyForcibly().waitFor();
            var second = serve(disk);
            Http next = connected(second);
            for (Json job : jobs) assertEquals(job, again(next, job));
            second.process().destroyForcibly().waitFor();
        } finally {
            end();
            LAB.run("umount", "-l", disk.toString());
        }
    }

    private static long warnings(BerthProcess server) {
        return server.text()
                .lines()
                .filter(it -> it.contains("jobs go on in memory"))
                .count();
    }

    private static Path fill(Path disk) throws IOException {
        Path ballast = disk.resolve("ballast");
        byte[] some = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) out.write(some);
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full::toString);
        }
        return ballast;
    }
}
