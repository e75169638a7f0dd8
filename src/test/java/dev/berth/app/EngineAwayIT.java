package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The engine dies and comes back; Berth goes on.
class EngineAwayIT {
    @Test
    void readsGoOnWhileTheEngineIsAwayAndTheMirrorIsTrueAfterwards() {
        Lab lab = Lab.shared().engine("a");
        lab.docker("pull", "-q", "busybox");
        try (var berth = Berth.on(lab)) {
            String kept = sleeper(lab, "kept", "always");
            String lost = sleeper(lab, "lost", "no");
            Awaitility.await()
                    .until(() -> berth.http().get("/container").json().fields().size() == 2);

            lab.run("lab/engine", "kill", lab.name());
            Awaitility.await().until(() -> engineState(berth).equals("unreachable"));
            Json info = berth.http().get("/info").json();
            assertTrue(info.at("engine", "since").text().isPresent());
            assertTrue(info.at("engine", "message").someText().isPresent());
            Http.Reply list = berth.http().get("/container");
            assertEquals(200, list.status());
            assertEquals(2, list.json().fields().size(), "the last state is shown");
            assertEquals(200, berth.http().get("/container/lost").status());
            assertEquals(503, berth.http().get("/health/ready").status());
            assertEquals(200, berth.http().get("/health/live").status());
            Http.Reply refused = berth.http().post("/container", "{\"image_name\": \"busybox\"}");
            assertEquals(503, refused.status());
            assertTrue(!refused.header("Retry-After").isEmpty());
            assertEquals(503, berth.http().delete("/container/lost").status());
            assertEquals(503, berth.http().post("/image/updateall").status());

            lab.run("lab/engine", "start", lab.name());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> engineState(berth).equals("connected"));
            assertEquals(status(lab, kept), status(berth, kept));
            assertEquals("exited", status(berth, lost));
            assertEquals(
                    201,
                    berth.http()
                            .post("/container", "{\"image_name\": \"busybox\", \"name\": \"after-it\"}")
                            .status());
        } finally {
            lab.run("lab/down", lab.name());
        }
    }

    private static String sleeper(Lab lab, String name, String restart) {
        return lab.docker("run", "-d", "--restart", restart, "--name", name, "busybox", "sleep", "600")
                .substring(0, 64);
    }

    private static String engineState(Berth berth) {
        return berth.http().get("/info").json().at("engine", "state").textOrEmpty();
    }

    private static String status(Berth berth, String id) {
        return berth.http().get("/container/" + id).json().get("status").textOrEmpty();
    }

    private static String status(Lab lab, String id) {
        return lab.docker("inspect", "-f", "{{.State.Status}}", id);
    }
}
