package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What somebody does with the engine's own command line shows in Berth.
class BesideTheServerIT extends OnTheLab {

    @BeforeAll
    static void pull() {
        LAB.docker("pull", "-q", "busybox");
        LAB.docker("pull", "-q", "hello-world");
    }

    private static String sleeper() {
        return LAB.docker("run", "-d", "--name", "beside", "busybox", "sleep", "600")
                .substring(0, 64);
    }

    private static Json container(String id) {
        return berth.http().get("/container/" + id).json();
    }

    private static void awaitStatus(String id, String status) {
        Awaitility.await().until(() -> container(id).get("status").textOrEmpty().equals(status));
    }

    @Test
    void aContainerThatIsRunShows() {
        String id = sleeper();
        awaitStatus(id, "running");
        assertEquals("beside", container(id).get("name").textOrEmpty());
    }

    @Test
    void aContainerThatIsRemovedIsGone() {
        String id = sleeper();
        awaitStatus(id, "running");
        LAB.docker("rm", "-f", id);
        Awaitility.await().until(() -> berth.http().get("/container/" + id).status() == 404);
        assertTrue(berth.http().get("/container").json().fields().isEmpty());
    }

    @Test
    void everyChangeOfStateNameAndLimitShows() {
        String id = sleeper();
        LAB.docker("pause", id);
        awaitStatus(id, "paused");
        LAB.docker("unpause", id);
        awaitStatus(id, "running");
        LAB.docker("rename", id, "elsewhere");
        Awaitility.await().until(() -> container(id).get("name").textOrEmpty().equals("elsewhere"));
        LAB.docker("update", "--memory", "64m", "--memory-swap", "64m", id);
        Awaitility.await().until(() -> container(id).get("mem_limit_bytes").wholeOr(0) == 64 << 20);
        LAB.docker("kill", id);
        awaitStatus(id, "exited");
        assertEquals(137, container(id).get("exit_code").wholeOr(0));
    }

    @Test
    void anImageThatIsTaggedUntaggedAndPulledShows() {
        LAB.docker("tag", "hello-world", "beside:one");
        Awaitility.await().until(() -> berth.http().get("/image/beside:one").status() == 200);
        LAB.docker("tag", "busybox", "beside:one");
        String busybox = berth.http().get("/image/busybox").json().get("id").textOrEmpty();
        Awaitility.await()
                .until(() -> berth.http()
                        .get("/image/beside:one")
                        .json()
                        .get("id")
                        .textOrEmpty()
                        .equals(busybox));
        String hello = berth.http()
                .get("/image/hello-world")
                .json()
                .get("tags")
                .texts()
                .toString();
        assertEquals("[hello-world:latest]", hello, "the tag that moved away left its old image without an event");
        LAB.docker("rmi", "beside:one");
        Awaitility.await().until(() -> berth.http().get("/image/beside:one").status() == 404);
        LAB.docker("rmi", "hello-world");
        Awaitility.await().until(() -> berth.http().get("/image/hello-world").status() == 404);
        LAB.docker("pull", "-q", "hello-world");
        Awaitility.await().until(() -> berth.http().get("/image/hello-world").status() == 200);
    }

    @Test
    void aContainerThatRunsOutOfMemoryIsMarked() {
        String id = LAB.docker("run", "-d", "-m", "16m", "--memory-swap", "16m", "busybox", "tail", "/dev/zero")
                .substring(0, 64);
        awaitStatus(id, "exited");
        assertTrue(container(id).get("oom_killed").isTrue());
    }

    @Test
    void aContainerThatIsRestartedByItsPolicyIsFollowed() {
        String id = LAB.docker("run", "-d", "--restart", "on-failure:2", "busybox", "false")
                .substring(0, 64);
        Awaitility.await().until(() -> container(id).get("restart_count").wholeOr(0) == 2);
        awaitStatus(id, "exited");
        assertEquals("on-failure:2", container(id).get("restart_policy").textOrEmpty());
    }

    @Test
    void theProcessorTimeOfABusyContainerIsItsLimit() {
        Json made = berth.http()
                .post(
                        "/container",
                        "{\"image_name\": \"busybox\", \"cpu_percent_limit\": 30,"
                                + " \"command\": [\"sh\", \"-c\", \"while :; do :; done\"], \"stop_timeout\": 0}")
                .json();
        String id = made.get("id").textOrEmpty();
        Awaitility.await().until(() -> {
            double percent = container(id).get("cpu_percent") instanceof Json.Num(var value) ? value.doubleValue() : 0;
            return percent > 20 && percent < 40;
        });
        assertTrue(container(id).get("sample_source").textOrEmpty().startsWith("cgroup-v"));
        assertTrue(berth.http()
                .get("/info")
                .json()
                .at("stats", "source")
                .textOrEmpty()
                .startsWith("cgroup-v"));
    }

    @Test
    void theInfoCountsWhatIsThere() {
        LAB.docker("run", "-d", "-m", "32m", "busybox", "sleep", "600");
        LAB.docker("run", "busybox", "true");
        Awaitility.await()
                .until(() -> berth.http()
                                .get("/info")
                                .json()
                                .at("containers", "exited")
                                .wholeOr(0)
                        == 1);
        Json info = berth.http().get("/info").json();
        assertEquals(1, info.at("containers", "running").wholeOr(0));
        assertEquals(32 << 20, info.at("memory", "limits_bytes").wholeOr(0));
        assertEquals("connected", info.at("engine", "state").textOrEmpty());
        assertEquals(
                LAB.docker("images", "-q", "--no-trunc").lines().distinct().count(),
                info.get("images").wholeOr(0));
    }
}
