package dev.berth.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The document's judge lets right answers pass and can say no.
class ApiDocumentJudgeTest {
    private static final ApiDocument OURS = ApiDocument.ours();

    private final Map<String, String> item = Map.of(
            "x-request-id", "r1",
            "Content-Type", "application/json; charset=utf-8",
            "ETag", "\"a1\"",
            "Vary", "Authorization, Accept-Encoding",
            "Cache-Control", "private, no-cache");
    private final ObjectNode container = example("Container");

    @Test
    void acceptsEveryStatusWithTheExampleOfItsSchema() {
        judge("GET", "/container/19719ffb90", 200, item, container);
        judge("GET", "/image", 200, item, example("Images"));
        judge("GET", "/info", 200, item, example("Info"));
        judge("POST", "/container?wait=5", 201, with("Location", "/container/19719ffb90"), container);
        judge("POST", "/image", 202, with("Location", "/job/17"), example("Job"));
        judge("POST", "/image/updateall?dry_run=true", 200, item, example("PullPlan"));
        judge("DELETE", "/image/nginx", 200, item, example("ImageRemoval"));
        judge("DELETE", "/container/einstein", 204, item, "");
        judge("GET", "/job", 304, item, "");
        judge("GET", "/health/ready", 503, item, example("Down"));
        judge("GET", "/problem/not-enough-memory", 200, with("Content-Type", "text/html"), "<p>");
    }

    @Test
    void refusesAMissingAWrongAndAnUnknownField() {
        ObjectNode wrong = container.deepCopy();
        wrong.remove("pids");
        wrong.put("cpu_percent", "12");
        wrong.put("created", "yesterday");
        wrong.put("colour", "red");
        wrong.putNull("name");
        String refusal = refusal("GET", "/container/einstein", 200, item, wrong);
        assertTrue(refusal.startsWith("GET /container/{id} answered 200 against the document:"), refusal);
        for (String field : List.of("'pids'", "/cpu_percent", "/created", "'colour'", "/name")) {
            assertTrue(refusal.contains(field), refusal);
        }
    }

    @Test
    void wantsEveryFieldUnlessTheRequestNamesSome() {
        ObjectNode some = container.deepCopy().retain("name", "status");
        ObjectNode list = some.objectNode().set("19719ffb90", some);
        judge("GET", "/container?status=running&fields=name,status", 200, item, list);
        judge("GET", "/container/einstein?fields=name,status", 200, item, some);
        assertRefused("required property 'image'", "GET", "/container?name=fields", 200, item, list);
        assertRefused("required property 'image'", "GET", "/container/einstein", 200, item, some);
    }

    @Test
    void refusesWhatIsNotDocumented() {
        assertRefused("status is not documented", "GET", "/container", 201, item, container);
        assertRefused(
                "application/xml is not documented",
                "GET",
                "/info",
                200,
                with("Content-Type", "application/xml"),
                "<a/>");
        assertRefused("none is documented", "DELETE", "/container/a", 204, item, "{}");
    }

    @Test
    void refusesAMissingOrAWrongHeader() {
        for (String name : item.keySet()) {
            assertRefused(
                    name.equals("Content-Type") ? "none" : "is missing", "GET", "/container", 200, without(name), "{}");
        }
        assertRefused("header ETag", "GET", "/container", 200, with("ETag", "W/\"a1\""), "{}");
        assertRefused("header Location is missing", "POST", "/container", 201, item, container);
        assertRefused(
                "header Retry-After is 'soon'", "GET", "/image", 503, problem("Retry-After", "soon"), unreachable());
        judge("GET", "/image", 503, problem("Retry-After", "5"), unreachable());
    }

    @Test
    void refusesJsonThatIsNone() {
        assertRefused("cannot be read", "GET", "/container", 200, item, "{\"a\":");
        assertRefused("cannot be read", "GET", "/container", 200, item, "{} {}");
        assertRefused("cannot be read", "GET", "/health/live", 200, item, "{\"status\":\"up\",\"status\":\"up\"}");
        assertRefused("the body is empty", "GET", "/health/live", 200, item, "");
    }

    @Test
    void refusesAProblemThatContradictsItsAnswer() {
        assertRefused("/status", "GET", "/image", 500, problem("Retry-After", "5"), unreachable());
    }

    @Test
    void judgesHeadAsGetWithoutABody() {
        judge("HEAD", "/container", 200, item, "");
        assertRefused("there is a body", "HEAD", "/container", 200, item, "{}");
        assertRefused("ETag is missing", "HEAD", "/container", 200, without("ETag"), "");
        judge("HEAD", "/image/updateall", 405, with("Allow", "GET, POST"), "");
    }

    @Test
    void knowsAnImageByAReferenceWithSlashes() {
        ObjectNode image = (ObjectNode) example("Images").values().iterator().next();
        for (String id :
                List.of("nginx", "sha256:bc26f1ed35", "host:5000/a/b", "host:5000%2Fa%2Fb@sha256:00", "a/b?x=1")) {
            judge("GET", "/image/" + id, 200, item, image);
        }
        assertRefused("POST /image/updateall answered", "POST", "/image/updateall", 200, item, image);
        assertRefused("no operation", "GET", "/container/a/b", 200, item, container);
    }

    @Test
    void letsNothingButARefusalComeFromElsewhere() {
        ObjectNode problem =
                (ObjectNode) OURS.at("/components/responses/NotFound/content/application~1problem+json/example");
        judge("GET", "/nothing/here", 404, problem("Allow", ""), problem);
        judge(
                "PUT",
                "/container",
                405,
                problem("Allow", "GET, POST"),
                problem.deepCopy().put("status", 405));
        assertRefused(
                "Allow is missing",
                "PUT",
                "/container",
                405,
                problem("X", ""),
                problem.deepCopy().put("status", 405));
        assertRefused("GET /nothing, which is no operation", "GET", "/nothing", 200, item, "{}");
        assertRefused("not documented", "GET", "/nothing", 500, problem("X", ""), problem);
        assertRefused(
                "'detail'",
                "GET",
                "/nothing",
                404,
                problem("X", ""),
                problem.deepCopy().without("detail"));
    }

    @Test
    void readsWhatWasCompressed() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(container.toString().getBytes(UTF_8));
        }
        OURS.check("GET", "/container/einstein", 200, headers(with("Content-Encoding", "gzip")), packed.toByteArray());
    }

    private void judge(String method, String path, int status, Map<String, String> headers, Object body) {
        OURS.check(method, path, status, headers(headers), body.toString().getBytes(UTF_8));
    }

    private String refusal(String method, String path, int status, Map<String, String> headers, Object body) {
        return String.valueOf(assertThrows(AssertionError.class, () -> judge(method, path, status, headers, body))
                .getMessage());
    }

    private void assertRefused(
            String words, String method, String path, int status, Map<String, String> headers, Object body) {
        String refusal = refusal(method, path, status, headers, body);
        assertTrue(refusal.contains(words), refusal);
    }

    private Map<String, String> with(String name, String value) {
        var headers = new HashMap<>(item);
        headers.put(name, value);
        return headers;
    }

    private Map<String, String> without(String name) {
        var headers = new HashMap<>(item);
        headers.remove(name);
        return headers;
    }

    private Map<String, String> problem(String name, String value) {
        return Map.of("X-Request-Id", "r1", "Content-Type", "application/problem+json", name, value);
    }

    private JsonNode unreachable() {
        return OURS.at("/components/responses/Unavailable/content/application~1problem+json/example");
    }

    private ObjectNode example(String schema) {
        return (ObjectNode) OURS.at("/components/schemas/" + schema + "/examples/0");
    }

    private Map<String, List<String>> headers(Map<String, String> single) {
        var headers = new HashMap<String, List<String>>();
        single.forEach((name, value) -> headers.put(name, List.of(value)));
        return headers;
    }
}
