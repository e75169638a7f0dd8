package dev.berth.web;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.feed.Feed;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.store.Database;
import dev.berth.store.ScratchDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Jobs as JSON, and as they change on a real socket.
@Timeout(60)
class JobRoutesTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String END = "event: end\ndata: {\"reason\":\"ended\"}\n\n";

    private final Database database = ScratchDatabase.make();
    private final Random random = new Random(1);
    private final Feed feed = new Feed(InstantSource.system());
    private final Jobs jobs = new Jobs(database, Set.of(), feed, InstantSource.system(), random);
    private final List<Server> servers = new ArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void close() {
        go.countDown();
        servers.forEach(Server::close);
        jobs.close();
        database.close();
    }

    private List<Route> routes(Duration heartbeat) {
        return new JobRoutes(jobs, new JobStreams(_ -> {}, heartbeat)).routes();
    }

    private Desk desk() {
        return new Desk(routes(NEVER));
    }

    private Server serve(Duration heartbeat) {
        var server = Desk.server(routes(heartbeat));
        server.start();
        servers.add(server);
        return server;
    }

    /// A stream that has begun.
    private static RawClient follow(Server server, String target, String... headers) throws IOException {
        var client = new RawClient(server.port());
        client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN
                + "\r\nAccept: text/event-stream\r\n" + String.join("", headers) + "\r\n");
        RawClient.Reply head = client.streaming("GET", target);
        assertEquals(200, head.status());
        assertEquals("text/event-stream", head.header("Content-Type"));
        assertEquals("no-store", head.header("Cache-Control"));
        assertEquals("no", head.header("X-Accel-Buffering"));
        assertEquals("retry: 2000\n\n", client.chunk());
        return client;
    }

    private Job start(String kind, Jobs.Work work) {
        return jobs.start(kind, kind, "anna", List.of("one", "two"), work);
    }

    private Job running(String kind) {
        Job job = start(kind, it -> {
            it.item("one", Item::running);
            go.await();
            it.item("one", item -> item.succeeded(Optional.empty()));
            it.item("two", Item::unchanged);
        });
        await().until(() -> job.view().items().values().stream().anyMatch(it -> it.state() == JobState.RUNNING));
        return job;
    }

    private Job ended(String kind) throws InterruptedException {
        Job job = start(kind, it -> it.item("one", item -> item.failed("no")));
        assertTrue(job.await(LONG));
        return job;
    }

    private static void progress(Job job, double percent) {
        job.item("one", it -> it.progress(percent, OptionalLong.of((long) percent), OptionalLong.empty()));
    }

    /// The next job that a stream tells, past heartbeats and positions.
    private static Json job(RawClient client) throws IOException {
        String chunk = client.chunk();
        while (chunk.equals(":\n\n") || chunk.matches("id: \\d+\\.\\d+\n\n")) chunk = client.chunk();
        return data(chunk);
    }

    /// The next one of another job: one that changes while it is looked at may be told twice.
    private static Json jobBut(String id, RawClient client) throws IOException {
        Json told = job(client);
        while (id(told).equals(id)) told = job(client);
        return told;
    }

    private static Json data(String chunk) {
        List<String> lines = chunk.lines().toList();
        assertEquals(4, lines.size(), chunk);
        assertTrue(lines.get(0).matches("id: \\d+\\.\\d+"), chunk);
        assertEquals("event: job", lines.get(1));
        byte[] bytes = lines.get(2).substring("data: ".length()).getBytes(StandardCharsets.UTF_8);
        try {
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(chunk, broken);
        }
    }

    private static String id(Json job) {
        return job.get("id").textOrEmpty();
    }

    private static String state(Json job) {
        return job.get("state").textOrEmpty();
    }

    // JSON.

    @Test
    void aJobSaysWhetherItNeedsAttention() throws InterruptedException {
        Job calm = ended("pull");
        Job other = start("update", it -> it.needsAttention("look"));
        other.await(LONG);
        assertEquals(Json.of(false), desk().get("/job/" + calm.id()).json().get("needs_attention"));
        Json json =
                new Desk(routes(NEVER)).undocumented().get("/job/" + other.id()).json();
        assertEquals(Json.of(true), json.get("needs_attention"));
        assertEquals("look", json.get("detail").textOrEmpty());
    }

    @Test
    void whatOnlyItemsOfAKindTellIsTold() throws InterruptedException {
        Job job = start("update", it -> it.item("one", item -> item.with("log", Json.of(List.of("x")))));
        job.await(LONG);
        Json json =
                new Desk(routes(NEVER)).undocumented().get("/job/" + job.id()).json();
        assertEquals(List.of("x"), json.at("items", "one", "log").texts());
    }

    @ParameterizedTest
    @CsvSource({
        "'', failed pull; running pull; failed updateall",
        "kind=pull, failed pull; running pull",
        "'kind=updateall,pull', failed pull; running pull; failed updateall",
        "kind=prune, ''",
        "state=running, running pull",
        "'state=queued,failed', failed pull; failed updateall",
        "state=failed&kind=updateall, failed updateall",
        "state=succeeded&state=cancelled, ''"
    })
    void filtersNarrowTheList(String query, String expected) throws InterruptedException {
        ended("pull");
        ended("updateall");
        running("pull");
        Desk.Reply reply = desk().get("/job?" + query);
        assertEquals(200, reply.status(), reply::text);
        var found = new TreeSet<String>();
        reply.json()
                .fields()
                .values()
                .forEach(it -> found.add(state(it) + " " + it.get("kind").textOrEmpty()));
        assertEquals(
                expected,
                String.join(
                        "; ",
                        found.stream()
                                .sorted((a, b) -> reversed(a).compareTo(reversed(b)))
                                .toList()));
    }

    /// By kind, then by state.
    private static String reversed(String stateAndKind) {
        int space = stateAndKind.indexOf(' ');
        return stateAndKind.substring(space) + " " + stateAndKind.substring(0, space);
    }

    @ParameterizedTest
    @CsvSource({
        "state=runing, state",
        "state=unchanged, state",
        "state=, state",
        "'state=running,', state",
        "kind=, kind",
        "kind=Pull, kind",
        "kin=pull, kin",
        "wait=1, wait"
    })
    void aFilterThatIsNoneIsRefused(String query, String field) {
        for (Desk desk : List.of(desk(), desk().with("Accept", "text/event-stream"))) {
            Desk.Reply reply = desk.get("/job?" + query);
            assertEquals(400, reply.status());
            assertEquals(List.of(field), reply.faulty());
        }
    }

    @Test
    void jsonIsTaggedAndAStreamIsNot() throws InterruptedException {
        Job job = ended("pull");
        for (String target : List.of("/job", "/job/" + job.id())) {
            Desk.Reply reply = desk().get(target);
            assertEquals("application/json", reply.header("Content-Type"));
            assertEquals("private, no-cache", reply.header("Cache-Control"));
            assertEquals(
                    304,
                    desk().with("If-None-Match", reply.header("ETag"))
                            .get(target)
                            .status());
            Desk.Reply stream = desk().with("Accept", "text/event-stream").get(target);
            assertEquals("text/event-stream", stream.header("Content-Type"));
            assertEquals("", stream.header("ETag"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "text/event-stream;q=0"})
    void whoDoesNotNameEventsGetsJson(String accept) throws InterruptedException {
        Job job = ended("pull");
        for (String target : List.of("/job", "/job/" + job.id()))
            assertEquals(
                    "application/json",
                    desk().with("Accept", accept).get(target).header("Content-Type"));
    }

    @Test
    void aJobThatIsNotThereHasNoStream() {
        Desk events = desk().with("Accept", "text/event-stream");
        assertEquals("no-such-job", events.get("/job/x").problem());
        assertEquals(401, events.without("Authorization").get("/job").status());
    }

    @Test
    void waitingStillHoldsTheAnswer() {
        Job job = running("pull");
        assertEquals("running", state(desk().get("/job/" + job.id()).json()));
        Thread.ofVirtual().start(go::countDown);
        assertEquals(
                "succeeded", state(desk().get("/job/" + job.id() + "?wait=20").json()));
    }

    // Streams of one.

    @Test
    void aStreamBeginsWithTheJobGoesOnWithItsChangesAndEndsWithIt() throws IOException {
        Job job = running("pull");
        Server server = serve(NEVER);
        try (RawClient client = follow(server, "/job/" + job.id())) {
            Json first = job(client);
            assertEquals(first, desk().get("/job/" + job.id()).json());
            for (int percent = 10; percent <= 50; percent += 10) {
                progress(job, percent);
                assertEquals(Json.of(percent / 2), job(client).get("percent"));
            }
            go.countDown();
            Json last = job(client);
            while (!state(last).equals("succeeded")) last = job(client);
            assertEquals(last, desk().get("/job/" + job.id()).json());
            assertEquals(END, client.chunk());
            assertEquals("", client.chunk());
            client.send("GET /job HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN + "\r\n\r\n");
            assertEquals(200, client.reply("GET", "/job").status(), "the connection stays");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Last-Event-ID: 1.1\r\n", "Last-Event-ID: 17\r\n", "Last-Event-ID:\r\n"})
    void aStreamOfAnEndedJobIsItsStateAndTheEnd(String last) throws Exception {
        Job job = ended("pull");
        try (RawClient client = follow(serve(NEVER), "/job/" + job.id(), last)) {
            assertEquals("failed", state(job(client)));
            assertEquals(END, client.chunk());
            assertEquals("", client.chunk());
        }
    }

    @Test
    void idsGrow() throws IOException {
        Job job = running("pull");
        try (RawClient client = follow(serve(NEVER), "/job/" + job.id())) {
            long before = sequence(client.chunk());
            for (int percent = 10; percent < 20; percent++) {
                progress(job, percent);
                long next = sequence(client.chunk());
                assertTrue(next > before, next + " after " + before);
                before = next;
            }
        }
    }

    private static long sequence(String chunk) {
        return Long.parseLong(chunk.lines().findFirst().orElseThrow().replaceFirst("id: \\d+\\.", ""));
    }

    @Test
    void aHeartbeatComesWhereNoChangeDoes() throws IOException {
        Job job = running("pull");
        Server server = serve(AT_ONCE);
        try (RawClient one = follow(server, "/job/" + job.id());
                RawClient all = follow(server, "/job")) {
            assertEquals("running", state(job(one)));
            assertEquals("running", state(job(all)));
            for (RawClient client : List.of(one, all)) {
                String chunk = client.chunk();
                if (!chunk.equals(":\n\n")) chunk = client.chunk(); // its position, once
                assertEquals(":\n\n", chunk);
                assertEquals(":\n\n", client.chunk());
            }
        }
    }

    @Test
    void whatComesFasterThanItIsToldIsToldOnceAsItIsThen() throws IOException {
        Job job = running("pull");
        try (RawClient client = follow(serve(NEVER), "/job/" + job.id())) {
            job(client);
            int changes = 50_000;
            for (int i = 1; i <= changes; i++) progress(job, 90.0 * i / changes);
            int told = 0;
            for (Json last = Json.Null.VALUE; !last.get("percent").equals(Json.of(45)); told++) last = job(client);
            assertTrue(told < changes / 100, told + " of " + changes);
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsNobodyUpAndGetsTheEnd() throws Exception {
        List<String> names =
                IntStream.range(0, 3_000).mapToObj(it -> "image:" + it).toList();
        Job job = jobs.start("pull", "large", "anna", names, it -> {
            go.await();
            for (String name : names) it.item(name, item -> item.running().succeeded(Optional.of("sha256:1")));
        });
        Server server = serve(NEVER);
        var slow = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < 20; i++) slow.add(follow(server, "/job/" + job.id()));
            try (RawClient quick = follow(server, "/job/" + job.id())) {
                go.countDown();
                assertTrue(job.await(LONG));
                Json last = job(quick);
                while (!state(last).equals("succeeded")) last = job(quick);
            }
            for (RawClient client : slow) {
                Json last = job(client);
                while (!state(last).equals("succeeded")) last = job(client);
                assertEquals(END, client.chunk());
            }
        } finally {
            for (RawClient client : slow) client.close();
        }
    }

    @Test
    void aHeadOfAStreamIsItsHead() throws IOException {
        Job job = running("pull");
        try (var client = new RawClient(serve(NEVER).port())) {
            for (String target : List.of("/job", "/job/" + job.id())) {
                client.send("HEAD " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN
                        + "\r\nAccept: text/event-stream\r\n\r\n");
                assertEquals("text/event-stream", client.reply("HEAD", target).header("Content-Type"));
            }
        }
    }

    @Test
    void theServersEndEndsStreamsAndNoJob() throws IOException {
        Job job = running("pull");
        Server server = serve(NEVER);
        try (RawClient one = follow(server, "/job/" + job.id());
                RawClient all = follow(server, "/job")) {
            job(one);
            job(all);
            servers.clear();
            server.close();
            for (RawClient client : List.of(one, all)) {
                assertEquals("event: end\ndata: {\"reason\":\"stopping\"}\n\n", client.chunk());
                assertEquals("", client.chunk());
            }
            assertEquals(JobState.RUNNING, job.view().state());
        }
    }

    // Streams of all.

    @Test
    void allAreToldThatHaveNotEndedAndThenWhatChanges() throws Exception {
        Job old = ended("updateall");
        Job job = running("pull");
        try (RawClient client = follow(serve(NEVER), "/job")) {
            assertEquals(job.id(), id(job(client)));
            Job quick = ended("quick");
            Json told = job(client);
            while (!state(told).equals("failed")) {
                assertEquals(quick.id(), id(told));
                told = job(client);
            }
            assertEquals(quick.id(), id(told));
            progress(job, 20);
            told = jobBut(quick.id(), client);
            assertEquals(job.id(), id(told));
            assertEquals(Json.of(10), told.get("percent"));
            go.countDown();
            while (!state(told).equals("succeeded")) told = job(client);
            assertFalse(old.id().equals(id(told)));
            Job after = ended("after");
            assertEquals(after.id(), id(jobBut(job.id(), client)), "the stream goes on");
        }
    }

    @Test
    void whoComesBackGetsWhatHasChangedSince() throws Exception {
        Server server = serve(NEVER);
        String position;
        try (RawClient client = follow(server, "/job")) {
            position = client.chunk().lines().findFirst().orElseThrow().substring("id: ".length());
        }
        Job missed = ended("pull");
        String resume = "Last-Event-ID: " + position + "\r\n";
        try (RawClient client = follow(server, "/job", resume)) {
            String chunk = client.chunk();
            assertEquals(missed.id(), id(data(chunk)));
            resume = chunk.lines().findFirst().orElseThrow().replace("id: ", "Last-Event-ID: ") + "\r\n";
        }
        Job next = ended("pull");
        try (RawClient client = follow(server, "/job", resume)) {
            assertEquals(next.id(), id(job(client)), "and nothing twice");
        }
        for (String another : List.of("Last-Event-ID: 1.1\r\n", resume.replaceFirst("\\.", ".9999")))
            try (RawClient client = follow(server, "/job", another)) {
                assertEquals(missed.id(), id(job(client)), "all may have changed since another life");
                assertEquals(next.id(), id(job(client)));
            }
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "x", "1.x"})
    void anIdThatIsNoneIsRefused(String last) {
        Desk.Reply reply = desk().with("Accept", "text/event-stream")
                .with("Last-Event-ID", last)
                .get("/job");
        assertEquals(List.of("Last-Event-ID"), reply.faulty());
    }

    @Test
    void aStreamIsFilteredAsTheListIs() throws Exception {
        Server server = serve(NEVER);
        try (RawClient pulls = follow(server, "/job?kind=pull");
                RawClient failures = follow(server, "/job?state=failed")) {
            Job first = ended("updateall");
            Job second = ended("pull");
            assertEquals(second.id(), id(job(pulls)));
            assertEquals(first.id(), id(job(failures)));
            assertEquals(second.id(), id(jobBut(first.id(), failures)));
        }
    }

    /// Many jobs change while many look: nobody misses how one ended, and nobody sees one go back.
    @Test
    void everyFollowerLearnsEveryEnd() throws Exception {
        Server server = serve(NEVER);
        var clients = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < 5; i++) clients.add(follow(server, "/job"));
            var all = new ArrayList<Job>();
            for (int i = 0; i < 40; i++) {
                all.add(jobs.start("pull", "job " + i, "anna", List.of("one"), it -> {
                    for (int percent = 1; percent < 100; percent++) progress(it, percent);
                    it.item("one", item -> item.succeeded(Optional.empty()));
                }));
            }
            for (RawClient client : clients) {
                var percents = new TreeMap<String, Double>();
                var ended = new TreeSet<String>();
                while (ended.size() < all.size()) {
                    Json told = job(client);
                    double percent = ((Json.Num) told.get("percent")).value().doubleValue();
                    assertTrue(percent >= percents.getOrDefault(id(told), 0.0), told::toString);
                    percents.put(id(told), percent);
                    if (state(told).equals("succeeded")) ended.add(id(told));
                }
            }
        } finally {
            for (RawClient client : clients) client.close();
        }
    }
}
