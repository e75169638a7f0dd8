package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import dev.berth.json.Json;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Operating a container over HTTP.
@Timeout(60)
class OperationRoutesTest {
    private final Harbour harbour = new Harbour();
    private Desk desk = new Desk(java.util.List.of());

    @BeforeEach
    void open() {
        harbour.engine.size("10g", 2);
        harbour.engine.imageStore().put("here");
        harbour.open();
        desk = new Desk(Routes.all(
                harbour.mirror,
                harbour.stats,
                harbour.jobs,
                harbour.images,
                harbour.admission,
                harbour.containers,
                harbour.logs,
                harbour.details,
                InstantSource.system(),
                "quay",
                "0"));
        harbour.foreign(SpecDraft.of("here").named("web").memory("4g").spec());
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private Json post(String verb) {
        Desk.Reply reply = desk.ask("POST", "/container/web/" + verb);
        assertEquals(200, reply.status(), reply::text);
        return reply.json();
    }

    @Test
    void everyVerbAnswersWithTheContainerAsItIsThen() {
        assertEquals("paused", post("pause").get("status").textOrEmpty());
        assertEquals("paused", post("pause").get("status").textOrEmpty());
        assertEquals("running", post("unpause").get("status").textOrEmpty());
        assertEquals("exited", post("stop?timeout=0").get("status").textOrEmpty());
        assertEquals("exited", post("stop").get("status").textOrEmpty());
        assertEquals("running", post("start").get("status").textOrEmpty());
        assertEquals("running", post("restart?timeout=0").get("status").textOrEmpty());
        assertEquals("exited", post("kill").get("status").textOrEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause", "unpause", "kill"})
    void whatDoesNotRunIsAConflict(String verb) {
        post("stop?timeout=0");
        Desk.Reply reply = desk.ask("POST", "/container/web/" + verb);
        assertEquals(409, reply.status());
        assertEquals("not-running", reply.problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill?signal=;rm", "kill?signal=", "stop?timeout=-1", "start?timeout=5", "restart?wait=x"})
    void aWrongParameterIsNamed(String verb) {
        assertEquals(400, desk.ask("POST", "/container/web/" + verb).status());
    }

    @Test
    void nobodyOperatesAContainerThatIsNotThere() {
        assertEquals(404, desk.ask("POST", "/container/nobody/start").status());
    }

    private Desk.Reply patch(String query, String body) {
        return desk.ask("PATCH", "/container/web" + query, body);
    }

    @Test
    void aChangeAnswersWithTheContainerAsItIsThen() {
        Json changed = patch("", "{\"mem_limit\":\"1g\",\"name\":\"new\"}").json();
        assertEquals("new", changed.get("name").textOrEmpty());
        assertEquals(1L << 30, changed.get("mem_limit_bytes").wholeOr(0));
    }

    @Test
    void whatDoesNotFitIs429WithTheFigures() {
        Desk.Reply reply = patch("", "{\"mem_limit\":\"9500m\"}");
        assertEquals(429, reply.status());
        assertEquals("not-enough-memory", reply.problem());
        assertEquals((9500L - 4096) << 20, reply.json().get("requested_bytes").wholeOr(0));
        assertEquals(0, reply.json().get("queued_bytes").wholeOr(-1));
    }

    @Test
    void aDryRunTellsWhetherItWouldFit() {
        Json would = patch("?dry_run=true", "{\"mem_limit\":\"9500m\"}").json();
        assertTrue(would.get("dry_run").isTrue() && !would.get("admitted").isTrue());
        assertTrue(desk.ask("POST", "/container/web/start?dry_run=true")
                .json()
                .get("admitted")
                .isTrue());
        assertEquals(4L << 30, harbour.engine.limitsOfRunning());
    }

    @Test
    void everyFaultOfAChangeIsNamed() {
        Desk.Reply reply = patch("", "{\"mem_limit\":5,\"size\":1,\"pids_limit\":0}");
        assertEquals(400, reply.status());
        assertEquals(java.util.List.of("mem_limit", "pids_limit", "size"), reply.faulty());
    }

    @Test
    void noEngineLiftsAMemoryLimit() {
        Desk.Reply reply = patch("", "{\"mem_limit\":null}");
        assertEquals(422, reply.status());
        assertEquals("change-refused", reply.problem());
    }

    @Test
    void aKeyThatIsUsedAgainGetsTheFirstAnswer() {
        desk.with("Idempotency-Key", "one");
        Desk.Reply first = desk.post("/container", "{\"image_name\":\"here\",\"name\":\"once\"}");
        assertEquals(201, first.status());
        harbour.containers.remove("once", java.util.OptionalInt.of(0), false);
        Desk.Reply again = desk.post("/container", "{\"name\":\"once\",\"image_name\":\"here\"}");
        assertEquals(201, again.status());
        assertEquals(first.json().get("id"), again.json().get("id"));
        assertEquals(first.header("Location"), again.header("Location"));
        assertEquals(1, harbour.engine.containerCount(), "it is not made again");
        Desk.Reply other = desk.post("/container", "{\"image_name\":\"here\",\"name\":\"twice\"}");
        assertEquals("idempotency-key-reused", other.problem());
        desk.with("Idempotency-Key", "a key with blanks");
        assertEquals(400, desk.post("/container", "{\"image_name\":\"here\"}").status());
    }

    @Test
    void aFailureIsNotKeptUnderItsKey() {
        desk.with("Idempotency-Key", "one");
        String body = "{\"image_name\":\"here\",\"name\":\"big\",\"mem_limit\":\"8g\"}";
        assertEquals(429, desk.post("/container", body).status());
        harbour.containers.stop("web", java.util.OptionalInt.of(0));
        assertEquals(201, desk.post("/container", body).status());
    }
}
