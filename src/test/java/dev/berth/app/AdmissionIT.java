package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Memory admission on the real engine: what fits runs, what does not is refused and leaves nothing.
///
/// `BERTH_ROUNDS=10 ./test -Dtest=AdmissionIT` does the rounds of concurrent requests ten times in a row.
@Timeout(600)
class AdmissionIT {
    private static final Lab LAB = Lab.shared();
    private static final int ROUNDS = Integer.parseInt(System.getenv().getOrDefault("BERTH_ROUNDS", "2"));
    private static final int REQUESTS = 32;
    private static final int FIT = 7;
    private static Berth berth;

    private final AtomicInteger names = new AtomicInteger();

    @BeforeAll
    static void open() {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        berth = Berth.on(LAB);
    }

    @AfterAll
    static void close() {
        berth.close();
    }

    @AfterEach
    void clear() {
        LAB.removeContainers();
        Awaitility.await().until(() -> memory("committed_bytes") == 0);
    }

    private static long memory(String field) {
        return berth.http().get("/info").json().at("memory", field).wholeOr(-1);
    }

    /// A size of which exactly seven fit into what is left.
    private static long seventh() {
        return memory("available_bytes") / FIT;
    }

    private static String body(String name, long memory) {
        return "{\"image_name\":\"busybox\",\"command\":[\"sleep\",\"600\"],\"name\":\"" + name + "\",\"mem_limit\":"
                + memory + "}";
    }

    private static Http.Reply patch(String name, String body) {
        return berth.http()
                .send(berth.http()
                        .request("/container/" + name)
                        .header("Content-Type", "application/json")
                        .method("PATCH", java.net.http.HttpRequest.BodyPublishers.ofString(body)));
    }

    /// All at once; how many were answered so.
    private static int count(int status, List<Callable<Http.Reply>> requests) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int count = 0;
            for (Future<Http.Reply> reply : threads.invokeAll(requests)) {
                int got = reply.get().status();
                assertTrue(got == status || got == 429, reply.get()::text);
                if (got == status) count++;
            }
            return count;
        }
    }

    private static long sumOfInspects() {
        String running = LAB.docker("ps", "-q");
        if (running.isEmpty()) return 0;
        var command = new ArrayList<>(List.of("inspect", "-f", "{{.HostConfig.Memory}}"));
        command.addAll(running.lines().toList());
        return LAB.docker(command.toArray(String[]::new))
                .lines()
                .mapToLong(Long::parseLong)
                .sum();
    }

    private static void assertLedgerIsTheEngine() {
        Awaitility.await().until(() -> memory("held_bytes") == 0);
        assertEquals(sumOfInspects(), memory("limits_bytes"));
    }

    @Test
    void ofThirtyTwoCreatesAtOnceSevenFitAndNothingIsLeftOfTheOthers() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long size = seventh();
            List<Callable<Http.Reply>> creates = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                String body = body("c" + names.incrementAndGet(), size);
                creates.add(() -> berth.http().post("/container", body));
            }
            assertEquals(FIT, count(201, creates));
            assertEquals(FIT, LAB.containerCount());
            assertLedgerIsTheEngine();
            clear();
        }
    }

    @Test
    void ofThirtyTwoStartsAtOnceSevenFit() throws Exception {
        long size = seventh();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            String name = "s" + i;
            String body = body(name, size).replace("}", ",\"start\":false}");
            assertEquals(201, berth.http().post("/container", body).status());
            made.add(name);
        }
        for (int round = 0; round < ROUNDS; round++) {
            List<Callable<Http.Reply>> starts = new ArrayList<>();
            for (String name : made) starts.add(() -> berth.http().post("/container/" + name + "/start"));
            assertEquals(FIT, count(200, starts));
            assertLedgerIsTheEngine();
            for (String name : made) berth.http().post("/container/" + name + "/stop?timeout=0");
            assertEquals(0, memory("committed_bytes"));
        }
    }

    @Test
    void ofThirtyTwoRaisedLimitsAtOnceSevenFit() throws Exception {
        long small = 8 << 20;
        List<String> made = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            made.add("p" + i);
            assertEquals(
                    201, berth.http().post("/container", body("p" + i, small)).status());
        }
        for (int round = 0; round < ROUNDS; round++) {
            long raise = memory("available_bytes") / FIT;
            List<Callable<Http.Reply>> raises = new ArrayList<>();
            for (String name : made) raises.add(() -> patch(name, "{\"mem_limit\":" + (small + raise) + "}"));
            assertEquals(FIT, count(200, raises));
            assertLedgerIsTheEngine();
            for (String name : made)
                assertEquals(200, patch(name, "{\"mem_limit\":" + small + "}").status());
            assertLedgerIsTheEngine();
        }
    }

    @Test
    void aRefusalSaysWhatThereIs() {
        long most = memory("capacity_bytes");
        Json refusal = berth.http().post("/container", body("big", most + 1)).json();
        assertEquals("/problem/not-enough-memory", refusal.get("type").textOrEmpty());
        assertEquals(most + 1, refusal.get("requested_bytes").wholeOr(0));
        assertEquals(most, refusal.get("capacity_bytes").wholeOr(0));
        assertEquals(most, refusal.get("available_bytes").wholeOr(0));
        assertEquals(0, refusal.get("committed_bytes").wholeOr(-1));
        assertEquals(0, LAB.containerCount());
        Json plan = berth.http()
                .post("/container?dry_run=true", body("big", most + 1))
                .json();
        assertTrue(!plan.get("admitted").isTrue()
                && plan.at("memory", "available_bytes").wholeOr(0) == most);
    }

    @Test
    void whatOthersRunIsCountedFromItsEventOn() {
        int others = 10 * ROUNDS;
        for (int i = 0; i < others; i++) LAB.docker("run", "-d", "-m", "16m", "busybox", "sleep", "600");
        Awaitility.await().until(() -> memory("limits_bytes") == others * (16L << 20));
        assertLedgerIsTheEngine();
    }

    @Test
    void aWaiterIsAdmittedAsSoonAsMemoryIsFree() throws Exception {
        long most = memory("available_bytes");
        assertEquals(201, berth.http().post("/container", body("first", most)).status());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Http.Reply> waiter =
                    threads.submit(() -> berth.http().post("/container?wait=60", body("second", most)));
            Awaitility.await()
                    .until(() -> berth.http().get("/info").json().get("waiting").wholeOr(0) == 1);
            assertEquals(
                    429, berth.http().post("/container", body("third", 8 << 20)).status(), "it would overtake");
            assertEquals(most, memory("queued_bytes"));
            LAB.docker("rm", "-f", "first");
            assertEquals(201, waiter.get().status());
            Instant free = Instant.parse(
                    LAB.docker("inspect", "-f", "{{.Created}}", "second").strip());
            assertTrue(free.isAfter(Instant.EPOCH));
        }
    }

    @Test
    void aWaiterWhoseClientHasGoneLeavesTheLine() throws IOException {
        long most = memory("available_bytes");
        assertEquals(201, berth.http().post("/container", body("first", most)).status());
        String body = body("second", most);
        try (var client = new Socket(
                InetAddress.getLoopbackAddress(),
                java.net.URI.create(berth.http().base()).getPort())) {
            client.getOutputStream()
                    .write(("POST /container?wait=600 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + berth.http().token()
                                    + "\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.ISO_8859_1));
            Awaitility.await()
                    .until(() -> berth.http().get("/info").json().get("waiting").wholeOr(0) == 1);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> berth.http().get("/info").json().get("waiting").wholeOr(1) == 0);
        LAB.docker("rm", "-f", "first");
        assertEquals(0, LAB.containerCount());
    }

    @Test
    void aLimitBelowTheUsageIsRefusedAndChangesNothing() {
        assertEquals(
                201,
                berth.http()
                        .post(
                                "/container",
                                "{\"image_name\":\"busybox\",\"name\":\"eater\",\"mem_limit\":\"128m\",\"command\":"
                                        + "[\"sh\",\"-c\",\"head -c 50331648 /dev/zero | tail -c 50331648 | sleep 600\"]}")
                        .status());
        Awaitility.await()
                .until(() -> berth.http()
                                .get("/container/eater")
                                .json()
                                .get("mem_working_set")
                                .toString()
                                .length()
                        > 0);
        Awaitility.await().until(() -> workingSet("eater") > 30L << 20);
        Http.Reply refused = patch("eater", "{\"mem_limit\":\"16m\"}");
        assertEquals(409, refused.status());
        assertEquals(16L << 20, refused.json().get("requested_bytes").wholeOr(0));
        assertTrue(refused.json().get("working_set_bytes").wholeOr(0) > 30L << 20);
        Http.Reply forced = patch("eater", "{\"mem_limit\":\"16m\",\"name\":\"thin\"}");
        assertEquals(409, forced.status());
        assertEquals(128L << 20, sumOfInspects());
        assertLedgerIsTheEngine();
        assertEquals(
                200,
                patch(
                                "eater",
                                "{\"mem_limit\":\"256m\",\"cpu_percent_limit\":50,\"pids_limit\":40,"
                                        + "\"restart_policy\":\"on-failure:3\",\"name\":\"fed\"}")
                        .status());
        assertEquals(
                "268435456 268435456 500000000 40 on-failure:3",
                LAB.docker(
                        "inspect",
                        "-f",
                        "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}"
                                + " {{.HostConfig.RestartPolicy.Name}}:{{.HostConfig.RestartPolicy.MaximumRetryCount}}",
                        "fed"));
        assertEquals(
                "268435456",
                LAB.cgroup("memory", "memory.limit_in_bytes", LAB.docker("inspect", "-f", "{{.Id}}", "fed")));
        assertEquals(422, patch("fed", "{\"mem_limit\":null}").status());
    }

    private static long workingSet(String name) {
        Json set = berth.http().get("/container/" + name).json().get("mem_working_set");
        return set instanceof Json.Num(var mebibytes) ? (long) (mebibytes.doubleValue() * (1 << 20)) : 0;
    }

    @Test
    void aCreateThatIsSentTwiceIsOneContainer() throws Exception {
        String body = body("once", 8 << 20);
        Callable<Http.Reply> create = () -> berth.http()
                .send(berth.http()
                        .request("/container")
                        .header("Content-Type", "application/json")
                        .header(
                                "Idempotency-Key",
                                "key-" + ProcessHandle.current().pid())
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body)));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = threads.invokeAll(List.of(create, create, create, create));
            String first = replies.getFirst().get().json().get("id").textOrEmpty();
            for (Future<Http.Reply> reply : replies) {
                assertEquals(201, reply.get().status());
                assertEquals(first, reply.get().json().get("id").textOrEmpty());
            }
        }
        assertEquals(1, LAB.containerCount());
    }
}
