package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Logs, processes and inspects of a real engine.
@Timeout(180)
class LogIT extends OnTheLab {

    @BeforeAll
    static void pull() {
        LAB.docker("pull", "-q", "busybox");
    }

    /// A container that Berth knows.
    private static void run(String name, String... rest) {
        run(LAB, berth, name, rest);
    }

    private static void run(Lab lab, Berth server, String name, String... rest) {
        List<String> arguments = new ArrayList<>(List.of("run", "-d", "--name", name));
        arguments.addAll(List.of(rest));
        lab.docker(arguments.toArray(String[]::new));
        awaitStatus(server, name, status -> !status.isEmpty() && !status.equals("created"));
    }

    private static void awaitStatus(Berth server, String name, Predicate<String> status) {
        Awaitility.await()
                .until(() -> status.test(server.http()
                        .get("/container/" + name)
                        .json()
                        .get("status")
                        .textOrEmpty()));
    }

    private static void awaitEnd(String name) {
        awaitStatus(berth, name, "exited"::equals);
    }

    private static String text(String path) {
        Http.Reply reply = berth.http().get(path);
        assertEquals(200, reply.status(), reply::text);
        return reply.text();
    }

    /// A stream of events that somebody reads line by line.
    private static final class Follower implements AutoCloseable {
        private final HttpClient client = HttpClient.newHttpClient();
        private final BufferedReader in;
        private String lastId = "";

        Follower(Berth server, String path, String lastEvent) {
            HttpRequest.Builder request = server.http().request(path).header("Accept", "text/event-stream");
            if (!lastEvent.isEmpty()) request.header("Last-Event-ID", lastEvent);
            try {
                var response =
                        client.send(request.timeout(Duration.ofMinutes(3)).build(), BodyHandlers.ofInputStream());
                assertEquals(200, response.statusCode());
                in = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }

        /// The data of the next event.
        String next() {
            try {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.startsWith("id: ")) lastId = line.substring(4);
                    if (line.startsWith("data: ")) return line.substring(6);
                }
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            throw new AssertionError("the stream ended");
        }

        List<String> texts(int count) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) texts.add(next().replaceFirst(".*\"line\":\"([^\"]*)\".*", "$1"));
            return texts;
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(String::valueOf).toList();
    }

    @Test
    void bothOutputsAreToldApart() {
        run("both", "busybox", "sh", "-c", "echo out; echo err >&2; echo '\"ü\\'");
        awaitEnd("both");
        assertEquals("out\n\"ü\\\n", text("/container/both/log?stream=stdout"));
        assertEquals("err\n", text("/container/both/log?stream=stderr"));
        assertTrue(text("/container/both/log?timestamps=true&stream=stderr")
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z err\n"));
        assertEquals(3, text("/container/both/log").lines().count());
    }

    @Test
    void aTerminalHasOneOutputAndLongLinesOfItAreWhole() {
        run("tty", "-t", "busybox", "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; echo; echo err >&2");
        awaitEnd("tty");
        assertEquals("x".repeat(100_000) + "\r\nerr\r\n", text("/container/tty/log"));
        assertEquals("", text("/container/tty/log?stream=stderr"));
        try (var events = new Follower(berth, "/container/tty/log?tail=1", "")) {
            assertEquals(List.of("err"), events.texts(1));
        }
    }

    @Test
    void aLineOf100KilobytesIsOneLineAlsoAtTheTail() {
        String write = "head -c 100000 /dev/zero | tr '\\0' x; echo";
        run("long", "busybox", "sh", "-c", "echo first; " + write + "; " + write + "; printf 'no end'");
        awaitEnd("long");
        String line = "x".repeat(100_000);
        assertEquals("first\n" + line + "\n" + line + "\nno end\n", text("/container/long/log"));
        assertEquals(line + "\nno end\n", text("/container/long/log?tail=2"));
        run("longer", "busybox", "sh", "-c", "head -c 1200000 /dev/zero | tr '\\0' x; echo; echo after");
        awaitEnd("longer");
        List<String> lines = text("/container/longer/log").lines().toList();
        assertEquals("x".repeat(1 << 20) + " [cut: the line is longer than 1 MiB]", lines.getFirst());
        assertEquals("after", lines.getLast());
    }

    @Test
    void aPartIsChosenByTimeAndByNumber() {
        run("timed", "busybox", "sh", "-c", "seq 1 5; sleep 2; seq 6 10");
        awaitEnd("timed");
        assertEquals(numbers(1, 10), text("/container/timed/log").lines().toList());
        assertEquals(numbers(8, 10), text("/container/timed/log?tail=3").lines().toList());
        assertEquals("", text("/container/timed/log?tail=0"));
        List<String> stamped = text("/container/timed/log?timestamps").lines().toList();
        String sixth = stamped.get(5).substring(0, 30);
        assertEquals(
                numbers(6, 10),
                text("/container/timed/log?since=" + sixth).lines().toList());
        String middle = Instant.parse(sixth).minusSeconds(1).toString();
        assertEquals(
                numbers(1, 5),
                text("/container/timed/log?until=" + middle).lines().toList());
        assertEquals(
                numbers(4, 5),
                text("/container/timed/log?tail=2&until=" + middle).lines().toList());
        assertEquals(10, text("/container/timed/log?since=10m").lines().count());
    }

    @Test
    void aWholeLogOf200000LinesComesWhole() {
        run("much", "busybox", "seq", "1", "200000");
        awaitEnd("much");
        assertEquals(numbers(1, 200_000), text("/container/much/log").lines().toList());
        assertEquals(
                numbers(150_001, 200_000),
                text("/container/much/log?tail=50000").lines().toList());
    }

    @Test
    void aFollowerSeesTheContainerRestartAndItsRemoval() {
        run("again", "busybox", "sh", "-c", "i=0; while true; do i=$((i+1)); echo $i; usleep 20000; done");
        try (var events = new Follower(berth, "/container/again/log?follow", "")) {
            assertEquals(numbers(1, 30), events.texts(30));
            LAB.docker("restart", "-t", "0", "again");
            List<String> seen = new ArrayList<>(List.of("30"));
            while (!seen.getLast().equals("1")) seen.addAll(events.texts(1));
            assertEquals(numbers(30, 28 + seen.size()), seen.subList(0, seen.size() - 1));
            assertEquals(numbers(2, 30), events.texts(29));
            LAB.docker("rm", "-f", "again");
            String event = events.next();
            for (int i = 31; event.contains("\"line\""); i++) {
                assertTrue(event.contains("\"line\":\"" + i + "\""), event);
                event = events.next();
            }
            assertEquals("{\"reason\":\"removed\"}", event);
        }
    }

    @Test
    void aStreamIsResumedWithoutLossOrDoubling() {
        run(
                "resumed",
                "busybox",
                "sh",
                "-c",
                "i=0; while true; do i=$((i+1)); echo $i; [ $((i%7)) = 0 ] && echo e >&2; done");
        String last = "";
        List<String> out = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            try (var events = new Follower(berth, "/container/resumed/log?follow", last)) {
                events.texts(777).stream().filter(it -> !it.equals("e")).forEach(out::add);
                last = events.lastId;
            }
        }
        assertEquals(numbers(1, out.size()), out);
    }

    /// Engines were seen to say some lines twice when they begin a new file.
    @Test
    void aLogThatTurnsOverIsFollowedWithoutLossOrDoubling() {
        String script = "sleep 2; i=0; while [ $i -lt 40000 ]; do seq -s ' " + "x".repeat(90)
                + "\n' $((i+1)) $((i+1000)); i=$((i+1000)); usleep 100000; done; sleep 600";
        run("turning", "--log-opt", "max-size=2m", "--log-opt", "max-file=9", "busybox", "sh", "-c", script);
        try (var events = new Follower(berth, "/container/turning/log?follow", "")) {
            List<String> seen = events.texts(40_000).stream()
                    .map(it -> it.replace(" " + "x".repeat(90), ""))
                    .toList();
            assertEquals(numbers(1, 40_000), seen);
        }
    }

    @Test
    void anEngineThatIsKilledAndStartedAgainIsFollowedOn() {
        Lab lab = LAB.engine("l");
        lab.docker("pull", "-q", "busybox");
        try (var server = Berth.on(lab)) {
            String script = "i=0; while true; do i=$((i+1)); echo $i; usleep 50000; done";
            run(lab, server, "kept", "--restart", "always", "busybox", "sh", "-c", script);
            try (var events = new Follower(server, "/container/kept/log?follow", "")) {
                assertEquals(numbers(1, 20), events.texts(20));
                lab.run("lab/engine", "kill", lab.name());
                lab.run("lab/engine", "start", lab.name());
                List<String> seen = new ArrayList<>(List.of("20"));
                while (!seen.getLast().equals("1")) seen.addAll(events.texts(1));
                assertEquals(numbers(20, 18 + seen.size()), seen.subList(0, seen.size() - 1));
                assertEquals(numbers(2, 20), events.texts(19));
            }
        } finally {
            lab.run("lab/down", lab.name());
        }
    }

    @Test
    void aDriverThatKeepsNothingIsNamed() {
        run("silent", "--log-driver", "none", "busybox", "sleep", "600");
        for (String path : List.of("/container/silent/log", "/container/silent/log?follow&tail=5")) {
            Http.Reply reply = berth.http().get(path);
            assertEquals(409, reply.status());
            assertEquals("/problem/log-unreadable", reply.json().get("type").textOrEmpty());
            assertEquals("none", reply.json().get("log_driver").textOrEmpty());
        }
    }

    @Test
    void aClientThatGoesLeavesNothingOpenOnTheEngine() throws IOException {
        run("busy", "busybox", "sh", "-c", "while true; do echo x; usleep 10000; done");
        run("quiet", "busybox", "sleep", "600");
        long before = engineSockets();
        List<Follower> followers = new ArrayList<>();
        for (int i = 0; i < 20; i++)
            followers.add(new Follower(berth, "/container/" + (i % 2 == 0 ? "busy" : "quiet") + "/log?follow", ""));
        for (int i = 0; i < 20; i += 2) followers.get(i).texts(3);
        Awaitility.await().until(() -> engineSockets() > before);
        followers.forEach(Follower::close);
        Awaitility.await().until(() -> engineSockets() <= before);
    }

    /// The connections to the engine that the engine's side has open.
    private static long engineSockets() throws IOException {
        String socket = URI.create(LAB.engine()).getPath();
        try (var lines = Files.lines(Path.of("/proc/net/unix"))) {
            return lines.filter(it -> it.endsWith(" " + socket)).count();
        }
    }

    @Test
    void processesAndTheEnginesOwnAccountAreShown() {
        run("shown", "-e", "DB_PASSWORD=geheim", "busybox", "sleep", "600");
        Http.Reply top = berth.http().get("/container/shown/top");
        assertEquals(200, top.status());
        var process = top.json().get("processes").items().getFirst();
        assertEquals("sleep 600", process.get("cmd").textOrEmpty());
        assertTrue(process.get("pid").wholeOr(0) > 1);
        Http.Reply chosen = berth.http().get("/container/shown/top?ps_args=-o%20pid,comm");
        assertEquals(List.of("PID", "COMMAND"), chosen.json().get("titles").texts());
        assertEquals(
                422, berth.http().get("/container/shown/top?ps_args=-bogus").status());
        assertTrue(text("/container/shown/inspect").contains("DB_PASSWORD=***"));
        assertTrue(text("/container/shown/inspect?secrets=true").contains("DB_PASSWORD=geheim"));
        assertTrue(text("/image/busybox/inspect").contains("\"RepoTags\""));
        assertTrue(text("/image/busybox/history").contains("\"CreatedBy\""));
        LAB.docker("stop", "-t", "0", "shown");
        awaitEnd("shown");
        assertEquals(409, berth.http().get("/container/shown/top").status());
    }
}
