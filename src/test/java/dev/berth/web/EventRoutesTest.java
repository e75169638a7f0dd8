package dev.berth.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.model.ContainerId;
import dev.berth.model.ImageRef;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The stream of events on a real socket.
@Timeout(60)
class EventRoutesTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration BRIEF = Duration.ofMillis(20);
    private static final ContainerId WEB = new ContainerId("ab".repeat(32));
    private static final ContainerId DB = new ContainerId("cd".repeat(32));

    private final Harbour harbour = new Harbour();
    private final List<Server> servers = new ArrayList<>();

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
    }

    @AfterEach
    void close() {
        servers.forEach(Server::close);
        harbour.close();
    }

    private List<Route> routes(Duration heartbeat) {
        return new EventRoutes(harbour.mirror, harbour.feed, heartbeat).routes();
    }

    private Server serve(Duration heartbeat) {
        var server = Desk.server(routes(heartbeat));
        server.start();
        servers.add(server);
        return server;
    }

    /// A stream that has begun; what it begins with is its position.
    private static RawClient follow(Server server, String target, String... headers) throws IOException {
        var client = new RawClient(server.port());
        client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN + "\r\n"
                + String.join("", headers) + "\r\n");
        RawClient.Reply head = client.streaming("GET", target);
        assertEquals(200, head.status());
        assertEquals("text/event-stream", head.header("Content-Type"));
        assertEquals("no-store", head.header("Cache-Control"));
        assertEquals("retry: 2000\n\n", client.chunk());
        return client;
    }

    private static RawClient followed(Server server, String target, String... headers) throws IOException {
        RawClient client = follow(server, target, headers);
        String position = client.chunk();
        assertTrue(position.matches("id: \\d+\\.\\d+\n\n"), position);
        return client;
    }

    private static Happening happening(Kind kind, String action) {
        return Happening.of(kind, action);
    }

    private String publish(Happening what) {
        return harbour.feed.publish(what).toString();
    }

    private static String name(String chunk) {
        return chunk.lines()
                .filter(it -> it.startsWith("event: "))
                .findFirst()
                .orElse("no event: " + chunk)
                .substring("event: ".length());
    }

    private static String id(String chunk) {
        return chunk.lines().findFirst().orElseThrow().substring("id: ".length());
    }

    // Requests.

    @ParameterizedTest
    @CsvSource({
        "type=contaner, type",
        "type=, type",
        "'type=container,', type",
        "action=strated, action",
        "type=image&action=started, action",
        "exec=perhaps, exec",
        "container=, container",
        "since=x, since",
        "since=1, since",
        "since=1.1&since=1.2, since",
        "typ=container, typ",
        "fields=name, fields"
    })
    void aQueryThatIsNoneIsRefused(String query, String field) {
        Desk.Reply reply = new Desk(routes(NEVER)).get("/event?" + query);
        assertEquals(400, reply.status());
        assertEquals(List.of(field), reply.faulty());
    }

    @Test
    void everyFaultIsNamedAtOnce() {
        Desk.Reply reply = new Desk(routes(NEVER)).get("/event?type=a,b&action=c");
        assertEquals(List.of("type", "type", "action"), reply.faulty());
    }

    @Test
    void anIdThatHasNeverBeenIsRefused() {
        String id = publish(happening(Kind.JOB, "queued"));
        String next = id.substring(0, id.indexOf('.') + 1) + "999999";
        assertEquals(
                List.of("Last-Event-ID"),
                new Desk(routes(NEVER))
                        .with("Last-Event-ID", next)
                        .get("/event")
                        .faulty());
        assertEquals(
                List.of("Last-Event-ID"),
                new Desk(routes(NEVER))
                        .with("Last-Event-ID", "17")
                        .get("/event")
                        .faulty());
        assertEquals(
                List.of("since"),
                new Desk(routes(NEVER)).get("/event?since=" + next).faulty());
    }

    @Test
    void withoutATokenThereIsNothing() {
        assertEquals(
                401,
                new Desk(routes(NEVER)).without("Authorization").get("/event").status());
        assertEquals(405, new Desk(routes(NEVER)).ask("POST", "/event").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*", "text/event-stream"})
    void itIsAlwaysAStream(String accept) {
        Desk desk = new Desk(routes(NEVER)).with("Accept", accept);
        assertEquals("text/event-stream", desk.get("/event").header("Content-Type"));
        assertEquals("text/event-stream", desk.ask("HEAD", "/event").header("Content-Type"));
    }

    // Streams.

    @Test
    void anEventLeavesAtOnceWithItsIdItsNameAndOneLineOfData() throws IOException {
        try (RawClient client = followed(serve(NEVER), "/event")) {
            ContainerId id = harbour.foreign(
                    SpecDraft.of("here").named("web").label("tier", "a\nb").spec());
            String created = client.chunk();
            assertEquals("container.created", name(created));
            assertEquals(4, created.lines().count(), created);
            String started = client.chunk();
            assertEquals("container.started", name(started));
            String data = started.lines().skip(2).findFirst().orElseThrow();
            assertTrue(data.startsWith("data: {\"action\":\"started\",\"at\":\""), data);
            assertTrue(
                    data.endsWith("\"container\":{\"id\":\"" + id + "\",\"image\":\"here:latest\",\"name\":\"web\","
                            + "\"short_id\":\"" + id.shortId() + "\",\"status\":\"running\"},\"id\":\"" + id(started)
                            + "\",\"type\":\"container\"}"),
                    data);
        }
    }

    @Test
    void filtersNarrowWhatComes() throws IOException {
        Server server = serve(NEVER);
        var filters = Map.of(
                "type=image,job",
                "image.tagged job.queued",
                "type=container&action=died",
                "container.died container.died",
                "action=died,queued",
                "container.died container.died job.queued",
                "container=web",
                "container.died container.renamed",
                "container=cd",
                "container.died",
                "container=" + WEB,
                "container.died container.renamed",
                "container=db,web",
                "container.died container.renamed container.died",
                "label=tier=a",
                "container.died container.renamed image.tagged",
                "label=tier&label=other=1",
                "image.tagged",
                "exec=true&container=web",
                "container.died container.exec_died container.renamed");
        List<RawClient> clients = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (var filter : filters.entrySet()) {
            clients.add(followed(server, "/event?" + filter.getKey()));
            expected.add(filter.getValue());
        }
        Happening web = happening(Kind.CONTAINER, "died").concerning(WEB, "web").labelled(Map.of("tier", "a"));
        publish(web);
        publish(happening(Kind.CONTAINER, "exec_died").concerning(WEB, "web"));
        publish(happening(Kind.CONTAINER, "renamed").concerning(WEB, "web").labelled(Map.of("tier", "a")));
        publish(happening(Kind.CONTAINER, "died").concerning(DB, "db").labelled(Map.of("tier", "b")));
        publish(happening(Kind.IMAGE, "tagged").labelled(Map.of("tier", "a", "other", "1")));
        publish(happening(Kind.JOB, "queued"));
        for (int i = 0; i < clients.size(); i++)
            try (RawClient client = clients.get(i)) {
                for (String name : expected.get(i).split(" ", -1)) assertEquals(name, name(client.chunk()));
            }
    }

    @Test
    void whoComesBackGetsWhatWasMissed() throws IOException {
        Server server = serve(NEVER);
        String last;
        try (RawClient client = followed(server, "/event")) {
            publish(happening(Kind.JOB, "queued"));
            last = id(client.chunk());
        }
        String second = publish(happening(Kind.JOB, "running"));
        publish(happening(Kind.JOB, "succeeded"));
        try (RawClient client = follow(server, "/event", "Last-Event-ID: " + last + "\r\n")) {
            assertEquals("job.running", name(client.chunk()));
            assertEquals("job.succeeded", name(client.chunk()));
        }
        try (RawClient client = follow(server, "/event?since=" + last)) {
            assertEquals("job.running", name(client.chunk()));
        }
        try (RawClient client = follow(server, "/event?since=" + last, "Last-Event-ID: " + second + "\r\n")) {
            assertEquals("job.succeeded", name(client.chunk()));
        }
        try (RawClient client = follow(server, "/event?since=" + last, "Last-Event-ID:\r\n")) {
            assertEquals("job.running", name(client.chunk()), "an empty header is none");
        }
    }

    @Test
    void whoComesBackToAnotherLifeIsToldSo() throws IOException {
        String latest = publish(happening(Kind.JOB, "queued"));
        try (RawClient client = follow(serve(NEVER), "/event?type=job", "Last-Event-ID: 1234567.17\r\n")) {
            String gap = client.chunk();
            assertEquals("gap", name(gap));
            String first = latest.substring(0, latest.indexOf('.')) + ".0";
            assertEquals(
                    "id: " + first
                            + "\nevent: gap\ndata: {\"from\":\"1234567.18\",\"lost\":null,\"reason\":\"restarted\","
                            + "\"to\":\"" + first + "\"}\n\n",
                    gap);
            assertEquals("job.queued", name(client.chunk()));
        }
    }

    @Test
    void aClientThatDoesNotReadIsToldWhatItHasLost() throws IOException {
        try (RawClient client = followed(serve(NEVER), "/event")) {
            String text = "x".repeat(2000);
            String last = "";
            for (int i = 0; i < 20_000; i++)
                last = publish(happening(Kind.JOB, "queued").with("detail", text));
            long lost = 0;
            long read = 0;
            long expected = -1;
            for (String chunk = client.chunk(); ; chunk = client.chunk()) {
                long number = Long.parseLong(id(chunk).substring(id(chunk).indexOf('.') + 1));
                if (name(chunk).equals("gap")) {
                    lost += Long.parseLong(chunk.replaceAll("(?s).*\"lost\":(\\d+).*", "$1"));
                } else {
                    read++;
                    if (expected < 0) expected = number - lost; // it may be overtaken before it has read anything
                    assertEquals(expected + lost + read - 1, number, "nothing is missing that is not told");
                }
                if (id(chunk).equals(last)) break;
            }
            assertTrue(lost > 0, "the ring is smaller than this");
            assertEquals(20_000, lost + read);
        }
    }

    @Test
    void whereNothingComesACommentDoes() throws IOException {
        try (RawClient client = followed(serve(BRIEF), "/event")) {
            assertEquals(":\n\n", client.chunk());
            assertEquals(":\n\n", client.chunk());
        }
    }

    @Test
    void whereNothingThatIsWantedComesThePositionStillMoves() throws IOException {
        try (RawClient client = followed(serve(BRIEF), "/event?type=image")) {
            String id = publish(happening(Kind.JOB, "queued"));
            await().atMost(20, SECONDS).until(() -> client.chunk().equals("id: " + id + "\n\n"));
            assertEquals(":\n\n", client.chunk());
        }
    }

    @Test
    void theStreamGoesOnWhileTheEngineIsAway() throws IOException {
        try (RawClient client = followed(serve(NEVER), "/event?type=engine")) {
            harbour.engine.goAway();
            String gone = client.chunk();
            assertEquals("engine.unreachable", name(gone));
            assertTrue(gone.contains("\"engine\":{\"message\":\"the engine broke off\",\"name\":\"docker\""), gone);
            harbour.engine.comeBack();
            assertEquals("engine.resyncing", name(client.chunk()));
            assertEquals("engine.connected", name(client.chunk()));
        }
    }

    @Test
    void theServersEndIsTheLastEvent() throws IOException {
        Server server = serve(NEVER);
        try (RawClient client = followed(server, "/event")) {
            servers.clear();
            var closing = harbour.inBackground(() -> {
                server.close();
                return true;
            });
            assertEquals("event: end\ndata: {\"reason\":\"stopping\"}\n\n", client.chunk());
            assertEquals("", client.chunk());
            await().atMost(20, SECONDS).until(closing::isDone);
        }
    }

    @Test
    void jobsAreToldFromTheirBeginningToTheirEnd() throws IOException {
        harbour.engine.imageStore().publish("there", 1);
        try (RawClient client = followed(serve(NEVER), "/event?type=job")) {
            var _ = harbour.images.pull(List.of(ImageRef.parse("there")), Optional.empty(), "anna");
            List<String> names = new ArrayList<>();
            while (!names.contains("job.succeeded")) {
                String chunk = client.chunk();
                names.add(name(chunk));
                assertTrue(chunk.contains("\"requested_by\":\"anna\""), chunk);
            }
            assertEquals(List.of("job.queued", "job.running"), names.subList(0, 2));
            assertTrue(names.contains("job.item"), names::toString);
        }
    }
}
