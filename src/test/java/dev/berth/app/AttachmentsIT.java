package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Networks and volumes on the real engine.
class AttachmentsIT {
    private static final Lab LAB = Lab.shared();
    private static Berth berth;

    @BeforeAll
    static void start() {
        berth = Berth.on(LAB);
    }

    @AfterAll
    static void stop() {
        berth.close();
    }

    @AfterEach
    void clean() {
        LAB.removeContainers();
        LAB.docker("network", "prune", "-f");
        LAB.docker("volume", "prune", "-f");
    }

    private static Json made(String path, String body) {
        Http.Reply reply = berth.http().post(path, body);
        assertEquals(201, reply.status(), reply::text);
        return reply.json();
    }

    @Test
    void aNetworkIsWhatTheEngineShows() {
        Json made = made("/network", """
                {"name": "back", "subnets": "10.77.3.0/24", "gateway": "10.77.3.1", "internal": true,
                 "labels": {"tier": "back"}}""");
        assertEquals(
                "back bridge true map[tier:back] [{10.77.3.0/24  10.77.3.1 map[]}]",
                LAB.docker(
                        "network",
                        "inspect",
                        "-f",
                        "{{.Name}} {{.Driver}} {{.Internal}} {{.Labels}} {{.IPAM.Config}}",
                        made.get("id").textOrEmpty()));
        assertEquals(
                made,
                berth.http().get("/network").json().get(made.get("short_id").textOrEmpty()));
        assertEquals(made, berth.http().get("/network/back").json());
        Http.Reply again = berth.http().post("/network", "{\"name\": \"back\"}");
        assertEquals(409, again.status(), again::text);
        Http.Reply overlap = berth.http().post("/network", "{\"name\": \"other\", \"subnets\": \"10.77.3.0/25\"}");
        assertEquals(409, overlap.status(), overlap::text);
        assertEquals("/problem/subnet-taken", overlap.json().get("type").textOrEmpty());
    }

    @Test
    void aVolumeIsWhatTheEngineShows() {
        Json made = made("/volume", "{\"name\": \"data\", \"labels\": {\"tier\": \"back\"}}");
        assertEquals(
                "data local map[tier:back] " + made.get("mountpoint").textOrEmpty(),
                LAB.docker("volume", "inspect", "-f", "{{.Name}} {{.Driver}} {{.Labels}} {{.Mountpoint}}", "data"));
        assertEquals(made, berth.http().get("/volume").json().get("data"));
        assertEquals(409, berth.http().post("/volume", "{\"name\": \"data\"}").status());
    }

    @Test
    void whatContainersUseNamesThemAndStaysAlsoWhenTheyAreStopped() {
        made("/network", "{\"name\": \"back\"}");
        made("/volume", "{\"name\": \"data\"}");
        String key = made("/container", """
                {"image_name": "busybox", "name": "web", "command": ["sleep", "600"], "stop_timeout": 0,
                 "networks": ["back"], "volumes": ["data:/data"]}""").get("short_id").textOrEmpty();
        for (int i = 0; i < 2; i++) {
            for (String path : List.of("/network/back", "/volume/data")) {
                assertEquals(
                        "web", berth.http().get(path).json().at("used_by", key).textOrEmpty());
                Http.Reply refused = berth.http().delete(path);
                assertEquals(409, refused.status(), refused::text);
                assertEquals(List.of("web"), refused.json().get("containers").texts());
            }
            assertEquals(List.of(), removed("network", ""));
            assertEquals(List.of(), removed("volume", ""));
            assertEquals(200, berth.http().post("/container/web/stop").status());
        }
        assertEquals(200, berth.http().post("/container/web/start").status());
        assertEquals(204, berth.http().delete("/container/web").status());
        assertEquals(204, berth.http().delete("/network/back").status());
        assertEquals(204, berth.http().delete("/volume/data").status());
        assertEquals("", LAB.docker("volume", "ls", "-q"));
        assertTrue(!LAB.docker("network", "ls").contains("back"));
    }

    private static List<String> removed(String kind, String query) {
        Http.Reply reply = berth.http().post("/" + kind + "/prune" + query);
        assertEquals(200, reply.status(), reply::text);
        return reply.json().get("removed").texts();
    }

    @Test
    void aPruneSaysWhatItWillRemoveAndRemovesThat() {
        made("/network", "{\"name\": \"back\"}");
        made("/volume", "{\"name\": \"data\"}");
        LAB.docker(
                "run", "--rm", "-v", "data:/data", "busybox", "dd", "if=/dev/zero", "of=/data/x", "bs=1k", "count=64");
        assertEquals(List.of("back"), removed("network", "?dry_run=true"));
        assertEquals(List.of("back"), removed("network", ""));
        assertEquals(List.of("data"), removed("volume", "?dry_run=true"));
        Json done = berth.http().post("/volume/prune").json();
        assertEquals(List.of("data"), done.get("removed").texts());
        assertTrue(done.get("reclaimed_bytes").wholeOr(0) >= 65_536, done::toString);
        assertTrue(berth.http().get("/volume").json().fields().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bridge", "host", "none"})
    void theEnginesOwnNetworksStay(String name) {
        assertEquals(200, berth.http().get("/network/" + name).status());
        assertEquals(409, berth.http().delete("/network/" + name).status());
        assertEquals(
                409,
                berth.http().post("/network", "{\"name\": \"" + name + "\"}").status());
    }

    @Test
    void whatIsNotThereIs404() {
        for (String path : List.of("/network/nosuch", "/volume/nosuch")) {
            assertEquals(404, berth.http().get(path).status());
            assertEquals(404, berth.http().delete(path).status());
        }
    }

    @Test
    void aDriverThatIsNotThereIsRefusedWithTheEnginesWords() {
        Http.Reply refused = berth.http().post("/network", "{\"name\": \"back\", \"driver\": \"nosuch\"}");
        assertEquals(422, refused.status(), refused::text);
        assertTrue(refused.json().get("engine_message").textOrEmpty().contains("nosuch"));
    }
}
