package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Networks and volumes over HTTP, and the wait for health.
@Timeout(60)
class AttachmentRoutesTest {
    private final Harbour harbour = new Harbour();
    private Desk desk = new Desk(List.of());

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        desk = new Desk(Routes.all(harbour.rooms(), InstantSource.system(), "quay", "0"));
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private Json made(String path, String body) {
        Desk.Reply reply = desk.post(path, body);
        assertEquals(201, reply.status(), reply::text);
        return reply.json();
    }

    @Test
    void aNetworkIsMadeAndFoundByIdNameAndPrefix() {
        Desk.Reply reply =
                desk.post("/network", "{\"name\":\"back\",\"subnets\":\"10.77.0.0/24\",\"labels\":{\"a\":\"b\"}}");
        assertEquals(201, reply.status(), reply::text);
        String id = reply.json().get("id").textOrEmpty();
        assertEquals("/network/" + id, reply.header("Location"));
        for (String named : List.of(id, "back", id.substring(0, 10)))
            assertEquals(reply.json(), desk.get("/network/" + named).json());
        assertEquals(reply.json(), desk.get("/network").json().get(id.substring(0, 10)));
        assertEquals(List.of("10.77.0.0/24"), reply.json().get("subnets").texts());
    }

    @Test
    void aListThatTheClientHasIsNotSentAgain() {
        String tag = desk.get("/volume").header("ETag");
        assertEquals(304, desk.with("If-None-Match", tag).get("/volume").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "volume"})
    void aNameIsGivenOnce(String kind) {
        made("/" + kind, "{\"name\":\"back\"}");
        Desk.Reply again = desk.post("/" + kind, "{\"name\":\"back\"}");
        assertEquals(409, again.status());
        assertEquals(kind + "-exists", again.problem());
        assertEquals(
                409,
                desk.post("/" + kind + "?dry_run=true", "{\"name\":\"back\"}").status());
    }

    @Test
    void twoWhoWantTheSameVolumeAtOnceDoNotBothGetIt() throws Exception {
        Gate gate = harbour.engine.hold(Call.CREATE_VOLUME);
        Future<Desk.Reply> first = harbour.inBackground(() -> desk.post("/volume", "{\"name\":\"data\"}"));
        gate.awaitArrival();
        assertEquals(
                "volume-exists", desk.post("/volume", "{\"name\":\"data\"}").problem());
        gate.open();
        assertEquals(201, first.get(20, TimeUnit.SECONDS).status());
        assertEquals(1, harbour.engine.count(Call.CREATE_VOLUME));
    }

    @Test
    void whatIsInUseNamesItsContainersAndStays() {
        made("/network", "{\"name\":\"back\"}");
        made("/volume", "{\"name\":\"data\"}");
        ContainerId id = harbour.foreign(SpecDraft.of("here")
                .named("web")
                .network("back")
                .volume("data:/x")
                .spec());
        for (boolean running : new boolean[] {true, false}) {
            for (String path : List.of("/network/back", "/volume/data")) {
                Desk.Reply refused = desk.ask("DELETE", path);
                assertEquals(409, refused.status(), refused::text);
                assertEquals(List.of("web"), refused.json().get("containers").texts());
                assertEquals(
                        "web", desk.get(path).json().at("used_by", id.shortId()).textOrEmpty());
                assertEquals(409, desk.ask("DELETE", path + "?dry_run=true").status());
            }
            if (running) harbour.containers.stop("web", java.util.OptionalInt.of(0));
        }
        assertEquals(0, harbour.engine.count(Call.REMOVE_NETWORK) + harbour.engine.count(Call.REMOVE_VOLUME));
        harbour.containers.remove("web", java.util.OptionalInt.of(0), false);
        for (String path : List.of("/network/back", "/volume/data")) {
            assertEquals(200, desk.ask("DELETE", path + "?dry_run=true").status());
            assertEquals(204, desk.ask("DELETE", path).status());
            assertEquals(404, desk.get(path).status());
            assertEquals(404, desk.ask("DELETE", path).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bridge", "host", "none"})
    void theEnginesOwnNetworksCannotBeRemoved(String name) {
        Desk.Reply refused = desk.ask("DELETE", "/network/" + name);
        assertEquals(409, refused.status());
        assertEquals("network-predefined", refused.problem());
    }

    @Test
    void pruningRemovesWhatNobodyUsesAndSaysSoBeforehand() {
        for (String name : List.of("used", "free")) {
            made("/network", "{\"name\":\"" + name + "\"}");
            made("/volume", "{\"name\":\"" + name + "\"}");
        }
        harbour.foreign(SpecDraft.of("here")
                .named("web")
                .network("used")
                .volume("used:/x")
                .spec());
        harbour.containers.stop("web", java.util.OptionalInt.of(0));
        for (String kind : List.of("network", "volume")) {
            Json plan = desk.ask("POST", "/" + kind + "/prune?dry_run=true").json();
            assertEquals(List.of("free"), plan.get("removed").texts());
            assertTrue(plan.get("dry_run").isTrue());
            assertEquals(200, desk.get("/" + kind + "/free").status());
            Json done = desk.ask("POST", "/" + kind + "/prune").json();
            assertEquals(List.of("free"), done.get("removed").texts());
            assertEquals(
                    kind.equals("volume") ? 1000 : 0,
                    done.get("reclaimed_bytes").wholeOr(-1));
            assertEquals(404, desk.get("/" + kind + "/free").status());
            assertEquals(200, desk.get("/" + kind + "/used").status());
        }
        assertEquals(200, desk.get("/network/bridge").status());
    }

    @Test
    void aNetworkThatSomebodyTookMeanwhileStays() {
        made("/network", "{\"name\":\"one\"}");
        made("/network", "{\"name\":\"two\"}");
        harbour.engine.refuseNext(Call.REMOVE_NETWORK, new Failure.Conflict("network-in-use", "the network is in use"));
        Json done = desk.ask("POST", "/network/prune").json();
        assertEquals(1, done.get("removed").items().size());
    }

    @Test
    void aDriverThatIsNotThereIsRefusedWithTheEnginesWords() {
        Desk.Reply network = desk.post("/network", "{\"name\":\"back\",\"driver\":\"nosuch\"}");
        assertEquals(422, network.status());
        assertTrue(network.json().get("engine_message").textOrEmpty().contains("nosuch"));
        assertEquals(
                422,
                desk.post("/volume", "{\"name\":\"data\",\"driver\":\"nosuch\"}")
                        .status());
        made("/network", "{\"name\":\"one\",\"subnets\":\"10.77.0.0/24\"}");
        Desk.Reply taken = desk.post("/network", "{\"name\":\"two\",\"subnets\":\"10.77.0.0/24\"}");
        assertEquals("subnet-taken", taken.problem());
    }

    @Test
    void everyFaultOfABodyIsNamed() {
        assertEquals(
                List.of("name", "subnets", "labels.berth.x"),
                desk.post("/network", "{\"subnets\":\"x\",\"labels\":{\"berth.x\":\"\"}}")
                        .faulty());
        assertEquals(
                List.of("name", "mountpoint"),
                desk.post("/volume", "{\"name\":\"-\",\"mountpoint\":\"/\"}").faulty());
    }

    @Test
    void aDryRunShowsWhatWouldBeMadeAndMakesNothing() {
        Desk.Reply plan = desk.post("/network?dry_run=true", "{\"name\":\"back\",\"subnets\":\"10.77.0.0/24\"}");
        assertEquals(200, plan.status(), plan::text);
        assertEquals(
                List.of("10.77.0.0/24"), plan.json().at("create", "subnets").texts());
        assertEquals(404, desk.get("/network/back").status());
        assertEquals(
                200, desk.post("/volume?dry_run=true", "{\"name\":\"data\"}").status());
        assertEquals("{}", desk.get("/volume").text().strip());
        assertTrue(desk.get("/volume").json().fields().isEmpty());
    }

    @Test
    void withoutTheEngineEvenALookIs503() {
        harbour.engine.goAway();
        for (String path : List.of("/network", "/volume", "/network/back", "/volume/data"))
            assertEquals(503, desk.get(path).status());
        assertEquals(503, desk.ask("POST", "/volume/prune").status());
    }

    @Test
    void aWaitForHealthThatIsOverIs504AndTheKeyGivesTheContainer() {
        desk.with("Idempotency-Key", "one");
        String body =
                "{\"image_name\":\"here\",\"name\":\"web\",\"healthcheck\":{\"test\":\"true\"},\"wait_healthy\":0.1}";
        Desk.Reply late = desk.post("/container", body);
        assertEquals(504, late.status(), late::text);
        assertEquals("not-healthy-in-time", late.problem());
        Desk.Reply again = desk.post("/container", body);
        assertEquals(201, again.status(), again::text);
        assertEquals(late.json().get("id"), again.json().get("id"));
        assertEquals("running", again.json().get("status").textOrEmpty());
        assertEquals(1, harbour.engine.containerCount());
    }

    @Test
    void aWaitForTheHealthOfWhatIsNeverCheckedIs422AndMakesNothing() {
        Desk.Reply refused = desk.post("/container", "{\"image_name\":\"here\",\"wait_healthy\":5}");
        assertEquals(422, refused.status());
        assertEquals("no-health-check", refused.problem());
        assertEquals(
                422,
                desk.post("/container?dry_run=true", "{\"image_name\":\"here\",\"wait_healthy\":5}")
                        .status());
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aDryRunShowsEveryFieldOfACreate() {
        Json create = desk.post("/container?dry_run=true", """
                        {"image_name":"here","healthcheck":{"test":["/bin/check"],"interval":"1m"},"tmpfs":{"/t":"1m"},
                         "ulimits":{"nofile":5},"log_driver":"local","log_options":{"max-file":2},"privileged":true,
                         "cap_add":["NET_ADMIN"],"devices":["/dev/fuse"],"volumes":["/srv/x:/x:ro"],"wait_healthy":30}""").json().get("create");
        assertEquals(60, create.at("healthcheck", "interval").wholeOr(0));
        assertEquals(List.of("/bin/check"), create.at("healthcheck", "test").texts());
        assertEquals("size=1048576", create.at("tmpfs", "/t").textOrEmpty());
        assertEquals(5, create.at("ulimits", "nofile", "hard").wholeOr(0));
        assertEquals("local", create.get("log_driver").textOrEmpty());
        assertEquals("2", create.at("log_options", "max-file").textOrEmpty());
        assertTrue(create.get("privileged").isTrue());
        assertEquals(List.of("NET_ADMIN"), create.get("cap_add").texts());
        assertEquals(List.of("/dev/fuse:/dev/fuse:rwm"), create.get("devices").texts());
        assertEquals(List.of("/srv/x:/x:ro"), create.get("volumes").texts());
        assertEquals(30, create.get("wait_healthy").wholeOr(0));
        assertEquals("missing", create.get("pull").textOrEmpty());
    }
}
