package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Prometheus itself reads the figures, and its own judge has nothing to say against them.
@Timeout(300)
class PrometheusIT {
    private static final Lab LAB = Lab.shared();
    private static final Duration SOON = Duration.ofMinutes(1);
    private static Path programs = Path.of("");

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void unpack() {
        Lab.Output unpacked = LAB.run("lab/prometheus", LAB.name());
        assumeTrue(unpacked.code() == 0, "Prometheus cannot be had: " + unpacked.text());
        programs = Path.of(unpacked.text().strip().lines().toList().getLast());
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        LAB.docker(
                "run", "-d", "--name=seen", "-m=32m", "--cpus=0.5", "--label=stage=a\"b\\c", "busybox", "sleep", "600");
    }

    @AfterAll
    static void clean() {
        LAB.removeContainers();
    }

    private static void awaitSampled(Berth berth) {
        Awaitility.await()
                .atMost(SOON)
                .until(() -> berth.http().get("/metrics").text().contains("\ncontainer_cpu_usage_seconds_total{"));
    }

    @Test
    void itsJudgeIsSilent() throws Exception {
        try (var berth = Berth.on(LAB)) {
            awaitSampled(berth);
            Path text = Files.writeString(
                    folder.resolve("metrics"), berth.http().get("/metrics").text());
            Path said = folder.resolve("said");
            Process judge = new ProcessBuilder(programs.resolve("promtool").toString(), "check", "metrics")
                    .redirectInput(text.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            assertEquals(0, judge.waitFor(), () -> read(said));
            assertEquals("", read(said));
        }
    }

    @Test
    void itReadsWhatRuns() throws Exception {
        int port = freePort();
        try (var berth = Berth.on(LAB)) {
            awaitSampled(berth);
            Process prometheus = start(berth, port);
            try {
                Awaitility.await().atMost(SOON).until(() -> query(port, "up").contains("\"1\""));
                String seen = query(port, "container_spec_memory_limit_bytes{name=\"seen\"}");
                assertTrue(seen.contains("\"" + (32 << 20) + "\""), seen);
                assertTrue(
                        query(port, "container_spec_cpu_quota{name=\"seen\"}").contains("\"50000\""));
                assertTrue(query(port, "container_memory_working_set_bytes{image=\"busybox\"} > 0")
                        .contains("/docker/"));
                assertTrue(query(port, "berth_engine_state{state=\"connected\"} == 1")
                        .contains("connected"));
                assertTrue(query(port, "rate(berth_http_requests_total[1m])").contains("success"));
                assertTrue(ask(port, "/api/v1/targets").contains("\"health\":\"up\""));
                assertTrue(query(port, "scrape_samples_scraped > 100").contains("\"value\""));
            } finally {
                prometheus.destroy();
                prometheus.waitFor();
            }
        }
    }

    private Process start(Berth berth, int port) throws IOException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                scrape_configs:
                  - job_name: berth
                    scrape_interval: 1s
                    authorization: { credentials: %s }
                    static_configs: [{ targets: ['%s'] }]
                """.formatted(
                        berth.http().token(), berth.http().base().replace("http://", "")));
        return new ProcessBuilder(List.of(
                        programs.resolve("prometheus").toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String query(int port, String query) {
        return ask(port, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    }

    /// Empty while it does not listen yet.
    private static String ask(int port, String path) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        } catch (IOException notYet) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
