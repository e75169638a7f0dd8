package dev.berth.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.house.ApiDocument;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The resources on an engine in memory, every answer held against the document.
@Timeout(60)
class ResourcesTest {
    private final Harbour harbour = new Harbour();
    private final List<Route> routes = Routes.all(
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
            "0.0.0");
    private final Desk desk = new Desk(routes);

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.engine.imageStore().publish("there", 1);
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    @Test
    void everyRouteIsInTheDocumentAndEveryOperationHasARoute() {
        // The page's own files are no API: what needs no token and is neither health nor a problem's page.
        Set<String> served = routes.stream()
                .filter(it -> it.right().isPresent() || it.pattern().text().matches("/(health|problem)/.+"))
                .map(it -> it.method() + " " + it.pattern().text())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(ApiDocument.ours().operations(), served);
    }

    private static List<String> keys(Desk.Reply reply) {
        return List.copyOf(reply.json().fields().keySet());
    }

    private List<String> names(String target) {
        Desk.Reply reply = desk.get(target);
        assertEquals(200, reply.status(), reply::text);
        return reply.json().fields().values().stream()
                .map(it -> it.get("name").textOrEmpty())
                .sorted()
                .toList();
    }

    // Containers.

    @Test
    void aCreateAnswersWhatTheListShows() {
        harbour.engine.eventBus().off();
        Desk.Reply made = desk.post("/container", """
                {"image_name":"there","name":"web","ports":{"80/tcp":8080},"mem_limit":"2g","cpu_percent_limit":50}""");
        assertEquals(201, made.status(), made::text);
        String id = made.json().get("id").textOrEmpty();
        assertEquals("/container/" + id, made.header("Location"));
        assertEquals(made.json(), desk.get("/container").json().get(id.substring(0, 10)));
        assertEquals(made.json(), desk.get("/container/web").json());
        assertEquals(made.json(), desk.get("/container/" + id).json());
        assertEquals(made.json(), desk.get("/container/" + id.substring(0, 4)).json());
        assertEquals(Json.of(2048), made.json().get("mem_limit"));
        assertEquals(Json.of(50), made.json().get("cpu_percent_limit"));
        assertEquals("running", made.json().get("status").textOrEmpty());
        assertEquals(List.of("there:latest"), made.json().get("image_tags").texts());
    }

    @Test
    void keysAreSortedAtEveryLevel() {
        desk.post(
                "/container",
                "{\"image_name\":\"here\",\"labels\":{\"z\":\"1\",\"a\":\"2\"},\"ports\":{\"80\":null,\"443\":8443}}");
        assertTrue(
                desk.get("/container").text().matches(".*\"labels\":\\{\"a\":\"2\",\"berth.op\".*\"z\":\"1\"}.*\n"),
                () -> desk.get("/container").text());
        sorted(desk.get("/container").text());
    }

    /// Each object's keys as they stand in the text, not as a reader of ours sorts them.
    private static void sorted(String json) {
        var last = new ArrayList<String>();
        var matcher = java.util.regex.Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"(:?)|[{}]")
                .matcher(json);
        while (matcher.find()) {
            if (matcher.group().equals("{")) last.add("");
            else if (matcher.group().equals("}")) last.removeLast();
            else if (":".equals(matcher.group(2))) {
                String key = matcher.group(1);
                assertTrue(last.getLast().compareTo(key) < 0, last.getLast() + " stands before " + key);
                last.set(last.size() - 1, key);
            }
        }
    }

    @Test
    void whatDoesNotRunIsListedWithoutFigures() {
        desk.post("/container", "{\"image_name\":\"here\",\"name\":\"idle\",\"start\":false}");
        Json idle = desk.get("/container/idle").json();
        assertEquals("created", idle.get("status").textOrEmpty());
        for (String original : List.of("cpu_percent", "mem_usage", "mem_max_usage"))
            assertEquals(Json.of(0), idle.get(original), original);
        for (String newer : List.of("pids", "sampled_at", "exit_code", "started_at"))
            assertTrue(idle.get(newer).isNull(), newer);
        assertEquals(Json.of(16_384), idle.get("mem_limit"), "without a limit the host's memory");
    }

    @Test
    void filtersNarrowEachOther() {
        desk.post(
                "/container",
                "{\"image_name\":\"here\",\"name\":\"one\",\"labels\":{\"tier\":\"web\",\"team\":\"a\"}}");
        desk.post(
                "/container",
                "{\"image_name\":\"here\",\"name\":\"two\",\"labels\":{\"tier\":\"db\"},\"start\":false}");
        desk.post("/container", "{\"image_name\":\"there\",\"name\":\"three\"}");
        assertEquals(List.of("one", "three", "two"), names("/container"));
        assertEquals(List.of("one", "three"), names("/container?status=running"));
        assertEquals(List.of("one", "three", "two"), names("/container?status=running,created"));
        assertEquals(List.of("two"), names("/container?name=two"));
        assertEquals(List.of("one"), names("/container?label=tier%3Dweb&label=team"));
        assertEquals(List.of("one", "two"), names("/container?label=tier"));
        assertEquals(List.of(), names("/container?label=tier=web&status=created"));
        assertEquals(List.of("one", "two"), names("/container?image=here"));
        assertEquals(List.of("three"), names("/container?image=docker.io/library/there:latest"));
        assertEquals(List.of(), names("/container?image=nowhere"));
        String id = desk.get("/image/there").json().get("id").textOrEmpty();
        assertEquals(List.of("three"), names("/container?image=" + id));
        assertEquals(List.of("three"), names("/container?image=" + id.substring(0, 17)));
        assertEquals(List.of("three"), names("/container?image=" + id.substring(7)));
    }

    @Test
    void fieldsKeepOnlyThose() {
        desk.post("/container", "{\"image_name\":\"here\",\"name\":\"web\"}");
        assertEquals(List.of("name", "status"), keys(desk.get("/container/web?fields=status,name")));
        assertTrue(desk.get("/container?fields=name").text().matches("\\{\"[0-9a-f]{10}\":\\{\"name\":\"web\"}}\n"));
        assertEquals(
                List.of("fields", "fields"),
                desk.get("/container/web?fields=a,name,b").faulty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/container?status=sleeping",
                "/container?status=",
                "/container?status=running,",
                "/container?name=",
                "/container?image=%20",
                "/container?image=UPPER",
                "/container?all=1",
                "/container?fields=nope",
                "/image?all",
                "/job?state=x",
                "/info?x",
                "/health/live?x=1",
                "/container?dry_run=true"
            })
    void aQueryThatIsNotUnderstoodIsNotGuessed(String target) {
        assertEquals(400, desk.get(target).status());
    }

    @Test
    void aPrefixThatFitsSeveralNamesThem() {
        for (int i = 0; i < 20; i++) harbour.foreign(SpecDraft.of("here").spec());
        String common = harbour.snapshot().containers().keySet().stream()
                .map(it -> it.hex().substring(0, 1))
                .collect(Collectors.groupingBy(it -> it, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(it -> it.getValue() > 1)
                .findFirst()
                .orElseThrow()
                .getKey();
        Desk.Reply reply = desk.get("/container/" + common);
        assertEquals(409, reply.status());
        assertEquals("ambiguous-id", reply.problem());
        assertTrue(reply.json().get("candidates").items().size() > 1);
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                          body",
        "'[]',                                        body",
        "'{',                                         body",
        "'{} {}',                                     body",
        "'{\"image_name\":\"here\",\"x\":1}',         x",
        "'{\"image_name\":\"here\",\"name\":5}',      name",
        "'{\"image_name\":\"here\",\"mem_limit\":\"\\ud800\"}', body",
        "'{\"image_name\":\"here\",\"mem_limit\":1e99999999999999}', body",
        "'{\"name\":\"web\"}',                        image_name"
    })
    void aBadBodyNamesWhatIsWrongAndMakesNothing(String body, String field) {
        Desk.Reply reply = desk.post("/container", body);
        assertEquals(400, reply.status());
        assertTrue(reply.faulty().contains(field), reply::text);
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aMegabyteOfNonsenseComesBackAsAPage() {
        String key = "k".repeat(100_000);
        Desk.Reply reply =
                desk.post("/container", "{\"image_name\":\"" + "a/".repeat(200_000) + "\",\"" + key + "\":1}");
        assertEquals(400, reply.status());
        assertTrue(reply.text().length() < 5000, () -> reply.text().length() + " characters");
    }

    @Test
    void aDryRunTellsAndChangesNothing() {
        Desk.Reply plan = desk.post("/container?dry_run=true", "{\"image_name\":\"there\",\"ports\":{\"80\":8080}}");
        assertEquals(200, plan.status(), plan::text);
        assertTrue(
                plan.json().get("pull").isTrue() && plan.json().get("dry_run").isTrue());
        assertEquals("there:latest", plan.json().at("create", "image_name").textOrEmpty());
        assertEquals(0, harbour.engine.containerCount());
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        Desk.Reply removal = desk.ask("DELETE", "/container/web?dry_run");
        assertEquals(200, removal.status(), removal::text);
        assertTrue(removal.json().get("stop").isTrue());
        assertEquals(1, harbour.engine.runningCount());
        assertEquals(
                409, desk.ask("DELETE", "/image/here?dry_run=true&force=true").status());
    }

    @Test
    void aPortThatIsTakenSaysByWhom() {
        harbour.foreign(SpecDraft.of("here").named("holder").port("80", 8080).spec());
        Desk.Reply reply = desk.post("/container", "{\"image_name\":\"here\",\"ports\":{\"80\":8080}}");
        assertEquals(409, reply.status());
        assertEquals("port-taken", reply.problem());
        assertEquals("holder", reply.json().get("container").textOrEmpty());
        assertEquals(1, harbour.engine.containerCount());
    }

    @Test
    void aRemovalAnswersNothingAndShowsAtOnce() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.eventBus().off();
        Desk.Reply reply = desk.ask("DELETE", "/container/web?timeout=0&keep_volumes=true");
        assertEquals(204, reply.status(), reply::text);
        assertEquals("", reply.text());
        assertEquals(404, desk.get("/container/web").status());
        assertEquals(404, desk.ask("DELETE", "/container/web").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeout=-1",
                "timeout=3601",
                "timeout=x",
                "timeout=1&timeout=2",
                "keep_volumes=maybe",
                "dry_run=2"
            })
    void aRemovalWithABadParameterRemovesNothing(String query) {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        assertEquals(400, desk.ask("DELETE", "/container/web?" + query).status());
        assertEquals(1, harbour.engine.runningCount());
    }

    @Test
    void theSameStateIsNotSentTwice() {
        Desk.Reply first = desk.get("/container");
        desk.with("If-None-Match", first.header("ETag"));
        assertEquals(304, desk.get("/container").status());
        assertEquals(304, desk.ask("HEAD", "/container").status());
        harbour.foreign(SpecDraft.of("here").spec());
        assertEquals(200, desk.get("/container").status());
    }

    // Images and jobs.

    @Test
    void imagesAreShownByIdReferenceAndPrefix() {
        Json image = desk.get("/image/here").json();
        String id = image.get("id").textOrEmpty();
        for (String name : List.of(
                id,
                id.substring(7),
                id.substring(0, 12),
                id.substring(7, 12),
                "library/here",
                "library%2Fhere",
                "docker.io/library/here:latest",
                "here:latest")) assertEquals(image, desk.get("/image/" + name).json(), name);
        assertEquals(List.of(id.substring(0, 17)), keys(desk.get("/image")));
        assertEquals(404, desk.get("/image/nowhere").status());
        assertEquals(404, desk.get("/image//here").status());
    }

    @Test
    void aPullIsAJobThatCanBeWaitedFor() {
        Desk.Reply reply = desk.post("/image?wait=20", "{\"image_name\":[\"there\",\"nowhere\"]}");
        assertEquals(200, reply.status(), reply::text);
        assertEquals("failed", reply.json().get("state").textOrEmpty());
        assertEquals(
                "succeeded", reply.json().at("items", "there:latest", "state").textOrEmpty());
        assertFalse(reply.json()
                .at("items", "nowhere:latest", "error")
                .textOrEmpty()
                .isEmpty());
        String id = reply.json().get("id").textOrEmpty();
        assertEquals(reply.json(), desk.get("/job/" + id).json());
        assertEquals(List.of(id), keys(desk.get("/job")));
        assertEquals(200, desk.get("/image/there").status());
        assertEquals(200, desk.ask("DELETE", "/job/" + id).status());
    }

    @Test
    void aPullThatGoesOnIs202AndCanBeCancelled() {
        Gate steps = harbour.engine.hold(Call.PULL_STEP);
        Desk.Reply reply = desk.post("/image", "{\"image_name\":\"there\"}");
        assertEquals(202, reply.status(), reply::text);
        String job = reply.header("Location");
        steps.awaitArrival();
        assertEquals("running", desk.get(job).json().get("state").textOrEmpty());
        Desk.Reply cancelled = desk.ask("DELETE", job + "?wait=20");
        assertEquals(200, cancelled.status(), cancelled::text);
        assertEquals("cancelled", cancelled.json().get("state").textOrEmpty());
        assertEquals(404, desk.get("/image/there").status());
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', image_name",
        "'{\"image_name\":[]}', image_name",
        "'{\"image_name\":5}', image_name",
        "'{\"image_name\":[\"there\",5]}', image_name[1]",
        "'{\"image_name\":[\"there\",\"No\"]}', image_name[1]",
        "'{\"image_name\":\"\"}', image_name",
        "'{\"image_name\":\"there\",\"tag\":\"x\"}', tag"
    })
    void aNameThatIsNoReferenceStartsNoJob(String body, String field) {
        Desk.Reply reply = desk.post("/image", body);
        assertEquals(400, reply.status());
        assertTrue(reply.faulty().contains(field), reply::text);
        assertEquals(List.of(), keys(desk.get("/job")));
    }

    @Test
    void aBadWaitBeginsAndEndsNothing() {
        assertEquals(
                400, desk.post("/image?wait=x", "{\"image_name\":\"there\"}").status());
        assertEquals(400, desk.get("/image/updateall?wait=x").status());
        assertEquals(400, desk.ask("POST", "/image/updateall?wait=1.5").status());
        assertEquals(400, desk.get("/image/updateall?wait=x&dry_run=true").status());
        assertEquals(List.of(), keys(desk.get("/job")));
        Gate steps = harbour.engine.hold(Call.PULL_STEP);
        String job = desk.post("/image", "{\"image_name\":\"there\"}").header("Location");
        steps.awaitArrival();
        assertEquals(400, desk.ask("DELETE", job + "?wait=x").status());
        assertEquals("running", desk.get(job).json().get("state").textOrEmpty());
        steps.open();
    }

    @Test
    void credentialsThatAreNoneAreTheCallersFault() {
        Desk.Reply reply = desk.with("X-Registry-Auth", "!!!").post("/image", "{\"image_name\":\"there\"}");
        assertEquals(400, reply.status(), reply::text);
        assertEquals(List.of(), keys(desk.get("/job")));
    }

    @Test
    void updateAllWorksAsInTheOriginal() {
        Desk.Reply reply = desk.get("/image/updateall?wait=20");
        assertEquals(200, reply.status(), reply::text);
        assertEquals("updateall", reply.json().get("kind").textOrEmpty());
        assertEquals(
                "unchanged", reply.json().at("items", "here:latest", "state").textOrEmpty());
        assertEquals("no-store", reply.header("Cache-Control"));
        assertEquals(405, desk.ask("HEAD", "/image/updateall").status());
        assertEquals("GET, POST", desk.ask("HEAD", "/image/updateall").header("Allow"));
        Desk.Reply plan = desk.ask("POST", "/image/updateall?dry_run=true");
        assertEquals(List.of("here:latest"), plan.json().get("pull").texts());
        assertEquals(202, desk.ask("POST", "/image/updateall").status());
    }

    @Test
    void anImageInUseNamesTheContainers() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        Desk.Reply used = desk.ask("DELETE", "/image/here");
        assertEquals(409, used.status());
        assertEquals(List.of("web (running)"), used.json().get("containers").texts());
        assertEquals(204, desk.ask("DELETE", "/container/web").status());
        Desk.Reply removed = desk.ask("DELETE", "/image/here");
        assertEquals(200, removed.status(), removed::text);
        assertEquals(List.of("here:latest"), removed.json().get("untagged").texts());
        assertEquals(404, desk.ask("DELETE", "/image/here").status());
    }

    @Test
    void jobsThatNobodyKnowsAreNotFound() {
        assertEquals("no-such-job", desk.get("/job/x").problem());
        assertEquals(404, desk.ask("DELETE", "/job/x").status());
    }

    // The server itself.

    @Test
    void theHostIsShown() {
        harbour.foreign(SpecDraft.of("here").memory("1g").spec());
        Json info = desk.get("/info").json();
        assertEquals("connected", info.at("engine", "state").textOrEmpty());
        assertEquals(Json.of(1), info.at("containers", "running"));
        assertEquals(Json.of(1L << 30), info.at("memory", "limits_bytes"));
        assertEquals(200, desk.without("Authorization").get("/health/ready").status());
        assertEquals(200, desk.get("/health/live").status());
    }

    @Test
    void withoutAnEngineReadsGoOnAndWritesAre503() {
        ContainerId id = harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.goAway();
        harbour.awaitUnreachable();
        assertEquals(200, desk.get("/container/" + id.hex()).status());
        assertEquals(
                "unreachable", desk.get("/info").json().at("engine", "state").textOrEmpty());
        for (Desk.Reply reply : List.of(
                desk.post("/container", "{\"image_name\":\"here\"}"),
                desk.post("/image", "{\"image_name\":\"there\"}"),
                desk.ask("DELETE", "/container/web"),
                desk.ask("DELETE", "/image/here"),
                desk.get("/image/updateall"))) {
            assertEquals(503, reply.status(), reply::text);
            assertEquals("engine-unreachable", reply.problem());
            assertEquals("2", reply.header("Retry-After"));
        }
        desk.without("Authorization");
        assertEquals("down", desk.get("/health/ready").json().get("status").textOrEmpty());
        assertEquals(200, desk.get("/health/live").status());
    }

    @Test
    void whatWasNeverSeenIsNotShownAsEmpty() {
        try (var blind = new Harbour()) {
            var early = new Desk(Routes.all(
                    blind.mirror,
                    blind.stats,
                    blind.jobs,
                    blind.images,
                    blind.admission,
                    blind.containers,
                    blind.logs,
                    blind.details,
                    InstantSource.system(),
                    "quay",
                    "0"));
            assertEquals(503, early.get("/container").status());
            assertEquals(503, early.get("/image").status());
            assertEquals(503, early.get("/container/web").status());
            assertTrue(early.get("/info").json().at("memory", "capacity_bytes").isNull());
            assertEquals("quay", early.get("/info").json().get("hostname").textOrEmpty());
        }
    }

    @Test
    void whatTheEngineSaysIsPassedOn() {
        harbour.engine.refuseNext(Call.CREATE, new Failure.EngineNonsense("500 from the engine", null));
        assertEquals(502, desk.post("/container", "{\"image_name\":\"here\"}").status());
        harbour.engine.refuseNext(Call.CREATE, new Failure.EngineSlow("no answer"));
        assertEquals(504, desk.post("/container", "{\"image_name\":\"here\"}").status());
        Desk.Reply start = desk.post("/container", "{\"image_name\":\"here\",\"command\":[\"/nosuch\"]}");
        assertEquals(422, start.status());
        assertEquals("start-refused", start.problem());
        assertTrue(start.json().get("engine_message").textOrEmpty().contains("no such file"));
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void everyProblemLeadsToAPage() {
        String type = desk.get("/container/nobody").json().get("type").textOrEmpty();
        Desk.Reply page = desk.without("Authorization").get(type);
        assertEquals(200, page.status());
        assertEquals("text/html; charset=utf-8", page.header("Content-Type"));
        assertEquals("no-such-problem", desk.get("/problem/nonsense").problem());
    }

    @Test
    void aKeyOfALabelCannotBreakOutOfTheAnswer() {
        Desk.Reply made = desk.post("/container", """
                {"image_name":"here","labels":{"a\\":1,\\"x\\":\\"":"\\u0001\\u2028"}}""");
        assertEquals(201, made.status(), made::text);
        assertEquals(
                Optional.of("\u0001\u2028"),
                made.json().get("labels").get("a\":1,\"x\":\"").text());
        await().atMost(20, SECONDS)
                .until(() -> desk.get("/container").json().fields().size() == 1);
    }
}
