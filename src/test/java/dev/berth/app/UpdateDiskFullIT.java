package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static Subject subject;

    private String old = "set by each test";

    @BeforeAll
    static void serve() {
        lab = Lab.shared().engineOnDisk("z", "48m");
        subject = new Subject(lab);
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
        old = subject.runs(lab.registry(), image, STEADY.formatted("1"));
        Awaitility.await().until(() -> berth.http().get("/container/" + old).status() == 200);
    }

    @Test
    void anImageThatDoesNotFitIsNotPulledAndTheContainerIsNotTouched() throws IOException {
        runs("full/large:latest");
        String started = subject.shown(".State.StartedAt");
        LargeImage.publish(lab, "full/large:latest", 60);
        Json end = subject.ended(berth.http(), subject.beginUpdate(berth.http()));
        assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
        String error = end.at("items", "subject", "error").textOrEmpty();
        assertTrue(error.contains("no space left on device"), end::toString);
        subject.requireRunning(old);
        assertEquals(started, subject.shown(".State.StartedAt"));
    }

    @Test
    void withoutRoomForASuccessorTheContainerIsNotTouched() throws IOException {
        runs("full/successor:latest");
        String started = subject.shown(".State.StartedAt");
        String reference = Release.publish(lab, "full/successor:latest", Map.of(), STEADY.formatted("2"));
        lab.docker("pull", "-q", reference);
        Ballast.fill(filler());
        Json end = subject.ended(berth.http(), subject.beginUpdate(berth.http()));
        assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
        subject.requireRunning(old);
        assertEquals(started, subject.shown(".State.StartedAt"));
    }

    @Test
    void aSuccessorThatBreaksOnAFullDiskMakesRoomForTheOneBeforeIt() throws IOException {
        runs("full/broken:latest");
        Release.publish(lab, "full/broken:latest", Map.of(), SHORT_LIVED);
        String job = subject.beginUpdate(berth.http());
        subject.awaitStep(berth.http(), job, "gating");
        Ballast.fill(filler());
        Json end = subject.ended(berth.http(), job);
        assertEquals("failed", end.get("state").textOrEmpty(), end::toString);
        assertFalse(end.at("items", "subject", "downtime_seconds").isNull(), end::toString);
        subject.requireRunning(old);
    }

    @Test
    void aSuccessorThatIsGoodOnAFullDiskStaysAndTheUpdateEndsWhenThereIsRoom() throws IOException {
        runs("full/good:latest");
        Release.publish(lab, "full/good:latest", Map.of(), STEADY.formatted("2"));
        String job = subject.beginUpdate(berth.http());
        subject.awaitStep(berth.http(), job, "gating");
        Ballast.fill(filler());
        subject.awaitStep(berth.http(), job, "committed");
        Awaitility.await()
                .until(() -> subject.item(berth.http(), job).toString().contains("no space left on device"));
        assertNotEquals(old, subject.shown(".Id"));
        assertEquals("running", subject.shown(".State.Status"));
        Files.delete(filler());
        Json end = subject.ended(berth.http(), job);
        assertEquals("succeeded", end.get("state").textOrEmpty(), end::toString);
        assertNotEquals(old, subject.shown(".Id"));
        subject.requireAlone();
    }
}
