package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The newer fields of a create, held against what the engine shows, and the wait for health.
class CreateFieldsIT extends OnTheLab {

    private static Json created(String more) {
        Http.Reply reply = berth.http().post("/container", body(more));
        assertEquals(201, reply.status(), reply::text);
        return reply.json();
    }

    private static String body(String more) {
        return "{\"image_name\": \"busybox\", \"command\": [\"sleep\", \"600\"], \"stop_timeout\": 0, " + more + "}";
    }

    private static String inspect(String format, Json container) {
        return LAB.docker("inspect", "-f", format, container.get("id").textOrEmpty());
    }

    @Test
    void aHealthCheckReachesTheEngineFieldByField() {
        Json made = created("\"start\": false, \"healthcheck\": {\"test\": [\"test\", \"-e\", \"/ok\"],"
                + " \"interval\": 1.5, \"timeout\": \"2s\", \"retries\": 4, \"start_period\": \"1m\"}");
        assertEquals(
                "{\"Test\":[\"CMD\",\"test\",\"-e\",\"/ok\"],\"Interval\":1500000000,\"Timeout\":2000000000,"
                        + "\"StartPeriod\":60000000000,\"Retries\":4}",
                inspect("{{json .Config.Healthcheck}}", made));
        Json line = created("\"start\": false, \"healthcheck\": {\"test\": \"true || false\"}");
        assertEquals("[\"CMD-SHELL\",\"true || false\"]", inspect("{{json .Config.Healthcheck.Test}}", line));
        Json off = created("\"start\": false, \"healthcheck\": {\"disable\": true}");
        assertEquals("[\"NONE\"]", inspect("{{json .Config.Healthcheck.Test}}", off));
    }

    @Test
    void pathsInMemoryAndTheKernelsLimitsAreSeenInside() {
        Json made = created("\"name\": \"small\", \"tmpfs\": {\"/mem\": \"1m\", \"/more\": \"size=2m,noexec\"},"
                + " \"ulimits\": {\"nofile\": {\"soft\": 300, \"hard\": 400}, \"core\": 0}");
        assertEquals(
                "{\"/mem\":\"size=1048576\",\"/more\":\"size=2m,noexec\"}",
                inspect("{{json .HostConfig.Tmpfs}}", made));
        assertEquals(
                "[{\"Name\":\"core\",\"Hard\":0,\"Soft\":0},{\"Name\":\"nofile\",\"Hard\":400,\"Soft\":300}]",
                inspect("{{json .HostConfig.Ulimits}}", made));
        // An engine's own runtime may have raised the soft one again.
        assertEquals("400", LAB.docker("exec", "small", "sh", "-c", "ulimit -Hn"));
        String mounts = LAB.docker("exec", "small", "cat", "/proc/mounts");
        assertTrue(mounts.contains(" /mem tmpfs ") && mounts.contains("size=1024k"), mounts);
    }

    @Test
    void logsRotateUnlessSomebodySaysOtherwise() {
        String format = "{{.HostConfig.LogConfig.Type}} {{json .HostConfig.LogConfig.Config}}";
        String rotating = "json-file {\"max-file\":\"3\",\"max-size\":\"10m\"}";
        assertEquals(rotating, inspect(format, created("\"start\": false")));
        assertEquals(rotating, inspect(format, created("\"start\": false, \"log_driver\": \"json-file\"")));
        assertEquals(
                "json-file {\"max-size\":\"1m\"}",
                inspect(format, created("\"start\": false, \"log_options\": {\"max-size\": \"1m\"}")));
        assertEquals("none {}", inspect(format, created("\"start\": false, \"log_driver\": \"none\"")));
        Http.Reply unknown = berth.http().post("/container", body("\"log_driver\": \"nosuch\""));
        assertEquals(422, unknown.status());
        assertTrue(unknown.json().get("engine_message").textOrEmpty().contains("nosuch"), unknown::text);
    }

    @Test
    void whatReachesOutOfAContainerReachesTheEngine() {
        Json made = created("\"start\": false, \"privileged\": true, \"cap_add\": [\"NET_ADMIN\"],"
                + " \"cap_drop\": [\"NET_RAW\"], \"devices\": [\"/dev/null:/dev/nothing:r\"],"
                + " \"volumes\": [\"/usr/share:/x:ro\", \"berth-create:/data\"], \"init\": true");
        assertEquals(
                "true [NET_ADMIN] [NET_RAW] true [/usr/share:/x:ro berth-create:/data]",
                inspect(
                        "{{.HostConfig.Privileged}} {{.HostConfig.CapAdd}} {{.HostConfig.CapDrop}}"
                                + " {{.HostConfig.Init}} {{.HostConfig.Binds}}",
                        made));
        assertEquals(
                "[{\"PathOnHost\":\"/dev/null\",\"PathInContainer\":\"/dev/nothing\",\"CgroupPermissions\":\"r\"}]",
                inspect("{{json .HostConfig.Devices}}", made));
        Http.Reply none = berth.http().post("/container", body("\"devices\": [\"/dev/nosuch\"]"));
        assertEquals(422, none.status(), none::text);
        LAB.removeContainers();
        LAB.docker("volume", "rm", "berth-create");
    }

    private static final String CHECK =
            "\"name\": \"slow\", \"healthcheck\": {\"test\": \"test -e /ok\", \"interval\": 0.2, \"retries\": 2}, ";

    @Test
    void theAnswerComesWhenItIsHealthy() {
        Instant begun = Instant.now();
        Json made = berth.http().post("/container", """
                        {"image_name": "busybox", "command": ["sh", "-c", "sleep 2; touch /ok; sleep 600"],
                         "stop_timeout": 0, "wait_healthy": 30,
                         "healthcheck": {"test": "test -e /ok", "interval": "200ms", "start_period": "10s"}}""").json();
        assertEquals("healthy", made.get("health").textOrEmpty(), made::toString);
        Duration took = Duration.between(begun, Instant.now());
        assertTrue(
                took.compareTo(Duration.ofMillis(1900)) > 0 && took.compareTo(Duration.ofSeconds(20)) < 0,
                () -> "took " + took);
    }

    @Test
    void whatIsNotHealthyInTimeStaysAndIsNamed() {
        Http.Reply late = berth.http().post("/container", body(CHECK + "\"wait_healthy\": 1"));
        assertEquals(504, late.status(), late::text);
        Json stays = berth.http().get("/container/slow").json();
        assertEquals(stays.get("id"), late.json().get("id"));
        assertEquals("running", stays.get("status").textOrEmpty());
    }

    @Test
    void whatEndsMeanwhileIsAnsweredAtOnce() {
        Instant begun = Instant.now();
        Http.Reply ended = berth.http().post("/container", """
                {"image_name": "busybox", "name": "ends", "command": ["sh", "-c", "sleep 1; exit 3"],
                 "healthcheck": {"test": "false"}, "wait_healthy": 120}""");
        assertEquals(409, ended.status(), ended::text);
        assertEquals(3, ended.json().get("exit_code").wholeOr(0));
        assertTrue(Duration.between(begun, Instant.now()).compareTo(Duration.ofSeconds(60)) < 0);
        assertEquals(
                "exited",
                berth.http().get("/container/ends").json().get("status").textOrEmpty());
    }

    @Test
    void withoutAHealthCheckThereIsNothingToWaitFor() {
        Http.Reply refused = berth.http().post("/container", body("\"wait_healthy\": 5"));
        assertEquals(422, refused.status(), refused::text);
        assertEquals(0, LAB.containerCount());
    }

    @Test
    void aClientThatGoesAwayFindsTheContainerUnderItsKey() throws IOException {
        String json = body(CHECK + "\"wait_healthy\": 600");
        URI base = URI.create(berth.http().base());
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            String head = "POST /container HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + berth.http().token() + "\r\nContent-Type: application/json\r\nIdempotency-Key: gone\r\n"
                    + "Content-Length: " + bytes.length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            Awaitility.await()
                    .until(() ->
                            berth.http().get("/container?status=running").text().contains("\"slow\""));
        }
        Http.Reply again = berth.http()
                .send(berth.http()
                        .request("/container")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "gone")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(json)));
        assertEquals(201, again.status(), again::text);
        assertEquals("slow", again.json().get("name").textOrEmpty());
        assertEquals(1, LAB.containerCount());
    }
}
