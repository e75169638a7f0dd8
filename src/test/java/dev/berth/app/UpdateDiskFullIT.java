package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Updates on an engine whose own disk has no room left. It can stop a container then, but not start one.
@Timeout(180)
class UpdateDiskFullIT {
    private static final String STEADY = "{\"Cmd\": [" + Release.HEEDFUL + "], \"Env\": [\"V=%s\"]}";
    private static final String SHORT_LIVED =
            "{\"Cmd\": [\"/bin/busybox\", \"sh\", \"-c\", \"/bin/busybox sleep 2; exit 7\"]}";

    private static Lab lab;
    private static Berth berth;

    private String old = "set by each test";

    @BeforeAll
    static void serve() {
        lab = Lab.shared().engineOnDisk("z", "48m");
        berth = Berth.on(lab, "disk-full-server", "--updates.grace-seconds", "4");
    }

    @AfterAll
    static void end() {
        berth.close();
        lab.run("lab/down", lab.name());
    }

    @BeforeEach
    void clean() throws IOException {
        Files.deleteIfExists(filler());
        lab.removeContainers();
    }

    private static Path filler() {
        return lab.data().resolve("filler");
    }

    private void runs(String image) {
        String reference = Release.publish(lab, image, Map.of(), STEADY.formatted("1"));
        lab.docker("pull", "-q", reference);
        old = lab.docker("run", "-d", "--name", "subject", "--restart", "always", reference);
        Awaitility.await().until(() -> berth.http().get("/container/" + old).status() == 200);
    }

    private static String begin() {
        Http.Reply reply = berth.http().post("/container/subject/update");
        assertEquals(202, reply.status(), reply::text);
        return reply.header("Location");
    }

    private static Json item(String job) {
        return berth.http().get(job).json().at("items", "subject");
    }

    private static void awaitStep(String job, String step) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> item(job).get("step").textOrEmpty().equals(step));
    }

    private static Json ended(String job) {
        Json end = berth.http().get(job + "?wait=120").json();
        assertFalse(end.get("finished").isNull(), end::toString);
        return end;
    }

    private static String shown(String what) {
        return lab.docker("inspect", "-f", "{{" + what + "}}", "subject");
    }

    private void theOldOneRuns() {
        assertEquals(old, shown(".Id"));
        assertEquals("running", shown(".State.Status"));
        assertEquals("always", shown(".HostConfig.RestartPolicy.Name"));
        assertEquals(1, lab.containerCount());
    }

    @Test
    void anImageThatDoesNotFitIsNotPulledAndTheContainerIsNotTouched() throws IOException {
        runs("full/large:latest");
        String started = shown(".State.StartedAt");
        LargeImage.publish(lab, "full/large:latest", 60);
        Json end = ended(begin());
        assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
        String error = end.at("items", "subject", "error").textOrEmpty();
        assertTrue(error.contains("no space left on device"), end::toString);
        theOldOneRuns();
        assertEquals(started, shown(".State.StartedAt"));
    }

    @Test
    void withoutRoomForASuccessorTheContainerIsNotTouched() throws IOException {
        runs("full/successor:latest");
        String started = shown(".State.StartedAt");
        String reference = Release.publish(lab, "full/successor:latest", Map.of(), STEADY.formatted("2"));
        lab.docker("pull", "-q", reference);
        Ballast.fill(filler());
        Json end = ended(begin());
        assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
        theOldOneRuns();
        assertEquals(started, shown(".State.StartedAt"));
    }

    @Test
    void aSuccessorThatBreaksOnAFullDiskMakesRoomForTheOneBeforeIt() throws IOException {
        runs("full/broken:latest");
        Release.publish(lab, "full/broken:latest", Map.of(), SHORT_LIVED);
        String job = begin();
        awaitStep(job, "gating");
        Ballast.fill(filler());
        Json end = ended(job);
        assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
        assertFalse(end.at("items", "subject", "downtime_seconds").isNull(), end::toString);
        theOldOneRuns();
    }

    @Test
    void aSuccessorThatIsGoodOnAFullDiskStaysAndTheUpdateEndsWhenThereIsRoom() throws IOException {
        runs("full/good:latest");
        Release.publish(lab, "full/good:latest", Map.of(), STEADY.formatted("2"));
        String job = begin();
        awaitStep(job, "gating");
        Ballast.fill(filler());
        awaitStep(job, "committed");
        Awaitility.await().until(() -> item(job).toString().contains("no space left on device"));
        assertNotEquals(old, shown(".Id"));
        assertEquals("running", shown(".State.Status"));
        Files.delete(filler());
        Json end = ended(job);
        assertEquals("succeeded", end.get("state").textOrEmpty(), end::toString);
        assertEquals("always", shown(".HostConfig.RestartPolicy.Name"));
        assertEquals(1, lab.containerCount());
    }
}
