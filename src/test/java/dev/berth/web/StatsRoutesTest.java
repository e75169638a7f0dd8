package dev.berth.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.stats.History;
import dev.berth.stats.LiveSamples;
import dev.berth.stats.Sample;
import dev.berth.stats.SampleTable;
import dev.berth.stats.Samples;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The statistics of one container as JSON, and as a stream on a real socket.
@Timeout(60)
class StatsRoutesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TARGET = "/container/web/stats";
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final Harbour harbour = new Harbour();
    private final History history = new History(16 << 20);
    private final LiveSamples live = new LiveSamples(() -> {});
    private final List<Server> servers = new ArrayList<>();
    private volatile Instant now = START;
    private volatile SampleTable table = new SampleTable(0, START, Map.of());
    private ContainerId id = Samples.id(1);

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
        return new StatsRoutes(harbour.mirror, () -> table, history, live, () -> now, heartbeat).routes();
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

    private static RawClient ask(Server server, String... headers) throws IOException {
        return new RawClient(server.port())
                .send("GET " + TARGET + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN
                        + "\r\nAccept: text/event-stream\r\n" + String.join("", headers) + "\r\n");
    }

    /// A stream that has begun: whoever reads its first event is a follower.
    private static RawClient follow(Server server, String... headers) throws IOException {
        RawClient client = ask(server, headers);
        RawClient.Reply head = client.streaming("GET", TARGET);
        assertEquals(200, head.status());
        assertEquals("text/event-stream", head.header("Content-Type"));
        assertEquals("no-store", head.header("Cache-Control"));
        assertEquals("no", head.header("X-Accel-Buffering"));
        assertEquals("retry: 2000\n\n", client.chunk());
        return client;
    }

    private void kept(int from, int to) {
        for (int second = from; second < to; second++) history.add(id, Samples.at(START, second));
    }

    /// As the sampler does it.
    private void sampled(int from, int to) {
        for (int second = from; second < to; second++) {
            Sample sample = Samples.at(START, second);
            history.add(id, sample);
            live.offer(id, sample);
        }
    }

    private static String idOf(int second) {
        return "id: " + START.plusSeconds(second).toEpochMilli() + "\nevent: sample\ndata: {\"at\":\""
                + START.plusSeconds(second) + "\",";
    }

    private static void assertSample(int second, String chunk) {
        assertTrue(chunk.startsWith(idOf(second)) && chunk.endsWith("}\n\n"), chunk);
        assertEquals(4, chunk.lines().count(), chunk);
    }

    // JSON.

    @Test
    void theLatestSampleIsTheOneOfTheContainer() {
        Instant startedAt = harbour.shown(id).orElseThrow().startedAt().orElseThrow();
        Sample any = Samples.at(START, OptionalDouble.of(12.5), OptionalLong.of(1 << 20));
        var sample = new Sample(
                startedAt,
                START,
                any.source(),
                any.cpuPercent(),
                any.memoryUsage(),
                any.memoryMaximum(),
                any.workingSet(),
                any.pids(),
                any.networkReceived(),
                any.networkSent(),
                any.blockRead(),
                OptionalLong.empty(),
                any.cpuNanos(),
                any.throttledPeriods());
        table = new SampleTable(1, START, Map.of(id, sample));
        Desk.Reply reply = desk().get(TARGET);
        assertEquals(200, reply.status(), reply::text);
        assertEquals("no-store", reply.header("Cache-Control"));
        assertEquals("application/json", reply.header("Content-Type"));
        Json json = reply.json();
        assertEquals(
                List.of(
                        "block_read_bytes",
                        "block_write_bytes",
                        "cpu_percent",
                        "mem_max_usage",
                        "mem_usage",
                        "mem_working_set",
                        "name",
                        "network_rx_bytes",
                        "network_tx_bytes",
                        "pids",
                        "sample_source",
                        "sampled_at",
                        "short_id"),
                List.copyOf(json.fields().keySet()));
        assertEquals(Json.of(1), json.get("mem_usage"));
        assertEquals(Json.of(12.5), json.get("cpu_percent"));
        assertEquals(Json.Null.VALUE, json.get("block_write_bytes"));
        assertEquals(id.shortId(), json.get("short_id").textOrEmpty());
        assertEquals("cgroup-v1", json.get("sample_source").textOrEmpty());
        assertEquals(START.toString(), json.get("sampled_at").textOrEmpty());
    }

    @Test
    void withoutASampleItIsAsInTheContainer() {
        Json json = desk().get(TARGET).json();
        assertEquals(Json.of(0), json.get("cpu_percent"));
        assertEquals(Json.of(0), json.get("mem_usage"));
        assertEquals(Json.Null.VALUE, json.get("pids"));
        assertEquals(Json.Null.VALUE, json.get("sampled_at"));
    }

    @ParameterizedTest
    @CsvSource({"10m, 601, 1", "90s, 91, 1", "1s, 2, 1", "11m, 12, 60", "2h, 60, 60", "24h, 60, 60", "86400s, 60, 60"})
    void theHistoryReachesAsFarBackAsAsked(String back, int samples, long interval) {
        kept(0, 3600);
        now = START.plusSeconds(3599);
        Desk.Reply reply = desk().get(TARGET + "?history=" + back);
        assertEquals(200, reply.status(), reply::text);
        assertEquals(samples, reply.json().get("samples").items().size());
        assertEquals(interval, Math.round(Double.parseDouble(text(reply.json().get("interval_seconds")))));
        Json last = reply.json().get("samples").items().getLast();
        assertEquals(now.toString(), last.get("at").textOrEmpty());
    }

    private static String text(Json number) {
        return new String(dev.berth.json.JsonWriter.bytes(number), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void noHistoryIsAnEmptyOne() {
        Json json = desk().get(TARGET + "?history=10m").json();
        assertEquals(List.of(), json.get("samples").items());
        assertEquals(Json.Null.VALUE, json.get("interval_seconds"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0s",
                "10",
                "m",
                "-1m",
                "1.5h",
                "25h",
                "1441m",
                "86401s",
                "10M",
                "1d",
                "9999999s",
                "1m&history=1m"
            })
    void aHistoryThatIsNoTimeIsRefused(String back) {
        Desk.Reply reply = desk().get(TARGET + "?history=" + back);
        assertEquals(400, reply.status());
        assertEquals(List.of("history"), reply.faulty());
    }

    @Test
    void aContainerThatIsNotThereHasNoStatistics() {
        assertEquals(404, desk().get("/container/nobody/stats").status());
        assertEquals(
                404,
                desk().with("Accept", "text/event-stream")
                        .get("/container/nobody/stats")
                        .status());
        assertEquals(401, desk().without("Authorization").get(TARGET).status());
        assertEquals(400, desk().get(TARGET + "?histroy=1m").status());
        assertEquals(405, desk().ask("POST", TARGET).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "Text/Event-Stream;q=0.5", "application/json, text/event-stream"})
    void whoNamesEventsGetsThem(String accept) {
        assertEquals(
                "text/event-stream", desk().with("Accept", accept).get(TARGET).header("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/*", "application/json", "text/event-stream;q=0", "text/event-streams"})
    void whoDoesNotGetsJson(String accept) {
        assertEquals(
                "application/json", desk().with("Accept", accept).get(TARGET).header("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "", "1767225600000000"})
    void anIdThatIsNoneOfOursIsRefused(String last) {
        Desk.Reply reply = desk().with("Accept", "text/event-stream")
                .with("Last-Event-ID", last)
                .get(TARGET);
        assertEquals(List.of("Last-Event-ID"), reply.faulty());
    }

    // Streams.

    @Test
    void everySampleLeavesAtOnce() throws IOException {
        try (RawClient client = follow(serve(NEVER))) {
            for (int second = 0; second < 3; second++) {
                sampled(second, second + 1);
                assertSample(second, client.chunk());
            }
        }
    }

    @Test
    void aStreamBeginsWithTheLatest() throws IOException {
        Instant startedAt = harbour.shown(id).orElseThrow().startedAt().orElseThrow();
        Sample any = Samples.at(START, 5);
        var sample = new Sample(
                startedAt,
                any.at(),
                any.source(),
                any.cpuPercent(),
                any.memoryUsage(),
                any.memoryMaximum(),
                any.workingSet(),
                any.pids(),
                any.networkReceived(),
                any.networkSent(),
                any.blockRead(),
                any.blockWritten(),
                any.cpuNanos(),
                any.throttledPeriods());
        table = new SampleTable(1, START, Map.of(id, sample));
        try (RawClient client = follow(serve(NEVER))) {
            assertSample(5, client.chunk());
            live.offer(id, Samples.at(START, 5));
            live.offer(id, Samples.at(START, 6));
            assertSample(6, client.chunk());
        }
    }

    @Test
    void aClientThatComesBackGetsWhatItMissed() throws IOException {
        kept(0, 100);
        now = START.plusSeconds(99);
        String last = "Last-Event-ID: " + START.plusSeconds(89).toEpochMilli() + "\r\n";
        try (RawClient client = follow(serve(NEVER), last)) {
            for (int second = 90; second < 100; second++) assertSample(second, client.chunk());
            sampled(100, 101);
            assertSample(100, client.chunk());
        }
    }

    @Test
    void aClientThatWasAwayForLongGetsTheMinutes() throws IOException {
        kept(0, 3600);
        now = START.plusSeconds(3599);
        String last = "Last-Event-ID: " + START.plusSeconds(1799).toEpochMilli() + "\r\n";
        try (RawClient client = follow(serve(NEVER), last)) {
            for (int minute = 30; minute < 60; minute++) assertSample(minute * 60 + 59, client.chunk());
        }
        try (RawClient client = follow(serve(NEVER), "Last-Event-ID: 0\r\n")) {
            assertSample(59, client.chunk());
        }
    }

    @Test
    void anIdFromTheFutureHoldsNothingUp() throws IOException {
        try (RawClient client = follow(serve(NEVER), "Last-Event-ID: 999999999999999\r\n")) {
            sampled(1, 2);
            assertSample(1, client.chunk());
        }
    }

    @Test
    void aClientThatDoesNotReadLosesSamplesAndHoldsNobodyUp() throws IOException {
        Server server = serve(NEVER);
        try (RawClient slow = follow(server);
                RawClient quick = follow(server)) {
            int second = 0;
            for (; second < 40_000; second++) live.offer(id, Samples.at(START, second));
            sampled(second, second + 1);
            String last = quick.chunk();
            while (!last.startsWith(idOf(second))) last = quick.chunk();
            long got = 0;
            long lost = 0;
            for (String chunk = ""; !chunk.startsWith(idOf(second)); ) {
                chunk = slow.chunk();
                if (chunk.startsWith("event: lost\ndata: {\"lost\":"))
                    lost += Long.parseLong(chunk.replaceAll("\\D", ""));
                else got++;
            }
            assertTrue(lost > 0);
            assertEquals(second + 1, got + lost);
        }
    }

    @Test
    void aHeartbeatComesWhereNoSampleDoes() throws IOException {
        try (RawClient client = follow(serve(AT_ONCE))) {
            assertEquals(":\n\n", client.chunk());
            assertEquals(":\n\n", client.chunk());
        }
    }

    @Test
    void theEndOfTheContainerEndsItsStreamAndNotTheConnection() throws IOException {
        try (RawClient client = follow(serve(NEVER))) {
            harbour.engine.containers().remove(id, true, false);
            await().atMost(20, SECONDS).until(() -> harbour.shown(id).isEmpty());
            live.end(id);
            assertEquals("event: end\ndata: {\"reason\":\"removed\"}\n\n", client.chunk());
            assertEquals("", client.chunk());
            assertFalse(live.any());
            client.send("GET " + TARGET + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN
                    + "\r\n\r\n");
            assertEquals(404, client.reply("GET", TARGET).status());
        }
    }

    @Test
    void theEndIsSeenAlsoWhereNobodyTellsIt() throws IOException {
        try (RawClient client = follow(serve(AT_ONCE))) {
            harbour.engine.containers().remove(id, true, false);
            String chunk = client.chunk();
            while (chunk.equals(":\n\n")) chunk = client.chunk();
            assertEquals("event: end\ndata: {\"reason\":\"removed\"}\n\n", chunk);
        }
    }

    @Test
    void aContainerThatStopsKeepsItsStream() throws IOException {
        try (RawClient client = follow(serve(NEVER))) {
            sampled(0, 1);
            assertSample(0, client.chunk());
            harbour.engine.dies(id, 0);
            harbour.mirror.refresh(id);
            sampled(1, 2);
            assertSample(1, client.chunk());
        }
    }

    @Test
    void aClientThatGoesAwayIsNoticed() throws IOException {
        Server server = serve(AT_ONCE);
        RawClient client = follow(server);
        RawClient stays = follow(server);
        assertEquals(2, live.count());
        client.close();
        await().atMost(20, SECONDS).until(() -> live.count() == 1);
        assertEquals(":\n\n", stays.chunk());
        stays.close();
        await().atMost(20, SECONDS).until(() -> !live.any());
    }

    @Test
    void aClientThatGoesAwayIsNoticedByTheNextSamplesToo() throws IOException {
        RawClient client = follow(serve(NEVER));
        client.close();
        var second = new int[1];
        await().atMost(20, SECONDS).until(() -> {
            sampled(second[0], second[0] + 1);
            second[0]++;
            return !live.any();
        });
    }

    @Test
    void theServersEndEndsEveryStream() throws IOException {
        Server server = serve(NEVER);
        try (RawClient client = follow(server);
                RawClient _ = follow(server)) {
            // More than the system keeps for a client that does not read.
            for (int second = 0; second < 100_000; second++) live.offer(id, Samples.at(START, second));
            servers.clear();
            var closing = harbour.inBackground(() -> {
                server.close();
                return true;
            });
            while (!client.chunk().isEmpty()) assertFalse(closing.isCancelled());
            await().atMost(20, SECONDS).until(() -> !live.any());
            await().atMost(20, SECONDS).until(closing::isDone);
        }
    }

    @Test
    void twoHundredMayFollow() throws IOException {
        Server server = serve(NEVER);
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) clients.add(follow(server));
            assertEquals(200, live.count());
            for (int second = 0; second < 5; second++) {
                sampled(second, second + 1);
                for (RawClient client : clients) assertSample(second, client.chunk());
            }
        } finally {
            for (RawClient client : clients) client.close();
        }
    }

    @Test
    void aHeadOfAStreamIsItsHead() throws IOException {
        try (RawClient client = new RawClient(serve(NEVER).port())) {
            String head = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Desk.TOKEN + "\r\n";
            client.send("HEAD " + TARGET + head + "Accept: text/event-stream\r\n\r\n");
            assertEquals("text/event-stream", client.reply("HEAD", TARGET).header("Content-Type"));
            assertFalse(live.any());
            client.send("GET " + TARGET + head + "\r\n");
            assertEquals(200, client.reply("GET", TARGET).status());
        }
    }
}
