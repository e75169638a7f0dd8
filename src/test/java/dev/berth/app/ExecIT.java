package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A command inside a container, on a real engine.
@Timeout(180)
class ExecIT {
    private static final Lab LAB = Lab.shared();
    private static final Duration SOON = Duration.ofSeconds(30);
    private static Berth berth;

    @BeforeAll
    static void start() {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        berth = Berth.on(LAB);
        LAB.docker("run", "-d", "--name", "execs", "-e", "INHERITED=1", "busybox", "sleep", "3600");
        LAB.docker("create", "--name", "standing", "busybox", "sleep", "3600");
        Awaitility.await()
                .until(() -> berth.http().get("/container/standing").status() == 200
                        && berth.http().get("/container/execs").status() == 200);
    }

    @AfterAll
    static void stop() {
        berth.close();
        LAB.removeContainers();
    }

    private static Http.Reply exec(String body) {
        return berth.http().post("/container/execs/exec", body);
    }

    private static Json ran(String body) {
        Http.Reply reply = exec(body);
        assertEquals(200, reply.status(), reply::text);
        return reply.json();
    }

    private static void assertGone(String words) {
        Awaitility.await().atMost(SOON).until(() -> !LAB.docker("top", "execs").contains(words));
    }

    @Test
    void itsOutputsItsExitCodeItsInputAndItsSurroundingsAreAsAsked() {
        Json three = ran("{\"command\": [\"sh\", \"-c\", \"echo out; echo err >&2; exit 3\"]}");
        assertEquals(3, three.get("exit_code").wholeOr(-1));
        assertEquals("out\n", three.get("stdout").textOrEmpty());
        assertEquals("err\n", three.get("stderr").textOrEmpty());
        Json whole = ran(
                "{\"command\": [\"sh\", \"-c\", \"echo $A-$INHERITED-$(pwd)-$(id -u); cat\"], \"env\": {\"A\": \"b c\","
                        + " \"INHERITED\": null}, \"user\": \"65534\", \"working_dir\": \"/tmp\", \"stdin\": \"grüße\"}");
        assertEquals("b c--/tmp-65534\ngrüße", whole.get("stdout").textOrEmpty());
        assertEquals(
                "300000\n",
                ran("{\"command\": [\"wc\", \"-c\"], \"stdin\": \"" + "x".repeat(300_000) + "\"}")
                        .get("stdout")
                        .textOrEmpty());
        assertEquals("", ran("{\"command\": [\"cat\"]}").get("stdout").textOrEmpty());
    }

    @Test
    void anInputThatNobodyReadsIsNoFault() {
        Json result = ran("{\"command\": [\"true\"], \"stdin\": \"" + "x".repeat(900_000) + "\"}");
        assertEquals(0, result.get("exit_code").wholeOr(-1));
    }

    @Test
    void whatCannotBeStartedIs422AndWhatDoesNotRunIs409() {
        Http.Reply missing = exec("{\"command\": [\"no-such-program\"]}");
        assertEquals(422, missing.status(), missing::text);
        assertTrue(missing.json().get("engine_message").textOrEmpty().contains("no-such-program"), missing::text);
        assertEquals(422, exec("{\"command\": [\"/etc/passwd\"]}").status());
        assertEquals(
                422,
                exec("{\"command\": [\"true\"], \"user\": \"nobody-knows\"}").status());
        assertEquals(
                127,
                ran("{\"command\": [\"sh\", \"-c\", \"exit 127\"]}")
                        .get("exit_code")
                        .wholeOr(-1));
        Http.Reply standing = berth.http().post("/container/standing/exec", "{\"command\": [\"true\"]}");
        assertEquals(409, standing.status(), standing::text);
        assertEquals("/problem/not-running", standing.json().get("type").textOrEmpty());
        assertEquals(
                404,
                berth.http()
                        .post("/container/nobody/exec", "{\"command\": [\"true\"]}")
                        .status());
    }

    @Test
    void aFloodIsCutAndTheCommandComesToItsEnd() {
        Json flood = ran("{\"command\": [\"sh\", \"-c\", \"yes | head -c 5000000; exit 9\"]}");
        assertEquals(9, flood.get("exit_code").wholeOr(-1));
        assertTrue(flood.get("truncated").isTrue());
        assertEquals(1 << 20, flood.get("stdout").textOrEmpty().length());
    }

    @Test
    void whatTakesTooLongIsKilledWithItsChildren() {
        Http.Reply late = exec("{\"command\": [\"sh\", \"-c\", \"echo begun; sleep 4711 & sleep 4712\"],"
                + " \"timeout_seconds\": 1}");
        assertEquals(504, late.status(), late::text);
        assertEquals("/problem/exec-timeout", late.json().get("type").textOrEmpty());
        assertEquals("begun\n", late.json().get("stdout").textOrEmpty());
        assertGone("sleep 471");
    }

    @Test
    void aCommandEndsWhenItsClientGoes() throws IOException {
        String body = "{\"command\": [\"sh\", \"-c\", \"sleep 4713; true\"]}";
        URI base = URI.create(berth.http().base());
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            socket.getOutputStream()
                    .write(("POST /container/execs/exec HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + berth.http().token() + "\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            Awaitility.await().until(() -> LAB.docker("top", "execs").contains("sleep 4713"));
            socket.setSoLinger(true, 0);
        }
        assertGone("sleep 4713");
    }

    @Test
    void whatACommandLeavesBehindOnPurposeStays() {
        assertEquals(
                0,
                ran("{\"command\": [\"sh\", \"-c\", \"sleep 4714 >/dev/null 2>&1 &\"]}")
                        .get("exit_code")
                        .wholeOr(-1));
        assertTrue(LAB.docker("top", "execs").contains("sleep 4714"));
    }
}
