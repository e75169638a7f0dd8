package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad input gets the right status, the field is named, and nothing happens on the engine.
class BadInputIT {
    private static final Lab LAB = Lab.shared();
    private static Berth berth;
    private static int containersBefore;

    @BeforeAll
    static void start() {
        LAB.docker("pull", "-q", "nginx");
        berth = Berth.on(LAB);
        containersBefore = LAB.containerCount();
    }

    @AfterAll
    static void nothingHappenedOnTheEngine() {
        berth.close();
        assertEquals(containersBefore, LAB.containerCount());
    }

    static Stream<Arguments> badFields() {
        return Stream.of(
                fault("image_name", "{}"),
                fault("image_name", "{\"image_name\": 7}"),
                fault("image_name", "{\"image_name\": \"\"}"),
                fault("image_name", "{\"image_name\": \"Upper/Case\"}"),
                fault("image_name", "{\"image_name\": \"a b\"}"),
                with("ports", "[]"),
                with("ports.http", "{\"http\": 80}"),
                with("ports.80/icmp", "{\"80/icmp\": 80}"),
                with("ports.0", "{\"0\": 80}"),
                with("ports.80", "{\"80\": 0}"),
                with("ports.80", "{\"80\": 65536}"),
                with("ports.80", "{\"80\": 80.5}"),
                with("ports.80", "{\"80\": \"8000-8010\"}"),
                with("ports.80", "{\"80\": [\"127.0.0.1\", 80]}"),
                with("ports.80.ip", "{\"80\": {\"ip\": \"localhost\", \"port\": 80}}"),
                with("ports.80.prot", "{\"80\": {\"port\": 80, \"prot\": 1}}"),
                with("mem_limit", "0"),
                with("mem_limit", "-1"),
                with("mem_limit", "1048576"),
                with("mem_limit", "\"5m\""),
                with("mem_limit", "\"1t\""),
                with("mem_limit", "\"lots\""),
                with("mem_limit", "1.5"),
                with("mem_limit", "true"),
                with("mem_limit", "99999999999999999999"),
                with("mem_reservation", "\"1m\""),
                with("cpu_percent_limit", "0"),
                with("cpu_percent_limit", "0.5"),
                with("cpu_percent_limit", "\"50\""),
                with("cpu_percent_limit", "1000000"),
                with("environment", "\"A=1\""),
                with("environment[0]", "[7]"),
                with("environment[0]", "[\"=x\"]"),
                with("environment.A", "{\"A\": 1}"),
                with("device_read_bps", "{}"),
                with("device_read_bps[0].Path", "[{\"Path\": \"/dev/null\", \"Rate\": 1}]"),
                with("device_read_bps[0].Path", "[{\"Path\": \"/etc/passwd\", \"Rate\": 1}]"),
                with("device_write_bps[0].Rate", "[{\"Path\": \"" + LAB.disk() + "\"}]"),
                with("device_write_iops[0].Rate", "[{\"Path\": \"" + LAB.disk() + "\", \"Rate\": 0}]"),
                with("device_read_iops[0].Rate", "[{\"Path\": \"" + LAB.disk() + "\", \"Rate\": \"10mb\"}]"),
                with("name", "\"x\""),
                with("name", "\"a/b\""),
                with("command", "\"sleep 60\""),
                with("command[1]", "[\"sleep\", 60]"),
                with("labels.berth.op", "{\"berth.op\": \"x\"}"),
                with("labels.a", "{\"a\": null}"),
                with("volumes[0]", "[\"./etc:/x\"]"),
                with("volumes[0]", "[\"data:relative\"]"),
                with("networks[0]", "[\"host\"]"),
                with("networks[0]", "[\"container:x\"]"),
                with("restart_policy", "\"sometimes\""),
                with("pids_limit", "0"),
                with("read_only", "\"yes\""),
                with("cap_drop[0]", "[\"no such\"]"),
                with("stop_timeout", "-1"),
                with("pull", "\"maybe\""),
                with("privileged", "\"yes\""),
                with("cap_add[0]", "[\"sys_admin\"]"),
                with("devices[0]", "[\"/etc/passwd\"]"),
                with("imagename", "\"nginx\""));
    }

    private static Arguments with(String field, String value) {
        String name = field.replaceAll("[.\\[].*", "");
        return fault(field, "{\"image_name\": \"nginx\", \"" + name + "\": " + value + "}");
    }

    private static Arguments fault(String field, String body) {
        return Arguments.of(field, body);
    }

    @ParameterizedTest
    @MethodSource("badFields")
    void everyBadFieldIs400AndIsNamed(String field, String body) {
        Http.Reply reply = berth.http().post("/container", body);
        assertEquals(400, reply.status(), reply::text);
        List<String> named = reply.json().get("errors").items().stream()
                .map(it -> it.get("field").textOrEmpty())
                .toList();
        assertTrue(named.contains(field), () -> named + " " + reply.text());
    }

    @Test
    void allFaultsOfABodyAreNamedAtOnce() {
        Http.Reply reply = berth.http()
                .post(
                        "/container",
                        "{\"image_name\": 7, \"mem_limit\": 0, \"colour\": \"red\", \"ports\": {\"x\": 1}, \"name\": \"a\","
                                + " \"name\": \"b\"}");
        List<String> named = reply.json().get("errors").items().stream()
                .map(it -> it.get("field").textOrEmpty())
                .toList();
        assertEquals(400, reply.status());
        assertTrue(named.containsAll(List.of("image_name", "mem_limit", "colour", "ports.x", "name")), named::toString);
    }

    @Test
    void whatIsNoJsonIs400() {
        assertAll(Stream.of(
                        "",
                        "{",
                        "nonsense",
                        "[]",
                        "null",
                        "{\"image_name\": \"nginx\"} x",
                        "{\"image_name\": 'nginx'}",
                        "[".repeat(100_000),
                        "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000),
                        "{\"mem_limit\": 1e999999999}",
                        "{\"mem_limit\": " + "9".repeat(100_000) + "}")
                .map(body -> () ->
                        assertEquals(400, berth.http().post("/container", body).status(), body)));
    }

    @Test
    void aBodyBeyondAMebibyteIs413() {
        String body = "{\"image_name\": \"" + "x".repeat(1 << 20) + "\"}";
        assertEquals(413, berth.http().post("/container", body).status());
    }

    @Test
    void anotherContentTypeIs415() {
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"))
            assertEquals(
                    415,
                    berth.http()
                            .send(berth.http()
                                    .request("/container")
                                    .header("Content-Type", type)
                                    .POST(BodyPublishers.ofString("{\"image_name\": \"nginx\"}")))
                            .status());
        assertEquals(415, berth.http().post("/container").status());
    }

    @Test
    void pathsWithEncodingsLeadNowhereOrAreRefused() {
        assertAll(Stream.of(
                        "/container/%2e%2e%2finfo",
                        "/container/..%2f",
                        "/container/%00",
                        "/container/no%20such",
                        "/container/a/b",
                        "/container/%ff",
                        "/image/..",
                        "/image/%2e%2e/%2e%2e/etc/passwd",
                        "/image/a//b",
                        "/containers",
                        "/container/",
                        "//container")
                .map(path -> () -> {
                    int status = berth.http().get(path).status();
                    assertTrue(status == 404 || status == 400, path + " gave " + status);
                }));
    }

    @Test
    void unknownQueryParametersAndBadValuesAreNamed() {
        assertAll(Stream.of(
                        "/container?stat=running",
                        "/container?status=sleeping",
                        "/container?fields=cpu",
                        "/image?x",
                        "/job/x?wait=soon",
                        "/image/updateall?wait=-1",
                        "/image/updateall?dry_run=perhaps")
                .map(path -> () -> {
                    Http.Reply reply = berth.http().get(path);
                    assertEquals(400, reply.status(), path + " " + reply.text());
                    assertTrue(!reply.json().get("errors").items().isEmpty(), reply::text);
                }));
    }

    @Test
    void imagesWithBadNamesAre400BeforeAnyJob() {
        int jobs = berth.http().get("/job").json().fields().size();
        for (String body : List.of(
                "{}",
                "{\"image_name\": []}",
                "{\"image_name\": [\"nginx\", \"UPPER\"]}",
                "{\"image_name\": [1]}",
                "{\"image_name\": {\"a\": 1}}",
                "{\"image_name\": \"nginx\", \"tag\": \"x\"}"))
            assertEquals(400, berth.http().post("/image", body).status(), body);
        assertEquals(jobs, berth.http().get("/job").json().fields().size());
    }

    @Test
    void withoutTheTokenNothingButHealthAndProblemsAnswers() {
        var stranger = new Http(berth.http().base(), "another-token-altogether");
        for (String path : List.of("/container", "/image", "/image/updateall", "/job", "/info", "/nowhere"))
            assertEquals(401, stranger.get(path).status(), path);
        assertEquals(200, stranger.get("/health/live").status());
        assertEquals(200, stranger.get("/problem/port-taken").status());
    }

    @Test
    void anotherMethodIs405AndNamesTheRightOnes() {
        Http.Reply reply = berth.http().delete("/container");
        assertEquals(405, reply.status());
        assertEquals("GET, HEAD, POST", reply.header("Allow"));
    }
}
