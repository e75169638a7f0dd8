package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import dev.berth.json.Json;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Commands inside a container over HTTP, on an engine in memory.
@Timeout(60)
class ExecRoutesTest {
    private static final String EXEC = "/container/web/exec";

    private final Harbour harbour = new Harbour();
    private final Desk desk = new Desk(new ExecRoutes(harbour.execs, InstantSource.system()).routes());

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        harbour.foreign(SpecDraft.of("here").named("web").spec());
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private Json ran(String body) {
        Desk.Reply reply = desk.post(EXEC, body);
        assertEquals(200, reply.status(), reply::text);
        return reply.json();
    }

    @Test
    void aCommandIsRunToItsEnd() {
        Json failed = ran("{\"command\": [\"fail\", \"no\", \"way\"]}");
        assertEquals(3, failed.get("exit_code").wholeOr(-1));
        assertEquals("no way\n", failed.get("stderr").textOrEmpty());
        assertEquals(
                "grüße\u0000",
                ran("{\"command\": [\"cat\"], \"stdin\": \"grüße\\u0000\"}")
                        .get("stdout")
                        .textOrEmpty());
        String environment = ran("{\"command\": [\"env\"], \"env\": {\"A\": \"b\", \"GONE\": null}}")
                .get("stdout")
                .textOrEmpty();
        assertTrue(environment.startsWith("A=b\nGONE\nBERTH_EXEC="), environment);
        Awaitility.await().until(() -> harbour.engine.execs().connections() == 0);
    }

    @Test
    void aFloodIsCut() {
        Json flood = ran("{\"command\": [\"yes\"]}");
        assertTrue(flood.get("truncated").isTrue());
        assertEquals(1 << 20, flood.get("stdout").textOrEmpty().length());
    }

    @Test
    void everyFaultOfABodyIsNamedAtOnce() {
        Desk.Reply reply = desk.post(
                EXEC,
                "{\"command\": [], \"env\": [\"=x\", 1], \"user\": \" \", \"working_dir\": \"tmp\", \"stdin\": 5,"
                        + " \"timeout_seconds\": 0, \"tty\": true}");
        assertEquals(400, reply.status());
        assertEquals(
                List.of("command", "env[0]", "env[1]", "user", "working_dir", "stdin", "timeout_seconds", "tty"),
                reply.faulty());
        assertEquals(List.of("command"), desk.post(EXEC, "{}").faulty());
        assertEquals(
                List.of("command"), desk.post(EXEC, "{\"command\": \"ls\"}").faulty());
    }

    @Test
    void whatCannotBeRunIsRefusedWithTheEnginesWords() {
        Desk.Reply missing = desk.post(EXEC, "{\"command\": [\"/nosuch\"]}");
        assertEquals(422, missing.status());
        assertTrue(missing.json().get("engine_message").textOrEmpty().contains("/nosuch"));
        assertEquals(
                404,
                desk.post("/container/nobody/exec", "{\"command\": [\"echo\"]}").status());
        harbour.engine.dies(harbour.mirror.known().container("web").id(), 1);
        assertEquals("not-running", desk.post(EXEC, "{\"command\": [\"echo\"]}").problem());
        harbour.engine.goAway();
        assertEquals(503, desk.post(EXEC, "{\"command\": [\"echo\"]}").status());
    }

    /// The harbour's pauses are brief, so a second is over at once.
    @Test
    void whatTakesTooLongIsKilledAndTheAnswerSaysSo() {
        Desk.Reply late = desk.post(EXEC, "{\"command\": [\"sleep\", \"600\"], \"timeout_seconds\": 1}");
        assertEquals(504, late.status(), late::text);
        assertEquals("exec-timeout", late.problem());
        assertEquals(1, late.json().get("timeout_seconds").wholeOr(0));
        assertEquals(0, harbour.engine.execs().running());
        assertEquals(0, harbour.engine.execs().connections());
    }

    @Test
    void aTerminalNeedsAWebSocket() {
        Desk.Reply plain = desk.get(EXEC + "?command=sh");
        assertEquals(426, plain.status());
        assertEquals("websocket", plain.header("Upgrade"));
        desk.with("Upgrade", "websocket").with("Connection", "keep-alive, Upgrade");
        assertEquals(
                426,
                desk.with("Sec-WebSocket-Version", "8")
                        .get(EXEC + "?command=sh")
                        .status());
        desk.with("Sec-WebSocket-Version", "13");
        assertEquals(
                400,
                desk.with("Sec-WebSocket-Key", "short")
                        .get(EXEC + "?command=sh")
                        .status());
        desk.with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        assertEquals(
                List.of("command", "env[0]", "user", "working_dir", "tty", "rows", "cols"),
                desk.get(EXEC + "?command=%5B1%5D&env=%3D&user=&working_dir=x&tty=x&rows=0&cols=99999")
                        .faulty());
        assertEquals(
                403,
                desk.with("Origin", "https://evil.example")
                        .get(EXEC + "?command=sh")
                        .status());
        desk.without("Origin").without("Authorization");
        assertEquals(401, desk.get(EXEC + "?command=sleep").status());
        assertEquals(
                401,
                desk.with("Sec-WebSocket-Protocol", "berth, bearer.wrong")
                        .get(EXEC + "?command=sleep")
                        .status());
        Desk.Reply open = desk.with("Sec-WebSocket-Protocol", "berth, bearer." + Desk.TOKEN)
                .get(EXEC + "?command=sleep&rows=33&cols=111");
        assertEquals(101, open.status(), open::text);
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", open.header("Sec-WebSocket-Accept"));
        assertEquals("berth", open.header("Sec-WebSocket-Protocol"));
        assertEquals(111, harbour.engine.execs().size().orElseThrow().columns());
        assertEquals(1, harbour.engine.execs().running());
    }
}
