package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.berth.json.Json;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/// The container called `subject`, alone on its engine, that a test updates in the worst circumstances.
record Subject(Lab lab) {
    /// Publishes the first version of an image, pulls it and runs it.
    ///
    /// @param registry from where the engine gets it
    /// @param config of the image
    /// @return the container's id
    String runs(String registry, String image, String config) {
        Release.publish(lab, image, Map.of(), config);
        String reference = registry + "/" + image;
        lab.docker("pull", "-q", reference);
        return lab.docker("run", "-d", "--name", "subject", "--restart", "always", reference);
    }

    /// @return where the job is
    String beginUpdate(Http http) {
        Http.Reply reply = http.post("/container/subject/update");
        assertEquals(202, reply.status(), reply::text);
        return reply.header("Location");
    }

    Json item(Http http, String job) {
        return http.get(job).json().at("items", "subject");
    }

    void awaitStep(Http http, String job, String step) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> item(http, job).get("step").textOrEmpty().equals(step));
    }

    /// The job when it has ended.
    Json ended(Http http, String job) {
        Json end = http.get(job + "?wait=120").json();
        assertFalse(end.get("finished").isNull(), end::toString);
        return end;
    }

    /// What an inspect says.
    String shown(String what) {
        return lab.docker("inspect", "-f", "{{" + what + "}}", "subject");
    }

    void requireRunning(String id) {
        assertEquals(id, shown(".Id"));
        requireAlone();
    }

    void requireAlone() {
        assertEquals("running", shown(".State.Status"));
        assertEquals("always", shown(".HostConfig.RestartPolicy.Name"));
        assertEquals(1, lab.containerCount());
    }
}
