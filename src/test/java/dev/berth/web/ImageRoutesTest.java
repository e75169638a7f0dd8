package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.SpecDraft;
import dev.berth.json.Json;
import dev.berth.model.Failure;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names, prunes and what is behind, every answer held against the document.
@Timeout(60)
class ImageRoutesTest {
    private final Harbour harbour = new Harbour();
    private final Desk desk = new Desk(Routes.all(harbour.rooms(), InstantSource.system(), "quay", "0.0.0"));

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private Json update(String path) {
        Desk.Reply reply = desk.get(path);
        assertEquals(200, reply.status(), reply::text);
        return reply.json().get("update_available");
    }

    @Test
    void whatIsBehindShowsInEveryAnswerAndInItsTag() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        assertTrue(update("/image/here").isNull() && update("/container/web").isNull());
        assertEquals(200, desk.get("/image/updateall?wait=20").status());
        assertEquals(Json.of(false), update("/image/here"));
        assertEquals(Json.of(false), update("/container/web"));
        Desk.Reply list = desk.get("/container");
        assertEquals(Json.of(false), only(list.json()).get("update_available"));
        assertEquals(list.header("ETag"), desk.get("/container").header("ETag"));

        harbour.engine.imageStore().publish("here", 2);
        // It is learned, and cannot be pulled.
        harbour.engine.imageStore().failAtEnd("here", new Failure.Rejected("pull-refused", "the disk is full"));
        harbour.engine.refuseNext(Call.PULL, new Failure.Rejected("pull-refused", "the disk is full"));
        assertEquals(
                "failed",
                desk.get("/image/updateall?wait=20").json().get("state").textOrEmpty());
        assertEquals(Json.of(true), update("/image/here"));
        assertEquals(Json.of(true), update("/container/web"));
        Desk.Reply changed = desk.get("/container");
        assertEquals(Json.of(true), only(changed.json()).get("update_available"));
        assertNotEquals(list.header("ETag"), changed.header("ETag"));
        assertEquals(
                Json.of(true),
                only(desk.get("/container?fields=update_available").json()).get("update_available"));
        assertEquals(
                200,
                desk.with("If-None-Match", list.header("ETag"))
                        .get("/container")
                        .status());
    }

    private static Json only(Json list) {
        assertEquals(1, list.fields().size());
        return list.fields().values().iterator().next();
    }

    @Test
    void aNameIsGivenAndShownAtOnce() {
        harbour.engine.eventBus().off();
        Desk.Reply reply = desk.post("/image/here/tag", "{\"tag\":\"host.test:5000/a/b:1\"}");
        assertEquals(200, reply.status(), reply::text);
        assertEquals(
                List.of("here:latest", "host.test:5000/a/b:1"),
                reply.json().get("tags").texts());
        assertEquals(reply.json(), desk.get("/image/host.test:5000/a/b:1").json());
        assertEquals(
                200,
                desk.post("/image/host.test:5000%2Fa%2Fb:1/tag", "{\"tag\":\"b\"}")
                        .status());
        assertEquals(404, desk.post("/image/nobody/tag", "{\"tag\":\"b\"}").status());
    }

    @Test
    void aDryRunTellsWhoWouldLoseTheName() {
        harbour.engine.imageStore().put("other");
        org.awaitility.Awaitility.await().until(() -> desk.get("/image/other").status() == 200);
        Desk.Reply reply = desk.post("/image/here/tag?dry_run=true", "{\"tag\":\"other\"}");
        assertEquals(200, reply.status(), reply::text);
        assertEquals("other:latest", reply.json().get("tag").textOrEmpty());
        assertEquals(desk.get("/image/other").json().get("id"), reply.json().get("taken_from"));
        assertTrue(desk.post("/image/here/tag?dry_run=true", "{\"tag\":\"new\"}")
                .json()
                .get("taken_from")
                .isNull());
        assertEquals(0, harbour.engine.count(Call.TAG_IMAGE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                   | tag
            {"tag":""}                           | tag
            {"tag":5}                            | tag
            {"tag":"No"}                         | tag
            {"tag":"a","force":true}             | force
            {"tag":"a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"} | tag
            """)
    void aNameThatIsNoneIsNotGiven(String body, String field) {
        Desk.Reply reply = desk.post("/image/here/tag", body);
        assertEquals(400, reply.status(), reply::text);
        assertEquals(List.of(field), reply.faulty());
        assertEquals(0, harbour.engine.count(Call.TAG_IMAGE));
    }

    @Test
    void aPruneIsAJob() {
        Desk.Reply plan = desk.ask("POST", "/image/prune?dangling=false&older_than=1h&dry_run=true");
        assertEquals(200, plan.status(), plan::text);
        assertEquals(List.of("here:latest"), plan.json().get("removed").texts());
        assertEquals(
                List.of(),
                desk.ask("POST", "/image/prune?dry_run=true")
                        .json()
                        .get("removed")
                        .texts());
        Desk.Reply quick = desk.ask("POST", "/image/prune?wait=20");
        assertEquals(200, quick.status(), quick::text);
        assertEquals(Set.of(), quick.json().get("items").fields().keySet());
        Desk.Reply done = desk.ask("POST", "/image/prune?dangling=false&wait=20");
        assertEquals(200, done.status(), done::text);
        assertEquals("prune", done.json().get("kind").textOrEmpty());
        assertEquals(Json.of(1_000_000), done.json().at("items", "here:latest", "reclaimed_bytes"));
        assertEquals(404, desk.get("/image/here").status());
        Desk.Reply going = desk.ask("POST", "/image/prune");
        assertEquals(202, going.status());
        assertTrue(going.header("Location").startsWith("/job/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"dangling=maybe", "older_than=1", "older_than=-1h", "older_than=99999999h", "wait=x", "all=true"
            })
    void aBadParameterPrunesNothing(String query) {
        assertEquals(400, desk.ask("POST", "/image/prune?" + query).status());
        assertEquals(200, desk.get("/image/here").status());
    }

    @Test
    void aRegistryThatIsAskedTooOftenIsWhyACreateIsRefused() {
        harbour.engine.refuseNext(
                Call.PULL,
                new Failure.Refused(
                                "registry-limit", "the registry docker.io has been asked too often; try again later")
                        .saidByEngine("toomanyrequests: You have reached your pull rate limit"));
        Desk.Reply reply = desk.post("/container", "{\"image_name\":\"there\"}");
        assertEquals(429, reply.status(), reply::text);
        assertEquals("registry-limit", reply.problem());
    }
}
