package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/// A pull that takes its time is seen to grow, and stops when it is told to.
@Timeout(300)
class PullIT {
    private static final Lab LAB = Lab.shared();
    private static final String NAME = "pull/large:90";
    private static final int MEBIBYTES = 90;
    private static final int PER_SECOND = 6 << 20;
    /// What may lie in sockets between the relay and an engine that has stopped reading.
    private static final int BUFFERS = 8 << 20;

    private final Relay relay = Relay.before(LAB, PER_SECOND);
    private final String image = relay.address() + "/" + NAME;

    @BeforeAll
    static void publish() throws IOException {
        LargeImage.publish(LAB, NAME, MEBIBYTES);
    }

    /// Also its layer: another pull of the same one would move nothing.
    @AfterEach
    void remove() {
        LAB.run("docker", "-H", LAB.engine(), "rmi", "-f", image);
        relay.close();
    }

    private String pull(Berth berth) {
        Http.Reply reply = berth.http().post("/image", "{\"image_name\": \"" + image + "\"}");
        assertEquals(202, reply.status(), reply::text);
        return reply.header("Location");
    }

    private static double percent(Json job) {
        return job.get("percent") instanceof Json.Num(var percent) ? percent.doubleValue() : -1;
    }

    @Test
    void itsProgressGrowsAndNeverRunsBackwards(TestReporter report) {
        try (var berth = Berth.on(LAB)) {
            String job = pull(berth);
            try (var curl = new Curl(berth.http(), job, "-H", "Accept: text/event-stream")) {
                curl.awaitEnd();
                assertEquals("end", curl.names().getLast());
                List<Json> all = curl.all();
                List<Json> jobs = all.subList(0, all.size() - 1);
                Json last = jobs.getLast();
                assertEquals("succeeded", last.get("state").textOrEmpty(), last::toString);
                assertEquals(100, percent(last));
                List<Double> percents = jobs.stream().map(PullIT::percent).toList();
                assertEquals(percents.stream().sorted().toList(), percents, "it ran backwards");
                long readings = percents.stream().distinct().count();
                report.publishEntry("distinct readings", Long.toString(readings));
                assertTrue(readings >= 50, () -> readings + " readings: " + percents);
                List<Long> bytes = jobs.stream()
                        .map(it -> it.at("items", image, "current_bytes").wholeOr(0))
                        .toList();
                assertEquals(bytes.stream().sorted().toList(), bytes, "the bytes ran backwards");
                assertTrue(bytes.getLast() >= MEBIBYTES << 20, bytes::toString);
            }
            assertTrue(relay.passed() >= MEBIBYTES << 20, "it came another way");
            assertEquals(200, berth.http().get("/image/" + image).status());
            assertEquals(image, LAB.docker("images", "--format", "{{.Repository}}:{{.Tag}}", image));
        }
    }

    @Test
    void aCancelStopsTheTrafficAndLeavesNoImage(TestReporter report) {
        try (var berth = Berth.on(LAB)) {
            String job = pull(berth);
            Awaitility.await().until(() -> relay.passed() > 10 << 20);
            Http.Reply cancelled = berth.http().delete(job + "?wait=20");
            long then = relay.passed();
            assertEquals(200, cancelled.status(), cancelled::text);
            assertEquals("cancelled", cancelled.json().get("state").textOrEmpty());
            var before = new AtomicLong(-1);
            Awaitility.await()
                    .during(Duration.ofSeconds(1))
                    .until(() -> before.getAndSet(relay.passed()) == relay.passed());
            long after = relay.passed() - then;
            report.publishEntry("bytes after the cancel's answer", Long.toString(after));
            assertTrue(after < PER_SECOND + BUFFERS, () -> after + " bytes came after the answer");
            assertTrue(relay.passed() < MEBIBYTES << 20, "all of it came");
            assertEquals("", LAB.docker("images", "-q", image));
            assertEquals(404, berth.http().get("/image/" + image).status());
        }
    }
}
