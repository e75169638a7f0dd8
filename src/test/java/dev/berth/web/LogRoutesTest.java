package dev.berth.web;

import static dev.berth.model.Output.STDERR;
import static dev.berth.model.Output.STDOUT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.access.Caller;
import dev.berth.access.Right;
import dev.berth.containers.Harbour;
import dev.berth.engine.FakeLogs;
import dev.berth.engine.SpecDraft;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logs, inspects and processes over HTTP, logs on a real socket.
@Timeout(60)
class LogRoutesTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_772_366_400L * SECOND;

    private final Harbour harbour = new Harbour();
    private final FakeLogs book = harbour.engine.logBook();
    private final List<Server> servers = new ArrayList<>();
    private ContainerId id = new ContainerId("0".repeat(64));

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        id = harbour.foreign(SpecDraft.of("here").named("web").spec());
    }

    @AfterEach
    void close() {
        servers.forEach(Server::close);
        harbour.close();
    }

    private List<Route> routes(Duration heartbeat) {
        List<Route> routes = new ArrayList<>(
                new LogRoutes(harbour.mirror, harbour.logs, InstantSource.system(), heartbeat).routes());
        routes.addAll(new DetailRoutes(harbour.mirror, harbour.details).routes());
        return routes;
    }

    private Desk desk() {
        return new Desk(routes(NEVER));
    }

    private RawClient ask(String query, String... headers) throws IOException {
        return ask(NEVER, query, headers);
    }

    private RawClient ask(Duration heartbeat, String query, String... headers) throws IOException {
        var server = Desk.server(routes(heartbeat));
        server.start();
        servers.add(server);
        return new RawClient(server.port())
                .send("GET /container/web/log" + query + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + Desk.TOKEN + "\r\n" + String.join("", headers) + "\r\n");
    }

    private static RawClient begun(RawClient client, String type) throws IOException {
        RawClient.Reply head = client.streaming("GET", "/container/web/log");
        assertEquals(200, head.status());
        assertEquals(type, head.header("Content-Type"));
        return client;
    }

    private String text(String query) throws IOException {
        try (RawClient client = begun(ask(query), "text/plain; charset=utf-8")) {
            var all = new StringBuilder();
            for (String chunk = client.chunk(); !chunk.isEmpty(); chunk = client.chunk()) all.append(chunk);
            return all.toString();
        }
    }

    private RawClient events(String query, String... headers) throws IOException {
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Accept: text/event-stream\r\n";
        RawClient client = begun(ask(query, all), "text/event-stream");
        assertEquals("retry: 2000\n\n", client.chunk());
        return client;
    }

    private void four() {
        book.write(id, STDOUT, START, true, "one");
        book.write(id, STDERR, START + SECOND, true, "two");
        book.write(id, STDOUT, START + 2 * SECOND, true, "\"three\"\t\\ ü\r");
        book.write(id, STDOUT, START + 2 * SECOND, true, "");
    }

    // Text.

    @Test
    void theTextIsWhatWasWritten() throws IOException {
        assertEquals("", text(""));
        four();
        assertEquals("one\ntwo\n\"three\"\t\\ Ã¼\r\n\n", text(""));
        assertEquals("two\n", text("?stream=stderr"));
        assertEquals("\"three\"\t\\ Ã¼\r\n\n", text("?tail=2&follow=false"));
        assertEquals("one\ntwo\n\"three\"\t\\ Ã¼\r\n\n", text("?tail=all"));
        assertEquals("2026-03-01T12:00:01.000000000Z two\n", text("?timestamps&stream=stderr"));
    }

    @Test
    void aPartIsReadByTimesInEveryForm() throws IOException {
        four();
        assertEquals("one\ntwo\n", text("?until=2026-03-01T12:00:01Z"));
        assertEquals("two\n", text("?since=2026-03-01T13:00:00.5%2B01:00&until=1772366401"));
        assertEquals("two\n", text("?since=1772366400.5&until=1772366401.0"));
        assertEquals("", text("?since=10m"));
        assertEquals("one\n", text("?since=3650d&until=2026-03-01T12:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tail=-1",
                "tail=",
                "tail=ten",
                "since=yesterday",
                "until=",
                "since=10w",
                "since=1e9",
                "stream=both",
                "follow=maybe",
                "timestamps=2",
                "details=1",
                "tail=1&tail=2",
                "since=2300-01-01T00:00:00Z"
            })
    void aWrongParameterIsNamed(String query) {
        Desk.Reply reply = desk().get("/container/web/log?" + query);
        assertEquals(400, reply.status(), query);
        assertEquals(List.of(query.replaceFirst("=.*", "")), reply.faulty());
    }

    @Test
    void whatCannotBeReadIsAProblem() {
        assertEquals("no-such-container", desk().get("/container/nobody/log").problem());
        book.sendsAway(id);
        Desk.Reply reply = desk().get("/container/web/log");
        assertEquals(409, reply.status());
        assertEquals("log-unreadable", reply.problem());
        assertEquals("none", reply.json().get("log_driver").textOrEmpty());
        assertTrue(reply.json().get("detail").textOrEmpty().contains("'none'"));
        harbour.engine.goAway();
        assertEquals(503, desk().get("/container/web/log").status());
    }

    @Test
    void askingForTheHeadOpensNothing() {
        int before = book.opened();
        assertEquals(200, desk().ask("HEAD", "/container/web/log?follow").status());
        assertEquals(before, book.opened());
    }

    @Test
    void aFollowedTextGoesOnAndItsStreamEndsWithTheClient() throws IOException {
        four();
        RawClient client = begun(ask("?follow&tail=1"), "text/plain; charset=utf-8");
        assertEquals("\n", client.chunk());
        await().until(() -> book.followers(id) == 1);
        book.write(id, STDOUT, START + 9 * SECOND, true, "more");
        assertEquals("more\n", client.chunk());
        client.close();
        await().until(() -> book.followers(id) == 0);
    }

    @Test
    void aFollowedTextEndsWithTheContainer() throws IOException {
        try (RawClient client = begun(ask("?follow"), "text/plain; charset=utf-8")) {
            await().until(() -> book.followers(id) == 1);
            book.write(id, STDERR, "last words");
            harbour.engine.containers().remove(id, true, true);
            assertEquals("last words\n", client.chunk());
            assertEquals("", client.chunk());
        }
    }

    @Test
    void aTextThatBreaksOffDoesNotLookWhole() throws IOException {
        four();
        var gate = harbour.engine.hold(dev.berth.engine.FakeEngine.Call.LOGS);
        try (RawClient client = ask("?follow=0")) {
            gate.awaitArrival();
            servers.getFirst().close();
            gate.open();
            assertThrows(EOFException.class, () -> {
                begun(client, "text/plain; charset=utf-8");
                while (!client.chunk().isEmpty()) {
                    // it may come in part
                }
                throw new AssertionError("it ended like a whole one");
            });
        }
    }

    // Events.

    @Test
    void everyLineIsAnEventWithItsPlace() throws IOException {
        four();
        try (RawClient client = events("")) {
            assertEquals("""
                    id: o1772366400000000000.1e0.0
                    event: line
                    data: {"line":"one","stream":"stdout","time":"2026-03-01T12:00:00.000000000Z"}

                    id: o1772366400000000000.1e1772366401000000000.1
                    event: line
                    data: {"line":"two","stream":"stderr","time":"2026-03-01T12:00:01.000000000Z"}

                    id: o1772366402000000000.1e1772366401000000000.1
                    event: line
                    data: {"line":"\\"three\\"\\t\\\\ Ã¼","stream":"stdout","time":"2026-03-01T12:00:02.000000000Z"}

                    id: o1772366402000000000.2e1772366401000000000.1
                    event: line
                    data: {"line":"","stream":"stdout","time":"2026-03-01T12:00:02.000000000Z"}

                    """, client.chunk());
            assertEquals("event: end\ndata: {\"reason\":\"complete\"}\n\n", client.chunk());
            assertEquals("", client.chunk());
        }
    }

    @Test
    void aStreamIsResumedBehindItsLastEvent() throws IOException {
        four();
        String last = "Last-Event-ID: o1772366402000000000.1e1772366401000000000.1\r\n";
        try (RawClient client = events("?tail=all", last)) {
            assertTrue(client.chunk().contains("\"line\":\"\""));
            assertTrue(client.chunk().contains("complete"));
        }
        Desk.Reply refused = desk().with("Accept", "text/event-stream")
                .with("Last-Event-ID", "17")
                .get("/container/web/log");
        assertEquals(List.of("Last-Event-ID"), refused.faulty());
    }

    @Test
    void followedEventsSayWhenTheContainerIsRemoved() throws IOException {
        try (RawClient client = events("?follow")) {
            await().until(() -> book.followers(id) == 1);
            book.write(id, STDOUT, "x".repeat(200));
            assertTrue(client.chunk().contains("x".repeat(200)));
            harbour.engine.containers().remove(id, true, true);
            assertEquals("event: end\ndata: {\"reason\":\"removed\"}\n\n", client.chunk());
            assertEquals("", client.chunk());
        }
    }

    @Test
    void aQuietStreamHasAHeartbeat() throws IOException {
        RawClient client =
                begun(ask(Duration.ofMillis(30), "?follow", "Accept: text/event-stream\r\n"), "text/event-stream");
        assertEquals("retry: 2000\n\n", client.chunk());
        assertEquals(":\n\n", client.chunk());
        client.close();
        await().until(() -> book.followers(id) == 0);
    }

    // Inspects and processes.

    @Test
    void theEnginesOwnAccountHidesWhatLooksSecret() {
        Desk.Reply reply = desk().get("/container/web/inspect");
        assertEquals(200, reply.status());
        assertEquals(
                List.of("PATH=/bin", "DB_PASSWORD=***", "API_TOKEN=***"),
                reply.json().at("Config", "Env").texts());
        assertFalse(reply.header("ETag").isEmpty());
        assertTrue(desk().get("/container/web/inspect?secrets=true").text().contains("geheim"));
        assertTrue(desk().get("/image/here/inspect").text().contains("DB_PASSWORD=***"));
        assertTrue(desk().get("/image/here/inspect?secrets").text().contains("geheim"));
        assertEquals(404, desk().get("/container/nobody/inspect").status());
        assertEquals(404, desk().get("/image/nothing/inspect").status());
    }

    @Test
    void whoMayNotSeeSecretsIsRefusedThem() {
        var reader = new Caller("reader", Set.of(Right.READ));
        Route inspect = routes(NEVER).stream()
                .filter(it -> it.pattern().text().equals("/container/{id}/inspect"))
                .findFirst()
                .orElseThrow();
        var request = new Request(
                "GET",
                Map.of("id", "web"),
                Query.parse("secrets"),
                _ -> Optional.empty(),
                () -> new byte[0],
                new Client(),
                reader);
        Failure refused =
                assertThrows(Failure.Forbidden.class, () -> inspect.handler().handle(request));
        assertEquals("not-allowed", refused.code());
    }

    @Test
    void anImagesHistoryIsTheEngines() {
        harbour.engine.imageStore().put("registry.test/team/app:1");
        harbour.foreign(SpecDraft.of("registry.test/team/app:1").named("other").spec());
        await().until(() -> harbour.snapshot().images().size() == 2);
        for (String path :
                List.of("/image/registry.test/team/app:1/history", "/image/registry.test%2Fteam%2Fapp:1/history")) {
            Desk.Reply reply = desk().get(path);
            assertEquals(200, reply.status(), path);
            assertEquals(
                    "fake", reply.json().items().getFirst().get("CreatedBy").textOrEmpty());
        }
        assertEquals(404, desk().get("/image/nothing/history").status());
    }

    @Test
    void theProcessesOfAContainerAreObjects() {
        Desk.Reply reply = desk().get("/container/web/top");
        assertEquals(200, reply.status());
        Json process = reply.json().get("processes").items().getFirst();
        assertTrue(process.get("pid").wholeOr(0) >= 1000, reply.text());
        assertEquals(1, process.get("ppid").wholeOr(0));
        assertEquals("0.0", process.get("cpu_percent").textOrEmpty());
        assertEquals("sleep 600", process.get("cmd").textOrEmpty());
        assertEquals(
                List.of("UID", "PID", "PPID", "%CPU", "CMD"),
                reply.json().get("titles").texts());
        assertEquals(
                List.of("ps_args"),
                desk().get("/container/web/top?ps_args=$(reboot)").faulty());
        assertEquals(
                "ps-refused", desk().get("/container/web/top?ps_args=-bogus").problem());
        harbour.engine.dies(id, 0);
        Desk.Reply stopped = desk().get("/container/web/top");
        assertEquals(409, stopped.status());
        assertEquals("not-running", stopped.problem());
    }
}
