package dev.berth.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.FakeFiles;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.engine.TestTar;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files over HTTP, on an engine in memory that fails when it is told to.
@Timeout(60)
class FileRoutesTest {
    private static final String HEAD = "Host: localhost\r\nAuthorization: Bearer " + Desk.TOKEN + "\r\n";
    private static final String TAR = "application/x-tar";
    private static final String BYTES = "application/octet-stream";
    private static final int LARGE = 20 << 20;

    private final Harbour harbour = new Harbour();
    private final FakeFiles files = harbour.engine.fileStore();
    private final Server server = Desk.server(new FileRoutes(harbour.copies).routes());
    private ContainerId id = new ContainerId("0".repeat(64));

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        server.start();
        id = harbour.foreign(SpecDraft.of("here").named("web").spec());
        files.folder(id, "/data");
        files.put(id, "/data/a.txt", "hello".getBytes(UTF_8));
        files.link(id, "/data/link", "/data/a.txt");
        files.link(id, "/data/there", "/data");
        files.link(id, "/data/nowhere", "/nowhere");
    }

    @AfterEach
    void close() {
        server.close();
        harbour.close();
    }

    private RawClient connect() throws IOException {
        return new RawClient(server.port());
    }

    private static String target(String path) {
        return "/container/web/file?path=" + path;
    }

    private static String get(String method, String path, String accept) {
        return method + " " + target(path) + " HTTP/1.1\r\n" + HEAD
                + (accept.isEmpty() ? "" : "Accept: " + accept + "\r\n") + "\r\n";
    }

    private static String put(String path, String type, String more) {
        return "PUT " + target(path) + " HTTP/1.1\r\n" + HEAD + "Content-Type: " + type + "\r\n" + more + "\r\n";
    }

    private RawClient.Reply bytes(String path, String accept) throws IOException {
        try (RawClient client = connect()) {
            return client.send(get("GET", path, accept)).reply("GET", target(path));
        }
    }

    private byte[] tar(String path, String accept) throws IOException {
        try (RawClient client = connect()) {
            var reply = client.send(get("GET", path, accept)).streaming("GET", target(path));
            assertEquals(200, reply.status());
            assertEquals(TAR, reply.header("Content-Type"));
            return client.chunks();
        }
    }

    private RawClient.Reply sent(String path, String type, String more, byte[] body) throws IOException {
        try (RawClient client = connect()) {
            client.send(put(path, type, "Content-Length: " + body.length + "\r\n" + more))
                    .send(body);
            return client.reply("PUT", target(path));
        }
    }

    private static String problem(RawClient.Reply reply) throws IOException {
        return reply.text().replaceAll("(?s).*/problem/([a-z-]+).*", "$1");
    }

    @ParameterizedTest
    @CsvSource({"'', /data/a.txt", "*/*, /data/a.txt", "application/octet-stream, /data/a.txt", "'', /data/link"})
    void aRegularFileComesAsItsBytesAndLinksAreFollowed(String accept, String path) throws IOException {
        RawClient.Reply reply = bytes(path, accept);
        assertEquals(200, reply.status());
        assertEquals("hello", reply.text());
        assertEquals(BYTES, reply.header("Content-Type"));
        assertEquals("5", reply.header("Content-Length"));
        assertEquals("0644", reply.header("X-Berth-File-Mode"));
        assertEquals("nosniff", reply.header("X-Content-Type-Options"));
        assertEquals(
                "attachment; filename*=UTF-8''" + path.substring(path.lastIndexOf('/') + 1),
                reply.header("Content-Disposition"));
        await().until(() -> files.open() == 0);
    }

    @Test
    void aFolderComesAsATarAndSoDoesWhateverIsAskedForAsOne() throws IOException {
        assertTrue(TestTar.files(tar("/data", "")).containsKey("data/a.txt"));
        assertTrue(TestTar.files(tar("/data/there", "")).containsKey("data/a.txt"), "a link to a folder is followed");
        assertArrayEquals(
                "hello".getBytes(UTF_8), TestTar.files(tar("/data/a.txt", TAR)).get("a.txt"));
        assertTrue(TestTar.files(tar("/data/link", TAR)).containsKey("link"), "in a tar a link is a link");
        await().until(() -> files.open() == 0);
    }

    @Test
    void aHeadIsTheHeadOfTheGet() throws IOException {
        try (RawClient client = connect()) {
            var file = client.send(get("HEAD", "/data/link", "")).reply("HEAD", target("/data/link"));
            assertEquals("5", file.header("Content-Length"));
            var folder = client.send(get("HEAD", "/data", "")).reply("HEAD", target("/data"));
            assertEquals(TAR, folder.header("Content-Type"));
            assertEquals("", folder.header("Content-Length"));
            assertEquals(
                    404,
                    client.send(get("HEAD", "/x", ""))
                            .reply("HEAD", target("/x"))
                            .status());
        }
        assertEquals(0, harbour.engine.count(Call.READ_FILE), "looking copies nothing");
    }

    @ParameterizedTest
    @CsvSource({
        "/nope, '', 404, no-such-file",
        "/data/nowhere, '', 404, no-such-file",
        "/data, application/octet-stream, 409, not-a-file",
        "data/a.txt, '', 400, invalid-request",
        "/data/../etc, '', 400, invalid-request",
        "/data/%2e%2e/etc, '', 400, invalid-request",
        "/a%00b, '', 400, invalid-request",
        "'', '', 400, invalid-request"
    })
    void whatCannotBeReadIsSaidAndTheConnectionStays(String path, String accept, int status, String code)
            throws IOException {
        try (RawClient client = connect()) {
            for (int i = 0; i < 2; i++) {
                var reply = client.send(get("GET", path, accept)).reply("GET", target(path));
                assertEquals(status, reply.status());
                assertEquals(code, problem(reply));
            }
        }
        assertEquals(0, files.open());
    }

    @Test
    void aFileIsWrittenWhereItsFolderIs() throws IOException {
        assertEquals(204, sent("/data/new", BYTES, "", "one".getBytes(UTF_8)).status());
        assertEquals("one", new String(files.content(id, "/data/new"), UTF_8));
        assertEquals(204, sent("/data/link", BYTES, "", "two".getBytes(UTF_8)).status());
        assertEquals("two", new String(files.content(id, "/data/a.txt"), UTF_8), "a link is followed");
        assertEquals(
                204,
                sent("/data/empty&mode=4755&uid=1000&gid=2", BYTES, "", new byte[0])
                        .status());
        assertEquals(0, files.content(id, "/data/empty").length);
        byte[] large = large();
        assertEquals(204, sent("/data/large", BYTES, "", large).status());
        assertArrayEquals(large, files.content(id, "/data/large"));
        RawClient.Reply back = bytes("/data/large", "");
        assertArrayEquals(large, back.body());
        assertEquals(0, files.open());
    }

    private static byte[] large() {
        byte[] large = new byte[LARGE + 17];
        new Random(3).nextBytes(large);
        return large;
    }

    @Test
    void aTarIsUnpackedAlsoWhenItComesInChunks() throws IOException {
        byte[] tar =
                new TestTar().folder("d").file("d/f", "deep".getBytes(UTF_8)).bytes();
        assertEquals(204, sent("/data", TAR, "", tar).status());
        assertEquals("deep", new String(files.content(id, "/data/d/f"), UTF_8));
        try (RawClient client = connect()) {
            client.send(put("/", TAR + "; q=1", "Transfer-Encoding: chunked\r\n"));
            for (int at = 0; at < tar.length; at += 700) {
                byte[] piece = Arrays.copyOfRange(tar, at, Math.min(tar.length, at + 700));
                client.send(Integer.toHexString(piece.length) + "\r\n")
                        .send(piece)
                        .send("\r\n");
            }
            assertEquals(204, client.send("0\r\n\r\n").reply("PUT", target("/")).status());
        }
        assertEquals("deep", new String(files.content(id, "/d/f"), UTF_8));
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOnOnlyWhenTheEngineAgrees() throws IOException {
        String ask = "Content-Length: 5\r\nExpect: 100-continue\r\n";
        try (RawClient client = connect()) {
            assertEquals(
                    404,
                    client.send(put("/nope/f", BYTES, ask))
                            .reply("PUT", target("/nope/f"))
                            .status());
        }
        try (RawClient client = connect()) {
            client.send(put("/data/asked", BYTES, ask));
            assertEquals(100, client.interim().status());
            assertEquals(
                    204,
                    client.send("12345").reply("PUT", target("/data/asked")).status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/nope/f, application/octet-stream, 404, no-such-file",
        "/data, application/octet-stream, 409, not-a-file",
        "/data/new/, application/octet-stream, 409, not-a-file",
        "/data/a.txt/f, application/octet-stream, 409, not-a-folder",
        "/, application/octet-stream, 409, not-a-file",
        "/data/../f, application/octet-stream, 400, invalid-request",
        "/data/f&mode=8, application/octet-stream, 400, invalid-request",
        "/data/f&mode=10000, application/octet-stream, 400, invalid-request",
        "/data/f&uid=-1, application/octet-stream, 400, invalid-request",
        "/data/f&gid=4294967295, application/octet-stream, 400, invalid-request",
        "/data&uid=1, application/x-tar, 400, invalid-request",
        "/nope, application/x-tar, 404, no-such-file",
        "/data/a.txt, application/x-tar, 409, not-a-folder",
        "/data, application/x-tar, 422, copy-refused",
        "/data/f, application/json, 415, unsupported-media-type",
        "/data/f, application/x-www-form-urlencoded, 415, unsupported-media-type"
    })
    void whatCannotBeWrittenIsSaid(String path, String type, int status, String code) throws IOException {
        RawClient.Reply reply = sent(path, type, "", "{}".getBytes(UTF_8));
        assertEquals(status, reply.status(), reply::toString);
        assertEquals(code, problem(reply));
        assertEquals(0, files.open());
    }

    @Test
    void aFileWhoseLengthIsNotKnownAndACompressedOneAreRefused() throws IOException {
        try (RawClient client = connect()) {
            client.send(put("/data/f", BYTES, "Transfer-Encoding: chunked\r\n") + "1\r\nx\r\n0\r\n\r\n");
            var reply = client.reply("PUT", target("/data/f"));
            assertEquals(411, reply.status());
            assertEquals("length-required", problem(reply));
        }
        assertEquals(
                415,
                sent("/data/f", BYTES, "Content-Encoding: gzip\r\n", new byte[3])
                        .status());
    }

    @Test
    void anEngineThatBreaksOffLeavesTheClientWithAnAnswerThatIsNotWhole() throws IOException {
        byte[] whole = new TestTar().file("a.txt", new byte[100_000]).bytes();
        files.serve(Arrays.copyOf(whole, 50_000));
        try (RawClient client = connect()) {
            client.send(get("GET", "/data/a.txt", ""));
            assertThrows(EOFException.class, () -> client.reply("GET", target("/data/a.txt")));
        }
        for (byte[] broken : new byte[][] {
            Arrays.copyOf(whole, 50_000),
            Arrays.copyOf(whole, whole.length - 1024),
            (new String(whole, ISO_8859_1) + "{\"message\":\"it failed\"}").getBytes(ISO_8859_1),
            new byte[0]
        }) {
            files.serve(broken);
            try (RawClient client = connect()) {
                client.send(get("GET", "/data", ""));
                assertEquals(200, client.streaming("GET", target("/data")).status());
                assertThrows(EOFException.class, client::chunks);
            }
        }
        await().until(() -> files.open() == 0);
    }

    @Test
    void aTarThatCannotBeReadIsA502() throws IOException {
        files.serve("no tar at all, and longer than one block: ".repeat(40).getBytes(UTF_8));
        RawClient.Reply reply = bytes("/data/a.txt", "");
        assertEquals(502, reply.status());
        assertEquals(0, files.open());
    }

    @Test
    void aClientThatGoesEndsTheCopyAndFreesItsPlace() throws IOException {
        files.put(id, "/data/large", new byte[LARGE]);
        for (int i = 0; i < 20; i++) {
            try (RawClient client = connect()) {
                client.send(get("GET", "/data/large", ""));
                assertEquals(200, client.streaming("GET", target("/data/large")).status());
            }
            try (RawClient client = connect()) {
                client.send(put("/data", TAR, "Content-Length: 1000000\r\n")).send(new byte[1000]);
                await().until(() -> files.open() > 0);
            }
        }
        await().atMost(20, SECONDS).until(() -> files.open() == 0);
        assertEquals("hello", bytes("/data/a.txt", "").text());
    }

    @Test
    void anEngineThatIsAwayIsA503() throws IOException {
        harbour.engine.refuseNext(Call.READ_FILE, new Failure.EngineDown("the engine cannot be reached", null));
        assertEquals(503, bytes("/data/a.txt", "").status());
    }

    @Test
    void serversThatStopLeaveNoAnswerThatLooksWhole() throws Exception {
        files.put(id, "/data/large", new byte[LARGE]);
        try (RawClient client = connect()) {
            client.send(get("GET", "/data/large", ""));
            assertEquals(200, client.streaming("GET", target("/data/large")).status());
            server.close();
            assertThrows(IOException.class, () -> client.bytes(LARGE));
        }
        await().until(() -> files.open() == 0);
    }

    @Test
    void noMoreCopiesRunAtATimeThanTheMirrorCanSpare() throws Exception {
        Gate gate = harbour.engine.hold(Call.WRITE_FILE);
        RawClient[] clients = new RawClient[6];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = connect();
            clients[i].send(put("/data/f" + i, BYTES, "Content-Length: 1\r\n") + "x");
        }
        await().until(() -> files.open() == clients.length);
        try (RawClient seventh = connect()) {
            seventh.send(get("GET", "/data/a.txt", ""));
            assertEquals(0, harbour.engine.count(Call.READ_FILE), "it waits for a place");
            gate.open();
            assertEquals("hello", seventh.reply("GET", target("/data/a.txt")).text());
        }
        for (RawClient client : clients) {
            assertEquals(204, client.reply("PUT", target("/data/f")).status());
            client.close();
        }
        assertFalse(files.open() > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT"})
    void whoHasNoTokenLearnsNothing(String method) throws IOException {
        try (RawClient client = connect()) {
            client.send(method + " " + target("/data/a.txt") + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(401, client.reply(method, target("/data/a.txt")).status());
        }
    }
}
