package dev.berth.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.access.Right;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What answers look like: tags and encodings, problems, keys.
class AnswersTest {
    private static final Rendered SMALL = Rendered.of(Json.of("x"));
    private static final Rendered LARGE = Rendered.of(Json.of("x".repeat(2000)));

    private static Answer finished(Rendered body, Map<String, String> headers) {
        return Negotiation.finish(incoming(headers), Answer.state(body));
    }

    private static Router.Incoming incoming(Map<String, String> headers) {
        return new Router.Incoming(
                "GET",
                "/thing",
                "",
                name -> Optional.ofNullable(headers.get(name)),
                () -> new byte[0],
                new Client(),
                "id");
    }

    private static Map<String, String> headers(Answer answer) {
        var headers = new TreeMap<String, String>();
        for (Answer.Header header : answer.headers()) headers.put(header.name(), header.value());
        return headers;
    }

    private static boolean gzips(String acceptEncoding) {
        return Negotiation.gzips(incoming(Map.of("Accept-Encoding", acceptEncoding)), LARGE);
    }

    @Test
    void aStateHasAStrongTagAndMayBeKeptButNotTrusted() {
        Answer answer = finished(SMALL, Map.of());
        assertEquals(200, answer.status());
        assertTrue(headers(answer).getOrDefault("ETag", "").matches("\"[0-9a-f]{24}\""));
        assertEquals("Authorization, Accept-Encoding", headers(answer).get("Vary"));
        assertEquals("private, no-cache", headers(answer).get("Cache-Control"));
    }

    @Test
    void everythingElseIsNotKept() {
        Answer answer = Negotiation.finish(incoming(Map.of()), Answer.json(200, Json.of("x")));
        assertEquals(Map.of("Cache-Control", "no-store"), headers(answer));
    }

    @Test
    void aTagIsThatOfExactlyTheseBytes() {
        assertEquals(
                SMALL.described(false).tag(),
                Rendered.of(Json.of("x")).described(false).tag());
        assertNotEquals(
                SMALL.described(false).tag(),
                Rendered.of(Json.of("y")).described(false).tag());
        assertNotEquals(LARGE.described(false).tag(), LARGE.described(true).tag());
        String plain = headers(finished(LARGE, Map.of())).get("ETag");
        String packed =
                headers(finished(LARGE, Map.of("Accept-Encoding", "gzip"))).get("ETag");
        assertNotEquals(plain, packed);
        assertEquals(
                200,
                finished(LARGE, Map.of("Accept-Encoding", "gzip", "If-None-Match", plain))
                        .status());
    }

    static Stream<String> matching() {
        String tag = SMALL.described(false).tag();
        return Stream.of(
                tag, "W/" + tag, "*", " " + tag + " ", "\"a\", " + tag, tag + ",\"b\"", "\"a\",W/" + tag, "\"\",,*");
    }

    @ParameterizedTest
    @MethodSource("matching")
    void whoHasItAlreadyGets304(String ifNoneMatch) {
        Answer answer = finished(SMALL, Map.of("If-None-Match", ifNoneMatch));
        assertEquals(304, answer.status());
        assertTrue(answer.body().isEmpty());
        assertEquals(SMALL.described(false).tag(), headers(answer).get("ETag"));
        assertEquals("Authorization, Accept-Encoding", headers(answer).get("Vary"));
    }

    static Stream<String> notMatching() {
        String tag = SMALL.described(false).tag();
        return Stream.of(
                "",
                "\"a\"",
                tag.replace("\"", ""),
                "w/" + tag,
                tag + "x",
                "'*'",
                LARGE.described(false).tag(),
                "**");
    }

    @ParameterizedTest
    @MethodSource("notMatching")
    void whoHasSomethingElseGetsTheState(String ifNoneMatch) {
        assertEquals(200, finished(SMALL, Map.of("If-None-Match", ifNoneMatch)).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "x-gzip",
                "deflate, gzip",
                "gzip;q=0.5",
                "gzip; q=1.0",
                "gzip;q=0.001",
                "*",
                "br,*;q=0.1",
                "*;q=0, gzip",
                "identity;q=0, gzip;q=1"
            })
    void gzipIsTakenFromWhoTakesIt(String acceptEncoding) {
        assertTrue(gzips(acceptEncoding));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "br",
                "deflate",
                "gzip;q=0",
                "gzip; q=0.0",
                "gzip;Q=0",
                "gzip ;q=0.000",
                "gzip;\tq=0",
                "*;q=0",
                "gzip;q=0, *",
                "xgzip",
                "gzipped",
                "br;q=1.0, *;q=0"
            })
    void gzipIsNotForcedOnAnybody(String acceptEncoding) {
        assertFalse(gzips(acceptEncoding));
    }

    @Test
    void whatIsSmallIsNotWorthIt() {
        assertFalse(Negotiation.gzips(incoming(Map.of("Accept-Encoding", "gzip")), SMALL));
        assertFalse(Negotiation.gzips(incoming(Map.of()), LARGE));
    }

    @Test
    void compressedBytesUnpackToThePlainOnesAndAreMadeOnce() throws IOException {
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(LARGE.gzip()))) {
            assertArrayEquals(LARGE.plain(), unpacked.readAllBytes());
        }
        assertSame(LARGE.gzip(), LARGE.gzip());
    }

    // Problems.

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Failure.Invalid("field", "is wrong"), 400),
                Arguments.of(new Failure.Forbidden("not-allowed", "no"), 403),
                Arguments.of(new Failure.NotFound("no-such-container", "no"), 404),
                Arguments.of(new Failure.Conflict("name-taken", "no"), 409),
                Arguments.of(new Failure.Rejected("start-refused", "no"), 422),
                Arguments.of(new Failure.Refused("not-enough-memory", "no"), 429),
                Arguments.of(new Failure.EngineNonsense("no", null), 502),
                Arguments.of(new Failure.EngineDown("no", null), 503),
                Arguments.of(new Failure.Cancelled("no"), 503),
                Arguments.of(new Failure.Overdue("exec-timeout", "too late"), 504),
                Arguments.of(new Failure.EngineSlow("no"), 504));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyKindOfFailureHasItsStatusAndItsPage(Failure failure, int status) {
        Answer answer = Problems.of(failure, incoming(Map.of()));
        assertEquals(status, answer.status());
        assertEquals("application/problem+json", answer.contentType());
        assertEquals("no-store", headers(answer).get("Cache-Control"));
        assertEquals(status == 503, headers(answer).containsKey("Retry-After"));
        assertTrue(ProblemKinds.knows(failure.code()), failure.code());
        assertEquals(
                failures().count(), Failure.class.getPermittedSubclasses().length, "a new kind needs its line here");
    }

    @Test
    void aProblemCarriesWhatTheEngineSaidAndWhatDecided() {
        Failure failure = new Failure.Conflict("ambiguous-id", "fits 2")
                .with("candidates", List.of("a", "b"))
                .with("port", 80L)
                .saidByEngine("engine's \"words\"\n");
        String text = new String(
                Problems.of(failure, incoming(Map.of())).body().orElseThrow().plain(), UTF_8);
        assertEquals(
                "{\"candidates\":[\"a\",\"b\"],\"detail\":\"fits 2\",\"engine_message\":\"engine's \\\"words\\\"\\n\","
                        + "\"instance\":\"/thing\",\"port\":80,\"status\":409,\"title\":\"Ambiguous id\","
                        + "\"type\":\"/problem/ambiguous-id\"}\n",
                text);
    }

    @Test
    void everyFaultIsListed() {
        var failure = new Failure.Invalid(List.of(new Fault("a", "x"), new Fault("b[1]", "y")));
        String text = new String(
                Problems.of(failure, incoming(Map.of())).body().orElseThrow().plain(), UTF_8);
        assertTrue(text.contains(
                "\"errors\":[{\"field\":\"a\",\"problem\":\"x\"},{\"field\":\"b[1]\",\"problem\":\"y\"}]"));
    }

    private static final Pattern CODE = Pattern.compile(
            "(?:new Failure\\.\\w+|new HttpRefusal|\\bsuper)\\(\\s*(?:\\d{3},\\s*)?\"([a-z]+(?:-[a-z]+)*)\"\\s*,");

    @Test
    void everyCodeOfTheSourcesHasAPage() throws IOException {
        var codes = new TreeSet<String>();
        for (String source : sources())
            CODE.matcher(source).results().map(it -> it.group(1)).forEach(codes::add);
        codes.removeAll(Set.of("request", "path", "body", "signal", "mode", "soft")); // fields of Failure.Invalid
        assertTrue(codes.size() > 30 && codes.contains("no-such-image"), codes::toString);
        codes.removeIf(ProblemKinds::knows);
        assertEquals(Set.of(), codes);
    }

    @Test
    void everyPageIsAboutACodeOfTheSources() throws IOException {
        var kinds = new HashSet<String>();
        String table = Files.readString(Path.of("src/main/java/dev/berth/web/ProblemKinds.java"));
        Pattern.compile("kind\\(\\s*\"([a-z-]+)\"").matcher(table).results().forEach(it -> kinds.add(it.group(1)));
        String all = String.join("\n", sources());
        kinds.removeIf(kind -> all.contains("\"" + kind + "\""));
        assertEquals(Set.of(), kinds);
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            var texts = new ArrayList<String>();
            for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList())
                if (!file.endsWith("ProblemKinds.java")) texts.add(Files.readString(file));
            return texts;
        }
    }

    @Test
    void everyExampleOfTheDocumentIsAKindOfOurs() throws IOException {
        String document = Files.readString(Path.of("src/main/resources/openapi.yaml"));
        var types = Pattern.compile("title: (.+)\\n +type: /problem/([a-z-]+)\\n")
                .matcher(document)
                .results()
                .toList();
        assertTrue(types.size() >= 12, "examples: " + types.size());
        assertEquals(
                types.size(),
                Pattern.compile("type: /problem/").matcher(document).results().count());
        for (var type : types) assertEquals(ProblemKinds.title(type.group(2)), type.group(1), type.group(2));
    }

    @Test
    void aPageIsEscapedAndAnUnknownOneIsNone() {
        String page = ProblemKinds.page("no-token").orElseThrow();
        assertTrue(page.contains("Bearer &lt;token&gt;") && page.contains("<title>A token is needed</title>"));
        assertEquals(Optional.empty(), ProblemKinds.page("<script>"));
    }

    // Keys of lists.

    @Test
    void shortIdsAreAsLongAsTheyMustBe() {
        assertEquals(
                Map.of("0123456789aa", "0123456789", "f123456789aa", "f123456789"),
                ShortIds.of(List.of("0123456789aa", "f123456789aa"), 10));
    }

    @Test
    void shortIdsThatCollideAreLengthenedUntilTheyDiffer() {
        assertEquals(
                Map.of(
                        "0123456789ab1", "0123456789ab1",
                        "0123456789ab2", "0123456789ab2",
                        "0123456789c00", "0123456789c",
                        "1123456789c00", "1123456789"),
                ShortIds.of(List.of("0123456789ab2", "1123456789c00", "0123456789c00", "0123456789ab1"), 10));
        assertEquals(Map.of(), ShortIds.of(List.of(), 10));
    }

    @Test
    void keysOfManyIdsAreDistinctAndLeadBackToOneIdEach() {
        var ids = new TreeSet<String>();
        for (int i = 0; i < 4000; i++) ids.add("%064x".formatted(i * 7919L % 4096));
        Map<String, String> keys = ShortIds.of(ids, 10);
        assertEquals(ids.size(), new HashSet<>(keys.values()).size());
        keys.forEach((id, key) ->
                assertEquals(1, ids.stream().filter(it -> it.startsWith(key)).count(), id));
    }

    // Small things.

    @Test
    void aTargetMayNameItsHost() {
        assertEquals(new Target("/a", Optional.empty()), Target.of("/a"));
        assertEquals(new Target("/a//b", Optional.of("evil.example:80")), Target.of("HTTP://evil.example:80/a//b"));
        assertEquals(new Target("/", Optional.of("x@h")), Target.of("https://x@h"));
        assertEquals(new Target("/http://x/", Optional.empty()), Target.of("/http://x/"));
        assertEquals(new Target("*", Optional.empty()), Target.of("*"));
    }

    @Test
    void secondsAreWholeAndBounded() {
        assertEquals(0, Query.parse("").await().toSeconds());
        assertEquals(3600, Query.parse("wait=3600").await().toSeconds());
        for (String bad :
                List.of("wait=", "wait=-1", "wait=1.5", "wait=3601", "wait=9999999", "wait=x", "wait=1&wait=1")) {
            Query query = Query.parse(bad);
            assertThrows(Failure.Invalid.class, query::await, bad);
        }
    }

    @Test
    void aListHasNoHoles() {
        assertEquals(List.of("a", "b", "c"), Query.parse("f=a,b&f=c").list("f"));
        assertEquals(List.of(), Query.parse("g=1").list("f"));
        for (String bad : List.of("f=", "f", "f=a,", "f=,a", "f=a,,b")) {
            Query query = Query.parse(bad);
            assertThrows(Failure.Invalid.class, () -> query.list("f"), bad);
        }
    }

    @Test
    void aRouteWithARightIsNotOpen() {
        Route route = Route.get("/x", Right.READ, Set.of(), _ -> Answer.json(200, new ObjBuilder().build()));
        assertTrue(route.right().isPresent() && route.answers("HEAD") && !route.changes());
        assertTrue(route.withoutHead().changes() && !route.withoutHead().answers("HEAD"));
    }
}
