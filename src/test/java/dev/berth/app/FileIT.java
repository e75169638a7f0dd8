package dev.berth.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.TestTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// Files into and out of containers of a real engine.
@Timeout(300)
class FileIT {
    private static final Lab LAB = Lab.shared();
    private static final Berth BERTH = Berth.on(LAB);
    private static final Http HTTP = BERTH.http();
    private static final String TAR = "application/x-tar";
    private static final String BYTES = "application/octet-stream";

    @BeforeAll
    static void theImageIsThere() {
        LAB.docker("pull", "-q", "busybox");
    }

    @BeforeEach
    void aContainerRuns() {
        LAB.removeContainers();
        LAB.docker("run", "-d", "--name", "web", "busybox", "sleep", "86400");
        known("web");
    }

    @AfterAll
    static void close() {
        BERTH.close();
        LAB.removeContainers();
    }

    private static void known(String name) {
        await().until(() -> HTTP.get("/container/" + name).status() == 200);
    }

    private static String file(String container, String path) {
        return "/container/" + container + "/file?path=" + path;
    }

    private static Http.Reply put(String container, String path, String type, byte[] body) {
        return HTTP.send(
                HTTP.request(file(container, path)).header("Content-Type", type).PUT(BodyPublishers.ofByteArray(body)));
    }

    private static String sh(String command) {
        return LAB.docker("exec", "web", "sh", "-c", command);
    }

    private static String sum(InputStream in) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (var counted = new DigestInputStream(in, digest)) {
            counted.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String downloaded(String container, String path) throws Exception {
        var response = HttpClient.newHttpClient()
                .send(HTTP.request(file(container, path)).build(), BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        return sum(response.body());
    }

    @Test
    void aFileGoesInAndComesOutTheSame() throws Exception {
        byte[] content = new byte[30_000_001];
        new Random(1).nextBytes(content);
        String sum = sum(new ByteArrayInputStream(content));
        assertEquals(204, put("web", "/root/f", BYTES, content).status());
        assertEquals(sum, sh("sha256sum /root/f | cut -d' ' -f1"));
        assertEquals(sum, downloaded("web", "/root/f"));
        assertEquals(
                204,
                put("web", "/root/g&mode=4710&uid=12&gid=34", BYTES, new byte[0])
                        .status());
        assertEquals("4710 12 34 0", sh("stat -c '%a %u %g %s' /root/g"));
        String longName = "/root/" + "ö".repeat(120);
        assertEquals(
                204,
                put("web", longName.replace("ö", "%C3%B6"), BYTES, new byte[3]).status());
        assertEquals("3", sh("stat -c %s '" + longName + "'"));
        assertEquals(
                3, HTTP.get(file("web", longName.replace("ö", "%C3%B6"))).text().length());
    }

    @Test
    void aFolderGoesInAndComesOutAsATarWithItsLinks() throws Exception {
        byte[] tar = new TestTar()
                .folder("d")
                .file("d/f", "deep".getBytes(UTF_8))
                .link("d/l", "f")
                .hardLink("d/h", "d/f")
                .bytes();
        assertEquals(404, put("web", "/srv2", TAR, tar).status(), "the folder must exist");
        sh("mkdir /srv");
        assertEquals(204, put("web", "/srv", TAR, tar).status());
        assertEquals("deep f 2", sh("cat /srv/d/l; echo \" $(readlink /srv/d/l) $(stat -c %h /srv/d/h)\""));
        Path back = Files.createTempFile("berth", ".tar");
        var response = HttpClient.newHttpClient()
                .send(HTTP.request(file("web", "/srv/d")).build(), BodyHandlers.ofFile(back));
        assertEquals(TAR, response.headers().firstValue("Content-Type").orElse(""));
        List<String> listed =
                LAB.run("tar", "-tf", back.toString()).text().lines().sorted().toList();
        assertEquals(List.of("d/", "d/f", "d/h", "d/l"), listed);
        Files.delete(back);
    }

    private static void assertMissing(String path) {
        Http.Reply reply = HTTP.get(file("web", path));
        assertEquals(404, reply.status(), reply::text);
    }

    @Test
    void linksAreFollowedInsideTheContainer() {
        sh("mkdir -p /a/b; echo one >/a/f; ln -s /a/f /rel; ln -s ../../../../../etc/hostname /out; ln -s /a /there;"
                + " ln -s /nowhere /dangling; ln -s /loop /loop");
        assertEquals("one\n", HTTP.get(file("web", "/rel")).text());
        assertEquals(
                sh("cat /etc/hostname"), HTTP.get(file("web", "/out")).text().strip());
        assertEquals(TAR, HTTP.get(file("web", "/there")).header("Content-Type"));
        assertMissing("/dangling");
        assertMissing("/loop");
        assertEquals(204, put("web", "/rel", BYTES, "two".getBytes(UTF_8)).status());
        assertEquals("two", sh("cat /a/f"));
        assertEquals(
                204, put("web", "/there/new", BYTES, "three".getBytes(UTF_8)).status());
        assertEquals("three", sh("cat /a/new"));
        assertEquals(204, put("web", "/dangling", BYTES, "four".getBytes(UTF_8)).status());
        assertEquals("four", sh("cat /nowhere"));
    }

    @Test
    void nothingLeadsOutOfTheContainer() {
        Path outside = Path.of("/tmp/berth-escape-" + ProcessHandle.current().pid());
        String up = "../".repeat(20);
        byte[] content = "x".getBytes(UTF_8);
        for (byte[] tar : List.of(
                new TestTar()
                        .file(up + outside.toString().substring(1), content)
                        .bytes(),
                new TestTar()
                        .link("up", up + "tmp")
                        .file("up/" + outside.getFileName(), content)
                        .bytes(),
                new TestTar().hardLink("hard", up + "etc/shadow").bytes())) {
            Http.Reply refused = put("web", "/root", TAR, tar);
            assertEquals(422, refused.status(), refused::text);
            assertTrue(refused.json().get("type").textOrEmpty().endsWith("/copy-refused"));
        }
        assertEquals(
                204,
                put(
                                "web",
                                "/root",
                                TAR,
                                new TestTar().file(outside.toString(), content).bytes())
                        .status());
        assertEquals("x", sh("cat /root" + outside), "an absolute name lands inside");
        byte[] absoluteLink = new TestTar()
                .link("abs", "/tmp")
                .file("abs/" + outside.getFileName(), content)
                .bytes();
        assertEquals(204, put("web", "/root", TAR, absoluteLink).status());
        assertEquals("x", sh("cat " + outside), "an absolute link leads to the container's own");
        assertFalse(Files.exists(outside));
        assertEquals(400, HTTP.get(file("web", "/../../etc/passwd")).status());
        assertEquals(400, HTTP.get(file("web", "/a%00b")).status());
    }

    @Test
    void whatIsMissingOrStandsInTheWayIsSaid() {
        sh("mkdir -p /full/d; touch /full/f");
        byte[] tar = new TestTar().file("d", new byte[1]).bytes();
        assertProblem(404, "no-such-container", HTTP.get(file("nobody", "/etc")));
        assertProblem(404, "no-such-file", HTTP.get(file("web", "/nope")));
        assertProblem(404, "no-such-file", HTTP.get(file("web", "/full/f/x")));
        assertProblem(404, "no-such-file", put("web", "/nope", TAR, tar));
        assertProblem(404, "no-such-file", put("web", "/nope/f", BYTES, new byte[1]));
        assertProblem(409, "not-a-folder", put("web", "/full/f", TAR, tar));
        assertProblem(409, "not-a-file", put("web", "/full", TAR, tar));
        assertProblem(409, "not-a-file", put("web", "/full/d", BYTES, new byte[1]));
        assertProblem(
                422,
                "copy-refused",
                put("web", "/full", TAR, "no tar".repeat(300).getBytes(UTF_8)));
        Http.Reply bytes = HTTP.send(HTTP.request(file("web", "/full")).header("Accept", BYTES));
        assertProblem(409, "not-a-file", bytes);
        LAB.docker("run", "-d", "--name", "ro", "--read-only", "-v", "/vol", "busybox", "sleep", "86400");
        known("ro");
        assertProblem(409, "read-only", put("ro", "/etc/f", BYTES, new byte[1]));
        assertEquals(204, put("ro", "/vol/f", BYTES, new byte[1]).status());
    }

    private static void assertProblem(int status, String code, Http.Reply reply) {
        assertEquals(status, reply.status(), reply::text);
        assertEquals("/problem/" + code, reply.json().get("type").textOrEmpty());
    }

    /// What the engine says while we are still sending must not be lost.
    @Test
    void aLargeUploadThatIsRefusedInItsMiddleSaysWhy() {
        byte[] large = new TestTar()
                .file("first", new byte[3 << 20])
                .file("../second", new byte[1])
                .file("third", new byte[30 << 20])
                .bytes();
        for (int i = 0; i < 3; i++) {
            Http.Reply refused = put("web", "/root", TAR, large);
            assertProblem(422, "copy-refused", refused);
            assertTrue(refused.json().get("engine_message").textOrEmpty().contains("second"), refused::text);
        }
    }

    @Test
    void itWorksWhetherAContainerRunsIsPausedOrStands() {
        LAB.docker("create", "--name", "made", "busybox", "true");
        LAB.docker("run", "--name", "ended", "busybox", "true");
        LAB.docker("pause", "web");
        for (String name : List.of("made", "ended", "web")) {
            known(name);
            assertEquals(
                    204, put(name, "/root/f", BYTES, "here".getBytes(UTF_8)).status(), name);
            assertEquals("here", HTTP.get(file(name, "/root/f")).text(), name);
        }
    }

    /// As long as a copy lasts the engine lets nobody inspect the container: so the inspect tells that it has ended.
    @Test
    void aClientThatIsKilledMidwayEndsTheEnginesCopy() throws IOException {
        sh("dd if=/dev/zero of=/root/large bs=1M count=200 2>/dev/null");
        URI base = URI.create(HTTP.base());
        for (String head : List.of(
                "GET " + file("web", "/root/large") + " HTTP/1.1\r\n",
                "PUT " + file("web", "/root/up") + " HTTP/1.1\r\nContent-Length: 200000000\r\n")) {
            try (Socket client = new Socket(base.getHost(), base.getPort())) {
                client.getOutputStream()
                        .write((head + "Host: 127.0.0.1\r\nAuthorization: Bearer " + HTTP.token() + "\r\n\r\n")
                                .getBytes(UTF_8));
                if (head.startsWith("PUT")) client.getOutputStream().write(new byte[1 << 20]);
                else client.getInputStream().readNBytes(1 << 20);
            }
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> LAB.run("timeout", "2", "docker", "-H", LAB.engine(), "inspect", "web")
                                    .code()
                            == 0);
        }
        assertArrayEquals("web".getBytes(UTF_8), sh("echo web").getBytes(UTF_8));
    }

    /// A gigabyte takes its time: `BERTH_LARGE=1 ./test -Dtest=FileIT`.
    @Test
    @EnabledIfEnvironmentVariable(named = "BERTH_LARGE", matches = "1")
    void aGigabyteGoesInAndComesOutTheSame() throws Exception {
        long size = (1L << 30) + 1;
        var random = new Random(7);
        InputStream body = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? random.nextInt(256) : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                if (left <= 0) return -1;
                int count = (int) Math.min(left, length);
                byte[] some = new byte[count];
                random.nextBytes(some);
                System.arraycopy(some, 0, into, offset, count);
                left -= count;
                return count;
            }
        };
        var digest = MessageDigest.getInstance("SHA-256");
        var sent = HttpClient.newHttpClient()
                .send(
                        HTTP.request(file("web", "/root/g"))
                                .header("Content-Type", BYTES)
                                .PUT(BodyPublishers.fromPublisher(
                                        BodyPublishers.ofInputStream(() -> new DigestInputStream(body, digest)), size))
                                .build(),
                        BodyHandlers.ofString());
        assertEquals(204, sent.statusCode(), sent::body);
        assertEquals(HexFormat.of().formatHex(digest.digest()), downloaded("web", "/root/g"));
    }
}
