package dev.berth.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.access.Secret;
import dev.berth.access.Tokens;
import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.house.ApiDocument;
import dev.berth.metrics.RequestCounts;
import dev.berth.model.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The server on a real socket: what a client of good will, of bad will and of none at all gets to see.
@Timeout(60)
class ServerTest {
    private static final String HOST = "Host: localhost\r\n";
    private static final String TOKEN = "Authorization: Bearer " + Desk.TOKEN + "\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String ALIVE = "GET /health/live HTTP/1.1\r\n" + HOST + "\r\n";

    private final Harbour harbour = new Harbour();
    private final Server server = Desk.server(Routes.all(harbour.rooms(), InstantSource.system(), "quay", "0.0.0"));

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
        harbour.close();
    }

    private RawClient connect() throws IOException {
        return new RawClient(server.port());
    }

    private static String request(String method, String target, String... headers) {
        return method + " " + target + " HTTP/1.1\r\n" + HOST + TOKEN + String.join("", headers) + "\r\n";
    }

    private static String post(String target, String body) {
        return request("POST", target, JSON, "Content-Length: " + body.length() + "\r\n") + body;
    }

    private void isAlive(RawClient client) throws IOException {
        assertEquals(200, client.send(ALIVE).reply("GET", "/health/live").status());
    }

    @Test
    void aConnectionOutlivesEveryOrdinaryError() throws IOException {
        try (RawClient client = connect()) {
            assertEquals(
                    404,
                    client.send(request("GET", "/container/x"))
                            .reply("GET", "/container/x")
                            .status());
            assertEquals(
                    400,
                    client.send(post("/container", "{\"x\":1}"))
                            .reply("POST", "/container")
                            .status());
            assertEquals(
                    400,
                    client.send(post("/container", "{"))
                            .reply("POST", "/container")
                            .status());
            String text = "Content-Type: text/plain\r\nContent-Length: 9\r\n";
            client.send(request("POST", "/container", text) + "GET / HTT");
            assertEquals(415, client.reply("POST", "/container").status());
            client.send("POST /container HTTP/1.1\r\n" + HOST + JSON + "Content-Length: 2\r\n\r\n{}");
            assertEquals(401, client.reply("POST", "/container").status());
            client.send("POST /image HTTP/1.1\r\n" + HOST + JSON
                    + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
            assertEquals(401, client.reply("POST", "/image").status());
            assertEquals(
                    405,
                    client.send(request("PUT", "/container"))
                            .reply("PUT", "/container")
                            .status());
            assertEquals(204, deleted(client));
            isAlive(client);
        }
    }

    private int deleted(RawClient client) throws IOException {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        return client.send(request("DELETE", "/container/web"))
                .reply("DELETE", "/container/web")
                .status();
    }

    @Test
    void requestsMayBePipelined() throws IOException {
        try (RawClient client = connect()) {
            client.send(ALIVE + request("GET", "/nowhere") + ALIVE);
            assertEquals(200, client.reply("GET", "/health/live").status());
            assertEquals(404, client.reply("GET", "/nowhere").status());
            assertEquals(200, client.reply("GET", "/health/live").status());
        }
    }

    @Test
    void aClientThatWantsToCloseIsLeftAlone() throws IOException {
        for (String close : List.of("Connection: close\r\n", "Connection: Keep-Alive, Close\r\n")) {
            try (RawClient client = connect()) {
                client.send(request("GET", "/container", close));
                assertEquals("close", client.reply("GET", "/container").header("Connection"));
                assertTrue(client.ended());
            }
        }
    }

    // Bodies.

    @Test
    void aBodyThatIsAnnouncedTooLargeIs413AndTheConnectionEnds() throws IOException {
        try (RawClient client = connect()) {
            byte[] body = ALIVE.repeat(2_000_000 / ALIVE.length() + 1).getBytes(ISO_8859_1);
            client.send(request("POST", "/container", JSON, "Content-Length: 2000000\r\n"));
            RawClient.Reply reply = client.reply("POST", "/container");
            assertEquals(413, reply.status());
            assertEquals("close", reply.header("Connection"));
            client.send(Arrays.copyOf(body, 2_000_000));
            assertTrue(client.ended(), "what the body holds is never taken for requests");
        }
    }

    @Test
    void aBodyThatBecomesTooLargeIs413AndTheConnectionEnds() throws IOException {
        try (RawClient client = connect()) {
            client.send(request("POST", "/image", JSON, "Transfer-Encoding: chunked\r\n"));
            String chunk = "40000\r\n" + " ".repeat(0x40000) + "\r\n";
            for (int i = 0; i < 8; i++) client.send(chunk);
            client.send("0\r\n\r\n" + ALIVE);
            assertEquals(413, client.reply("POST", "/image").status());
            assertTrue(client.ended());
        }
    }

    @Test
    void aBodyOfExactlyAMebibyteIsRead() throws IOException {
        try (RawClient client = connect()) {
            client.send(post("/container", "{" + " ".repeat((1 << 20) - 2) + "}"));
            assertEquals(400, client.reply("POST", "/container").status());
            isAlive(client);
        }
    }

    @Test
    void whoAsksFirstIsToldBeforeSending() throws IOException {
        try (RawClient client = connect()) {
            client.send(request("POST", "/container", JSON, "Expect: 100-continue\r\n", "Content-Length: 2000000\r\n"));
            assertEquals(413, client.reply("POST", "/container").status());
            assertTrue(client.ended());
        }
    }

    @Test
    void aBodyInChunksIsABody() throws IOException {
        try (RawClient client = connect()) {
            client.send(request("POST", "/container", JSON, "Transfer-Encoding: chunked\r\n"));
            client.send("9\r\n{\"image_n\r\n10\r\name\":\"here\",\"x\":\r\n2\r\n1}\r\n0\r\n\r\n");
            RawClient.Reply reply = client.reply("POST", "/container");
            assertEquals(400, reply.status());
            assertTrue(reply.text().contains("\"field\":\"x\""), reply.text());
        }
    }

    static Stream<String> unclearBodies() {
        return Stream.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
                "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                "Content-Length: 2, 2\r\n\r\n{}",
                "Content-Length: +2\r\n\r\n{}",
                "Content-Length: -2\r\n\r\n{}",
                "Content-Length: 0x2\r\n\r\n{}",
                "Content-Length: 2a\r\n\r\n{}",
                "Content-Length: 99999999999999999999\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("unclearBodies")
    void aBodyWhoseEndIsUnclearIs400AndNothingBehindItIsARequest(String rest) throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /container HTTP/1.1\r\n" + HOST + TOKEN + JSON + rest + ALIVE);
            assertEquals(400, client.reply("POST", "/container").status());
            assertTrue(client.ended());
        }
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aClientThatStopsInTheMiddleOfItsBodyMakesNothing() throws IOException {
        try (RawClient client = connect()) {
            client.send(request("POST", "/container", JSON, "Content-Length: 100\r\n") + "{\"image_name\":\"here\"}");
            client.finish();
            assertEquals(400, client.reply("POST", "/container").status());
            assertTrue(client.ended());
        }
        try (RawClient client = connect()) {
            isAlive(client);
        }
        assertEquals(0, harbour.engine.containerCount());
    }

    // Request lines and hosts.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /container\r\n\r\n",
                "GET\r\n\r\n",
                "GET /container HTTP/1.0\r\nHost: localhost\r\n\r\n",
                "GET /container HTTP/3.7\r\nHost: localhost\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /container HTTP/1.1\nHost: localhost\n\n",
                "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "G{T /container HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /container/\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /container/\"<>{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /container/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /container?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /container HTTP/1.1\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost, evil.example\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: evil@localhost\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nX(: a\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n",
                "GET /container HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n"
            })
    void whatIsNoRequestIsAProblemAndTheEnd(String bytes) throws IOException {
        try (RawClient client = connect()) {
            RawClient.Reply reply = client.send(bytes + ALIVE).reply("GET", "/nowhere");
            assertEquals(400, reply.status());
            assertTrue(reply.text().contains("/problem/invalid-request"), reply.text());
            assertFalse(reply.text().contains("null") || reply.text().contains("Exception"), reply.text());
            assertTrue(client.ended());
        }
    }

    /// RFC 9112, sections 2.2 and 5.2.
    @Test
    void emptyLinesBeforeARequestAndHeadersOfTwoLinesAreRead() throws IOException {
        try (RawClient client = connect()) {
            client.send("\r\n\r\nGET /health/live HTTP/1.1\r\n" + HOST + "X-Request-Id: a\r\n b\r\n\r\n");
            RawClient.Reply reply = client.reply("GET", "/health/live");
            assertEquals(200, reply.status());
            assertNotEquals("a", reply.header("X-Request-Id"), "the id is 'a b', which is not a sane one");
            isAlive(client);
        }
    }

    @Test
    void everyAnswerSaysWhenItWasMade() throws IOException {
        try (RawClient client = connect()) {
            String date = client.send(ALIVE).reply("GET", "/health/live").header("Date");
            var then = java.time.ZonedDateTime.parse(date, java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME);
            assertFalse(then.toInstant().isAfter(InstantSource.system().instant()), date);
        }
    }

    @Test
    void hundredsOfPipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
        try (RawClient client = connect()) {
            var all = new StringBuilder();
            for (int i = 0; i < 500; i++)
                all.append("GET /health/live HTTP/1.1\r\n" + HOST + "X-Request-Id: r" + i + "\r\n\r\n");
            client.send(all.toString());
            client.finish();
            for (int i = 0; i < 500; i++)
                assertEquals("r" + i, client.reply("GET", "/health/live").header("X-Request-Id"));
            assertTrue(client.ended());
        }
    }

    /// More than the sockets' buffers hold, so the server has to wait for the client in the middle.
    @Test
    void aClientThatReadsLateGetsEverythingInItsOrder() throws IOException {
        for (int i = 0; i < 60; i++) harbour.foreign(SpecDraft.of("here").spec());
        int requests = 300;
        try (RawClient client = connect()) {
            var sending = harbour.inBackground(() -> {
                for (int i = 0; i < requests; i++)
                    client.send(request("GET", "/container", "X-Request-Id: r" + i + "\r\n"));
                return true;
            });
            for (int i = 0; i < requests; i++) {
                RawClient.Reply reply = client.reply("GET", "/container");
                assertEquals("r" + i, reply.header("X-Request-Id"));
                assertEquals(200, reply.status());
            }
            assertTrue(sending.isDone());
        }
    }

    @Test
    void aRequestWithoutEndIsCutOff() throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /container/" + "a".repeat(3000) + " HTTP/1.1\r\n" + HOST + TOKEN + "\r\n");
            assertEquals(404, client.reply("GET", "/container/x").status());
            client.send("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n");
            assertEquals(400, client.reply("GET", "/nowhere").status());
        }
        try (RawClient client = connect()) {
            client.send("GET /container HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(40_000) + "\r\n\r\n");
            assertEquals(400, client.reply("GET", "/nowhere").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io"})
    void anotherHostIs421WithOrWithoutAToken(String host) throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /container HTTP/1.1\r\nHost: " + host + "\r\n" + TOKEN + "\r\n");
            assertEquals(421, client.reply("GET", "/container").status());
            client.send("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertEquals(421, client.reply("GET", "/health/live").status());
        }
    }

    @Test
    void aTargetThatNamesItsHostIsTakenAtItsWord() throws IOException {
        try (RawClient client = connect()) {
            client.send("GET http://127.0.0.1:1/container?status=running HTTP/1.1\r\nHost: evil.example\r\n" + TOKEN
                    + "\r\n");
            assertEquals(200, client.reply("GET", "/container?status=running").status());
            client.send("GET http://evil.example/container HTTP/1.1\r\n" + HOST + TOKEN + "\r\n");
            assertEquals(421, client.reply("GET", "/container").status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS *",
                "CONNECT localhost:80",
                "TRACE /nowhere",
                "GET //container",
                "GET /container/",
                "GET /container;x=1",
                "GET /./container",
                "GET /x/../container"
            })
    void whatIsNotThereIsNotThere(String line) throws IOException {
        try (RawClient client = connect()) {
            client.send(line + " HTTP/1.1\r\n" + HOST + TOKEN + "\r\n");
            assertEquals(404, client.reply("GET", "/nowhere").status());
            isAlive(client);
        }
    }

    @Test
    void nothingThatAClientSendsBecomesAHeader() throws IOException {
        for (String path :
                List.of("/container/a%0d%0aX-Evil:%20y", "/image/a%0D%0AX-Evil:%20y", "/job/%0aX-Evil:%20y")) {
            try (RawClient client = connect()) {
                RawClient.Reply reply = client.send(request("GET", path)).reply("GET", path);
                assertEquals(404, reply.status());
                assertFalse(reply.headers().containsKey("X-Evil"));
            }
        }
    }

    @Test
    void bytesThatAreNoAsciiAreRefusedInAPath() throws IOException {
        try (RawClient client = connect()) {
            assertEquals(
                    400,
                    client.send(request("GET", "/container/\u00c3\u00a9"))
                            .reply("GET", "/container/x")
                            .status());
        }
    }

    // Headers of answers.

    @Test
    void aSaneRequestIdComesBackAndAnotherIsReplaced() throws IOException {
        var ids = new HashSet<String>();
        try (RawClient client = connect()) {
            client.send(request("GET", "/info", "X-Request-Id: abc-1._:/+=\r\n"));
            assertEquals("abc-1._:/+=", client.reply("GET", "/info").header("X-Request-Id"));
            for (String insane : List.of("", "a b", "<script>", "ä", "a".repeat(129), "a,b\"")) {
                client.send(request("GET", "/nowhere", "X-Request-Id: " + insane + "\r\n"));
                assertTrue(ids.add(client.reply("GET", "/nowhere").header("X-Request-Id")), insane);
            }
        }
        for (String id : ids) assertTrue(id.matches("[0-9a-z]{16}"), id);
    }

    @Test
    void bothWaysToSendATokenHaveAHeaderOfTheirOwn() throws IOException {
        try (RawClient client = connect()) {
            RawClient.Reply reply =
                    client.send("GET /container HTTP/1.1\r\n" + HOST + "\r\n").reply("GET", "/container");
            assertEquals(401, reply.status());
            assertEquals(
                    List.of("Bearer realm=\"berth\"", "Basic realm=\"berth\", charset=\"UTF-8\""),
                    reply.headers().get("WWW-Authenticate"));
        }
    }

    @Test
    void headHasTheLengthAndNothingElse() throws IOException {
        harbour.foreign(SpecDraft.of("here").spec());
        try (RawClient client = connect()) {
            RawClient.Reply get = client.send(request("GET", "/image/here")).reply("GET", "/image/here");
            RawClient.Reply head = client.send(request("HEAD", "/image/here")).reply("HEAD", "/image/here");
            assertEquals(get.body().length, Integer.parseInt(head.header("Content-Length")));
            assertEquals(get.header("ETag"), head.header("ETag"));
            assertEquals("nosniff", head.header("X-Content-Type-Options"));
            RawClient.Reply missing = client.send(request("HEAD", "/image/x")).reply("HEAD", "/image/x");
            assertEquals(404, missing.status());
            assertNotEquals("0", missing.header("Content-Length"));
            isAlive(client);
        }
    }

    @Test
    void notModifiedHasNoBody() throws IOException {
        try (RawClient client = connect()) {
            String tag =
                    client.send(request("GET", "/image")).reply("GET", "/image").header("ETag");
            client.send(request("GET", "/image", "If-None-Match: " + tag + "\r\n"));
            RawClient.Reply reply = client.reply("GET", "/image");
            assertEquals(304, reply.status());
            assertEquals(tag, reply.header("ETag"));
            isAlive(client);
        }
    }

    @Test
    void whoTakesGzipGetsItUnderATagOfItsOwn() throws IOException {
        for (int i = 0; i < 3; i++) harbour.foreign(SpecDraft.of("here").spec());
        try (RawClient client = connect()) {
            RawClient.Reply plain = client.send(request("GET", "/container")).reply("GET", "/container");
            client.send(request("GET", "/container", "Accept-Encoding: br, gzip\r\n"));
            RawClient.Reply packed = client.reply("GET", "/container");
            assertEquals("gzip", packed.header("Content-Encoding"));
            assertEquals(plain.text(), packed.text());
            assertTrue(packed.body().length < plain.body().length);
            assertNotEquals(plain.header("ETag"), packed.header("ETag"));
        }
    }

    @Test
    void anOrdinaryClientSeesAnOrdinaryServer() throws Exception {
        URI base = URI.create("http://127.0.0.1:" + server.port());
        try (HttpClient client = HttpClient.newHttpClient()) {
            var create = HttpRequest.newBuilder(base.resolve("/container"))
                    .header("Authorization", "Bearer " + Desk.TOKEN)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"image_name\":\"here\",\"name\":\"web\"}"))
                    .build();
            HttpResponse<byte[]> made = client.send(create, HttpResponse.BodyHandlers.ofByteArray());
            ApiDocument.ours()
                    .check(
                            "POST",
                            "/container",
                            made.statusCode(),
                            made.headers().map(),
                            made.body());
            assertEquals(201, made.statusCode());
            for (String method : List.of("GET", "HEAD", "DELETE")) {
                String path = made.headers().firstValue("Location").orElseThrow();
                var next = HttpRequest.newBuilder(base.resolve(path))
                        .header("Authorization", "Bearer " + Desk.TOKEN)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
                HttpResponse<byte[]> reply = client.send(next, HttpResponse.BodyHandlers.ofByteArray());
                ApiDocument.ours()
                        .check(method, path, reply.statusCode(), reply.headers().map(), reply.body());
                assertEquals(method.equals("DELETE") ? 204 : 200, reply.statusCode());
            }
        }
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aClientThatGoesAwayInTheMiddleOfACreateLeavesACompleteContainer() throws IOException {
        Gate start = harbour.engine.hold(Call.START);
        try (RawClient client = connect()) {
            client.send(post("/container", "{\"image_name\":\"here\",\"name\":\"web\"}"));
            start.awaitArrival();
        }
        start.open();
        await().atMost(20, SECONDS)
                .until(() -> harbour.snapshot().containers().values().stream()
                        .anyMatch(it -> it.name().equals("web") && it.status() == Status.RUNNING));
        try (RawClient client = connect()) {
            RawClient.Reply reply =
                    client.send(request("GET", "/container/web")).reply("GET", "/container/web");
            assertEquals(200, reply.status());
        }
    }

    @Test
    void anAddressThatIsTakenIsSaidAtOnce() {
        try (var second = new Server(
                new ServerSettings("127.0.0.1", server.port(), Set.of()),
                List.of(),
                new Tokens(new Secret("x")),
                new RequestCounts(System::nanoTime),
                InstantSource.system(),
                new Random(1))) {
            org.junit.jupiter.api.Assertions.assertThrows(IllegalStateException.class, second::start);
        }
    }
}
