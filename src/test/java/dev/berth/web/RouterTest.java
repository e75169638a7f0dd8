package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.access.Caller;
import dev.berth.access.Right;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// From the request line to a route: who is let in, what fits, and what is said otherwise.
class RouterTest {
    private static final List<Route> ROUTES = List.of(
            Route.get("/image/{id...}", Right.READ, Set.of(), request -> echo("rest", request)),
            Route.delete("/image/{id...}", Right.REMOVE_IMAGE, Set.of(), request -> echo("delete", request)),
            Route.get("/image/updateall", Right.PULL, Set.of("wait"), request -> echo("updateall", request))
                    .withoutHead(),
            Route.post("/image/updateall", Right.PULL, Set.of(), request -> echo("post", request))
                    .withoutBody(),
            Route.get("/thing/{id}", Right.READ, Set.of("a", "flag"), request -> echo("thing", request)),
            Route.post("/thing", Right.CREATE, Set.of(), request -> echo("made", request)),
            Route.get("/broken", Right.READ, Set.of(), _ -> {
                throw new IllegalStateException("a secret of ours");
            }),
            Route.get("/stopping", Right.READ, Set.of(), _ -> {
                throw new InterruptedException();
            }),
            Route.open("/open", _ -> Answer.json(200, Json.Obj.empty())));

    private final Desk desk = new Desk(ROUTES).undocumented();

    private static Answer echo(String route, Request request) {
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("route", route)
                        .put(
                                "id",
                                Optional.ofNullable(request.parameters().get("id"))
                                        .orElse(""))
                        .put("caller", request.caller().name())
                        .put("flag", request.query().flag("flag"))
                        .build());
    }

    @ParameterizedTest
    @CsvSource({
        "/thing/a, thing, a",
        "/thing/a%20b, thing, 'a b'",
        "/thing/a+b, thing, a+b",
        "/thing/%C3%A4, thing, ä",
        "/thing/a%2Fb, thing, a/b",
        "/%74hing/a, thing, a",
        "/thing/a;x=1, thing, a;x=1",
        "/thing/.., thing, ..",
        "/image/nginx, rest, nginx",
        "/image/library/nginx:latest, rest, library/nginx:latest",
        "/image/library%2Fnginx:latest, rest, library/nginx:latest",
        "/image/host:5000/a/b@sha256:0, rest, host:5000/a/b@sha256:0",
        "/image/host:5000%2Fa%2fb, rest, host:5000/a/b",
        "/image/sha256:bc26, rest, sha256:bc26",
        "/image/updateall, updateall, ''",
        "/image/updateall/x, rest, updateall/x",
        "/image/updateall%2Fx, rest, updateall/x",
        "/image/%75pdateall, updateall, ''",
        "/image/../thing/a, rest, ../thing/a"
    })
    void aPathFindsItsRoute(String path, String route, String id) {
        Desk.Reply reply = desk.get(path);
        assertEquals(200, reply.status(), reply::text);
        assertEquals(route, reply.json().get("route").textOrEmpty());
        assertEquals(id, reply.json().get("id").textOrEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/", "//", "/thing/", "//thing/a", "/thing//a", "/thing/a/", "/thing/a/b", "/Thing/a", "/thing%2Fa",
                "/thing;x/a", "/image", "/image/", "/image%2Fupdateall", "*", "thing/a", "", "/open/", "/./open"
            })
    void whatHasAnotherShapeIsNowhere(String path) {
        assertEquals("no-such-path", desk.get(path).problem(), path);
        assertEquals(404, desk.get(path).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/thing/%",
                "/thing/%a",
                "/thing/%zz",
                "/thing/%-1",
                "/thing/%ff",
                "/thing/%c3%28",
                "/thing/%ed%a0%80",
                "/thing/%00",
                "/image/a%2",
                "/thing/ä",
                "/thing/a\u0001",
                "/thing/a\r\nb"
            })
    void aBrokenPathIsTheCallersFault(String path) {
        Desk.Reply reply = desk.get(path);
        assertEquals(400, reply.status());
        assertEquals(List.of("path"), reply.faulty());
    }

    @Test
    void whoHasNoTokenLearnsNothing() {
        desk.without("Authorization");
        for (String path : List.of("/thing/a", "/nowhere", "/thing", "/image/updateall")) {
            Desk.Reply reply = desk.get(path);
            assertEquals(401, reply.status(), path);
            assertEquals("no-token", reply.problem());
            assertEquals(
                    "Bearer realm=\"berth\", Basic realm=\"berth\", charset=\"UTF-8\"",
                    reply.header("WWW-Authenticate"));
        }
        assertEquals(401, desk.ask("PATCH", "/thing/a").status(), "which methods there are is not told either");
        assertEquals(401, desk.ask("DELETE", "/nowhere").status());
    }

    @Test
    void aTokenThatIsNotOursIsSaidToBeUnknown() {
        desk.with("Authorization", "Bearer nonsense");
        assertTrue(desk.get("/thing/a").json().get("detail").textOrEmpty().contains("not known here"));
    }

    @Test
    void whatIsOpenAsksForNoToken() {
        desk.without("Authorization");
        assertEquals(200, desk.get("/open").status());
        assertEquals(200, desk.ask("HEAD", "/open").status());
        assertEquals(405, desk.ask("POST", "/open").status());
        desk.with("Authorization", "Bearer nonsense");
        assertEquals(200, desk.get("/open").status());
    }

    static Stream<Arguments> methods() {
        return Stream.of(
                Arguments.of("POST", "/thing/a", "GET, HEAD"),
                Arguments.of("GET", "/thing", "POST"),
                Arguments.of("HEAD", "/thing", "POST"),
                Arguments.of("HEAD", "/image/updateall", "GET, POST"),
                Arguments.of("DELETE", "/image/updateall", "GET, POST"),
                Arguments.of("PUT", "/image/a", "DELETE, GET, HEAD"),
                Arguments.of("OPTIONS", "/thing/a", "GET, HEAD"),
                Arguments.of("TRACE", "/thing/a", "GET, HEAD"),
                Arguments.of("get", "/thing/a", "GET, HEAD"),
                Arguments.of("CONNECT", "/open", "GET, HEAD"));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void anotherMethodIs405AndTheAnswerNamesThoseThereAre(String method, String path, String allowed) {
        Desk.Reply reply = desk.ask(method, path);
        assertEquals(405, reply.status());
        assertEquals(allowed, reply.header("Allow"));
        assertEquals("method-not-allowed", reply.problem());
    }

    @Test
    void headGoesWhereGetGoes() {
        assertEquals("thing", desk.ask("HEAD", "/thing/a").json().get("route").textOrEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"b=1", "A=1", "a=1&b=2", "%62=1", "b", "a%20=1", "a[]=1", "?a=1"})
    void aQueryParameterThatTheRouteDoesNotHaveIsAFault(String query) {
        Desk.Reply reply = desk.get("/thing/x?" + query);
        assertEquals(400, reply.status());
        assertEquals(1, reply.faulty().size());
    }

    @Test
    void everyUnknownParameterIsNamedAndThoseThatExistToo() {
        Desk.Reply reply = desk.get("/thing/x?z=1&y=2&a=3");
        assertEquals(List.of("y", "z"), reply.faulty());
        assertTrue(reply.text().contains("there are: a, flag"), reply::text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"flag=maybe", "flag=TRUE", "flag=true&flag=true", "flag=%", "flag=%ff", "flag=%00"})
    void aParameterThatIsNoValueIsAFault(String query) {
        assertEquals(400, desk.get("/thing/x?" + query).status());
    }

    @ParameterizedTest
    @CsvSource({
        "flag, true",
        "flag=, true",
        "flag=true, true",
        "flag=1, true",
        "flag=false, false",
        "flag=0, false",
        "'', false",
        "&&, false",
        "%66lag=tr%75e, true"
    })
    void aFlagIsTrueFalseOrJustThere(String query, boolean value) {
        assertEquals(value, desk.get("/thing/x?" + query).json().get("flag").isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "APPLICATION/JSON;charset=UTF-8",
                "application/json;charset=\"utf-8\"",
                " application/json "
            })
    void aBodyIsJson(String type) {
        assertEquals(200, desk.with("Content-Type", type).post("/thing", "{}").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "application/json; charset=latin1",
                "application/json; charset=utf-16",
                "application/jsonp",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "text/plain; application/json",
                "json",
                "application/json, text/plain",
                "application/merge-patch+json"
            })
    void everythingElseIs415(String type) {
        Desk.Reply reply = desk.with("Content-Type", type).post("/thing", "{}");
        assertEquals(415, reply.status());
        assertEquals("unsupported-media-type", reply.problem());
    }

    @Test
    void aFaultOfOursIs500AndTellsNothing() {
        Desk.Reply reply = desk.get("/broken");
        assertEquals(500, reply.status());
        assertEquals("internal", reply.problem());
        assertFalse(reply.text().contains("secret")
                || reply.text().contains("IllegalState")
                || reply.text().contains("\tat "));
        assertTrue(reply.text().contains("the-request"), "the log is found by the request's id");
    }

    @Test
    void aServerThatStopsSaysSo() {
        Desk.Reply reply = desk.get("/stopping");
        assertTrue(Thread.interrupted(), "the interrupt is passed on");
        assertEquals(503, reply.status());
        assertEquals("cancelled", reply.problem());
        assertEquals("2", reply.header("Retry-After"));
    }

    @Test
    void aRightThatTheCallerLacksIs403() {
        var reader = new Caller("reader", Set.of(Right.READ));
        assertFalse(reader.may(Right.REMOVE_IMAGE));
        var failure = new Failure.Forbidden("not-allowed", "no");
        assertEquals(403, Problems.status(failure));
    }

    // The door.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "berth.example", "berth.example:8473", "BERTH.Example:1", "localhost", "localhost:80", "127.0.0.1",
                "127.0.0.1:8473", "192.168.7.1:8473", "[::1]", "[::1]:8473", "[2001:DB8::1]:80", "[::ffff:1.2.3.4]"
            })
    void ourNamesAndEveryAddressAreOurs(String host) {
        assertEquals(200, desk.with("Host", host).get("/open").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":8473",
                "evil.example",
                "evil.example:8473",
                "berth.example.evil.example",
                "evilberth.example",
                "berth.example.",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "127.0.0.1.nip.io:8473",
                "evil@127.0.0.1",
                "127.0.0.1@evil.example",
                "berth.example:80:80",
                "berth.example, evil.example",
                "::1",
                "[::1",
                "[::1].evil.example",
                "[evil]",
                "0x7f.1",
                "127.1",
                "2130706433",
                "berth.example/",
                " localhost"
            })
    void everyOtherNameIsRefusedBeforeAnythingElse(String host) {
        desk.with("Host", host).without("Authorization");
        for (String path : List.of("/open", "/thing/a", "/nowhere")) {
            Desk.Reply reply = desk.get(path);
            assertEquals(421, reply.status(), path);
            assertEquals("host-not-ours", reply.problem());
        }
    }

    @Test
    void noHostIsNoneOfOurs() {
        assertEquals(421, desk.without("Host").get("/open").status());
    }

    @ParameterizedTest
    @CsvSource({
        "berth.example:8473, http://berth.example:8473",
        "berth.example:8473, https://berth.example:8473",
        "berth.example, https://BERTH.example",
        "[::1]:8473, http://[::1]:8473",
        "127.0.0.1:8473, http://127.0.0.1:8473"
    })
    void ourOwnPagesMayAsk(String host, String origin) {
        assertEquals(
                200, desk.with("Host", host).with("Origin", origin).get("/open").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "http://evil.example",
                "http://berth.example",
                "http://berth.example:8474",
                "http://localhost:8473",
                "http://berth.example:8473.evil.example",
                "http://x@berth.example:8473",
                "berth.example:8473",
                "file://",
                "http://",
                "http://berth.example:8473 http://evil.example",
                "%%"
            })
    void pagesOfOthersMayNot(String origin) {
        Desk.Reply reply = desk.with("Origin", origin).get("/open");
        assertEquals(403, reply.status());
        assertEquals("foreign-origin", reply.problem());
    }

    @Test
    void aForeignPageCannotUseAPasswordThatTheBrowserRemembers() {
        for (String site : List.of("cross-site", "same-site", "Cross-Site")) {
            desk.with("Sec-Fetch-Site", site);
            assertEquals(403, desk.get("/image/updateall").status(), "a GET that changes something");
            assertEquals(403, desk.post("/thing", "{}").status());
            assertEquals(200, desk.get("/thing/a").status(), "a link to what only shows is fine");
        }
        for (String site : List.of("same-origin", "none")) {
            desk.with("Sec-Fetch-Site", site);
            assertEquals(200, desk.get("/image/updateall").status());
        }
    }
}
