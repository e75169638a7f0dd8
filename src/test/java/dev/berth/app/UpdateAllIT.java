package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `updateall` fetches what the registry has changed, and nothing else.
class UpdateAllIT {
    private static final Lab LAB = Lab.shared();
    private static Berth berth;

    @TempDir
    private Path folder = Path.of("set by JUnit");

    @BeforeAll
    static void start() {
        LAB.removeContainers();
        LAB.docker("images", "-q", "--no-trunc").lines().distinct().forEach(it -> LAB.docker("rmi", "-f", it));
        berth = Berth.on(LAB);
    }

    @AfterAll
    static void stop() {
        berth.close();
    }

    private void publish(String repository, String content) throws IOException {
        Files.writeString(folder.resolve("content"), content);
        var output = LAB.run("lab/push", LAB.registry(), repository, folder.toString(), "{}");
        assertEquals(0, output.code(), output::text);
    }

    private static Json updateAll() {
        Http.Reply reply = berth.http().get("/image/updateall?wait=60");
        assertEquals(200, reply.status(), reply::text);
        return reply.json();
    }

    private static long blobsAsked(List<String> log, int from) {
        return log.stream()
                .skip(from)
                .filter(it -> it.contains("\"GET /v2/") && it.contains("/blobs/"))
                .count();
    }

    @Test
    void aChangedTagIsFetchedAndAnUnchangedOneMovesNoLayer() throws IOException {
        String changing = LAB.registry() + "/update/changing:latest";
        String steady = LAB.registry() + "/update/steady:latest";
        publish("update/changing:latest", "one");
        publish("update/steady:latest", "steady");
        Json pulled = berth.http()
                .post("/image?wait=60", "{\"image_name\": [\"" + changing + "\", \"" + steady + "\", \"nginx\"]}")
                .json();
        assertEquals("succeeded", pulled.get("state").textOrEmpty(), pulled::toString);
        LAB.docker("tag", steady, "local/only:here");
        Awaitility.await()
                .until(() -> berth.http().get("/image/local/only:here").status() == 200);
        String before = berth.http().get("/image/" + changing).json().get("id").textOrEmpty();

        int quiet = LAB.registryLog().size();
        Json nothing = updateAll();
        assertEquals("succeeded", nothing.get("state").textOrEmpty(), nothing::toString);
        assertEquals("unchanged", nothing.at("items", changing, "state").textOrEmpty());
        assertEquals("unchanged", nothing.at("items", "nginx:latest", "state").textOrEmpty());
        assertEquals("skipped", nothing.at("items", "local/only:here", "state").textOrEmpty());
        long configurations = nothing.get("items").fields().size(); // the engine may read one to tell the platform
        assertTrue(blobsAsked(LAB.registryLog(), quiet) <= configurations, () -> String.join("\n", LAB.registryLog()));
        assertEquals(0, layersAsked(quiet, steady), "a layer of an unchanged image moved");

        publish("update/changing:latest", "two");
        int changed = LAB.registryLog().size();
        Json one = updateAll();
        assertEquals("succeeded", one.at("items", changing, "state").textOrEmpty(), one::toString);
        assertEquals("unchanged", one.at("items", steady, "state").textOrEmpty());
        assertNotEquals(
                one.at("items", changing, "digest_before").textOrEmpty(),
                one.at("items", changing, "digest_after").textOrEmpty());
        assertNotEquals(
                before, berth.http().get("/image/" + changing).json().get("id").textOrEmpty());
        assertTrue(layersAsked(changed, changing) > 0, "the changed image's layer did not move");
        assertEquals(0, layersAsked(changed, steady), "a layer of an unchanged image moved");
        assertEquals(0, layersAsked(changed, "nginx:latest"), "a layer of an unchanged image moved");
    }

    /// Requests for the blobs that are layers of an image, by its manifest in the registry.
    private static long layersAsked(int from, String image) {
        List<String> layers = new Registry(LAB.registry()).layers(image);
        assertTrue(!layers.isEmpty(), image);
        return LAB.registryLog().stream()
                .skip(from)
                .filter(it -> it.contains("\"GET /v2/"))
                .filter(line -> layers.stream().anyMatch(line::contains))
                .count();
    }
}
