package dev.berth.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Updates of containers on a real engine, from a real registry.
class UpdateIT {
    private static final String STEADY = "{\"Cmd\": [" + Release.HEEDFUL + "]%s}";

    private static Lab lab;
    private static Berth berth;

    @BeforeAll
    static void serve() {
        lab = Lab.shared().engine("w");
        lab.docker("network", "create", "--subnet", "172.30.1.0/24", "left");
        lab.docker("network", "create", "--subnet", "172.30.2.0/24", "right");
        berth = Berth.on(lab, "updating-server", "--updates.grace-seconds", "2");
    }

    @AfterAll
    static void end() {
        berth.close();
        lab.run("lab/down", lab.name());
    }

    @BeforeEach
    void clean() {
        lab.removeContainers();
        lab.docker("volume", "ls", "-q").lines().forEach(it -> lab.docker("volume", "rm", it));
    }

    private static String publish(String image, String config) {
        return Release.publish(lab, image, Map.of(), config);
    }

    /// The first version of an image, as the engine has it.
    private static String first(String image, String more) {
        String reference = publish(image, STEADY.formatted(more));
        lab.docker("pull", "-q", reference);
        return reference;
    }

    private static String run(String... arguments) {
        var all = new ArrayList<>(List.of("run", "-d"));
        all.addAll(List.of(arguments));
        String id = lab.docker(all.toArray(String[]::new));
        await().until(() -> berth.http().get("/container/" + id).status() == 200);
        return id;
    }

    private static Json update(String name) {
        Http.Reply reply = berth.http().post("/container/" + name + "/update?wait=120");
        assertEquals(200, reply.status(), reply::text);
        return reply.json();
    }

    private static Json item(Json job, String name) {
        return job.at("items", name);
    }

    private static String state(Json job, String name) {
        return item(job, name).get("state").textOrEmpty();
    }

    private static Json inspect(String container) {
        try {
            byte[] bytes = lab.docker("inspect", "-f", "{{json .}}", container)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            return dev.berth.json.JsonReader.engine(bytes, 0, bytes.length);
        } catch (dev.berth.json.JsonReader.Broken broken) {
            throw new AssertionError(broken);
        }
    }

    private static Set<String> names() {
        return new TreeSet<>(
                lab.docker("ps", "-a", "--format", "{{.Names}}").lines().toList());
    }

    private static Set<String> volumes() {
        return new TreeSet<>(lab.docker("volume", "ls", "-q").lines().toList());
    }

    private static Map<String, Json> without(Json object, String... fields) {
        var rest = new TreeMap<>(object.fields());
        rest.keySet().removeAll(Set.of(fields));
        return rest;
    }

    @Test
    void aPullThatBringsAnotherPlatformIsRefused() {
        String config = STEADY.formatted("");
        String image = Release.publishFor(lab, "arm64", "update/platform:latest", config);
        lab.docker("pull", "-q", image);
        String warned = lab.docker("run", "-d", "--name", "platform", image);
        String old = warned.lines().toList().getLast();
        await().until(() -> berth.http().get("/container/" + old).status() == 200);
        publish("update/platform:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        Json job = update("platform");
        assertEquals("skipped", state(job, "platform"), job::toString);
        assertTrue(item(job, "platform").get("error").textOrEmpty().contains("linux/arm64"), job::toString);
        assertEquals(old, inspect("platform").get("Id").textOrEmpty());
        Http.Reply plan = berth.http().post("/container/platform/update?dry_run=true");
        assertEquals(409, plan.status(), plan::text);
    }

    @Test
    void everythingOfTheUsersIsTheSameAndTheNewImagesDefaultsApply() {
        String image = first(
                "update/full:latest",
                ", \"Env\": [\"PATH=/bin\", \"INHERITED=one\", \"OVERRIDDEN=image\"],"
                        + " \"Labels\": {\"version\": \"1\"}, \"WorkingDir\": \"/tmp\", \"User\": \"\","
                        + " \"ExposedPorts\": {\"80/tcp\": {}}, \"Volumes\": {\"/declared\": {}},"
                        + " \"Healthcheck\": {\"Test\": [\"CMD\", \"/bin/busybox\", \"true\"], \"Interval\": 500000000}");
        String old = run(
                "--name",
                "full",
                "--network",
                "left",
                "--ip",
                "172.30.1.77",
                "--network-alias",
                "web",
                "-v",
                "named:/named",
                "-v",
                "/anonymous",
                "--mount",
                "type=volume,target=/mounted",
                "--label",
                "mine=yes",
                "-m",
                "64m",
                "--cpus",
                "0.5",
                "--pids-limit",
                "50",
                "-e",
                "OVERRIDDEN=mine",
                "-e",
                "OWN=1",
                "-p",
                "18081:80",
                "--restart",
                "unless-stopped",
                "--health-interval",
                "400ms",
                "--stop-timeout",
                "3",
                "--cap-add",
                "NET_ADMIN",
                "--ulimit",
                "nofile=100:200",
                "--tmpfs",
                "/scratch",
                "--log-opt",
                "max-size=1m",
                "--hostname",
                "own-name",
                image);
        lab.docker("network", "connect", "--ip", "172.30.2.77", "--alias", "other", "right", "full");
        for (String place : List.of("named", "anonymous", "mounted", "declared"))
            lab.docker("exec", "full", "/bin/busybox", "sh", "-c", "echo " + place + " > /" + place + "/data");
        Json before = inspect("full");
        Set<String> volumes = volumes();
        publish(
                "update/full:latest",
                STEADY.formatted(
                        ", \"Env\": [\"PATH=/bin\", \"INHERITED=two\", \"OVERRIDDEN=image2\", \"NEW=yes\"],"
                                + " \"Labels\": {\"version\": \"2\"}, \"WorkingDir\": \"/bin\", \"User\": \"\","
                                + " \"ExposedPorts\": {\"80/tcp\": {}, \"81/tcp\": {}}, \"Volumes\": {\"/declared\": {}},"
                                + " \"Healthcheck\": {\"Test\": [\"CMD\", \"/bin/busybox\", \"true\"], \"Interval\": 900000000}"));

        Json job = update("full");

        assertEquals("succeeded", state(job, "full"), job::toString);
        assertTrue(item(job, "full").get("downtime_seconds") instanceof Json.Num, job::toString);
        Json after = inspect("full");
        assertNotEquals(old, after.get("Id").textOrEmpty());
        assertNotEquals(before.get("Image"), after.get("Image"));
        assertEquals("running", after.at("State", "Status").textOrEmpty());
        // What is the image's.
        Json config = after.get("Config");
        assertEquals(
                Set.of("PATH=/bin", "INHERITED=two", "NEW=yes", "OVERRIDDEN=mine", "OWN=1"),
                Set.copyOf(config.get("Env").texts()));
        assertEquals("/bin", config.get("WorkingDir").textOrEmpty());
        assertEquals("2", config.at("Labels", "version").textOrEmpty());
        assertTrue(config.get("ExposedPorts").fields().containsKey("81/tcp"));
        assertEquals(400_000_000, config.at("Healthcheck", "Interval").wholeOr(0), "the user's own");
        // What is the user's, field by field.
        assertEquals("yes", config.at("Labels", "mine").textOrEmpty());
        assertEquals(
                without(before.get("Config"), "Env", "Labels", "WorkingDir", "ExposedPorts", "Image"),
                without(config, "Env", "Labels", "WorkingDir", "ExposedPorts", "Image"));
        assertEquals(before.at("Config", "Image"), config.get("Image"));
        assertEquals(
                without(before.get("HostConfig"), "Binds", "Mounts"),
                without(after.get("HostConfig"), "Binds", "Mounts"));
        assertEquals(mounts(before), mounts(after));
        assertEquals(volumes, volumes());
        for (String network : List.of("left", "right")) {
            Json was = before.at("NetworkSettings", "Networks", network);
            Json is = after.at("NetworkSettings", "Networks", network);
            assertEquals(was.get("IPAMConfig"), is.get("IPAMConfig"));
            assertEquals(was.get("IPAddress"), is.get("IPAddress"));
            assertEquals(
                    own(was.get("Aliases"), old),
                    own(is.get("Aliases"), after.get("Id").textOrEmpty()));
        }
        for (String place : List.of("named", "anonymous", "mounted", "declared"))
            assertEquals(place, lab.docker("exec", "full", "/bin/busybox", "cat", "/" + place + "/data"));
        assertEquals(Set.of("full"), names());
        // And a second update of what an update has made keeps all of it again.
        publish("update/full:latest", STEADY.formatted(", \"Env\": [\"PATH=/bin\", \"INHERITED=three\"]"));
        Json again = update("full");
        assertEquals("succeeded", state(again, "full"), again::toString);
        assertEquals(volumes, volumes());
        assertEquals("anonymous", lab.docker("exec", "full", "/bin/busybox", "cat", "/anonymous/data"));
        // What nobody named goes with it, though the engine has names for it by now.
        assertEquals(204, berth.http().delete("/container/full?timeout=1").status());
        assertEquals(Set.of("named"), volumes());
    }

    private static Set<String> mounts(Json container) {
        var all = new TreeSet<String>();
        for (Json mount : container.get("Mounts").items())
            all.add(mount.get("Type").textOrEmpty() + " " + mount.get("Name").textOrEmpty() + " "
                    + mount.get("Destination").textOrEmpty() + " " + mount.get("RW"));
        return all;
    }

    private static List<String> own(Json aliases, String id) {
        return aliases.texts().stream()
                .filter(it -> !id.startsWith(it))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exits at once           | {\"Cmd\": [\"/bin/busybox\", \"sh\", \"-c\", \"echo last words; exit 3\"]} | exit code 3",
                "entrypoint missing      | {\"Entrypoint\": [\"/nosuch\"]} | no such file",
                "is never healthy        | {\"Cmd\": [%s], \"Healthcheck\": {\"Test\": [\"CMD\", \"/bin/busybox\", \"false\"], \"Interval\": 200000000, \"Retries\": 2}} | health check fails",
                "is healthy for a second | {\"Cmd\": [%s], \"Healthcheck\": {\"Test\": [\"CMD-SHELL\", \"test ! -e /tmp/late && (sleep 1; touch /tmp/late) & test ! -e /tmp/late\"], \"Interval\": 200000000, \"Retries\": 1}} | health check fails",
                "ends within the grace   | {\"Cmd\": [\"/bin/busybox\", \"sleep\", \"1\"]} | exit code 0",
            })
    void aBrokenSuccessorGivesWayToTheOldOneAsItWas(String how, String config, String why) {
        String image = first("update/broken:latest", "");
        String old = run(
                "--name",
                "broken",
                "--network",
                "left",
                "--ip",
                "172.30.1.80",
                "-v",
                "/data",
                "--restart",
                "always",
                "-p",
                "18082:80",
                image);
        Json before = inspect("broken");
        Set<String> volumes = volumes();
        publish("update/broken:latest", config.formatted(Release.HEEDFUL));

        Json job = update("broken");

        assertEquals("failed", job.get("state").textOrEmpty(), job::toString);
        Json item = item(job, "broken");
        assertTrue(item.get("error").textOrEmpty().contains(why), () -> how + ": " + item);
        assertTrue(item.get("downtime_seconds") instanceof Json.Num, item::toString);
        if (how.startsWith("exits"))
            assertEquals(List.of("last words"), item.get("log").texts());
        Json after = inspect("broken");
        assertEquals(old, after.get("Id").textOrEmpty(), how);
        assertEquals("running", after.at("State", "Status").textOrEmpty(), how);
        assertEquals(before.get("HostConfig"), after.get("HostConfig"), how);
        assertEquals(
                "172.30.1.80",
                after.at("NetworkSettings", "Networks", "left", "IPAddress").textOrEmpty());
        assertEquals(Set.of("broken"), names());
        assertEquals(volumes, volumes());
    }

    @Test
    void aPortThatSomebodyElseTookMeanwhileIsWaitedForAndNothingIsLost() throws IOException {
        String image = first("update/robbed:latest", "");
        String old = run("--name", "robbed", "-p", "18083:80", image);
        publish("update/robbed:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        Process thief = new ProcessBuilder("nsenter", "--net=" + lab.netns(), "python3", "-c", """
                        import socket, time
                        while True:
                            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                            try:
                                s.bind(('0.0.0.0', 18083)); s.listen(); break
                            except OSError: s.close()
                        time.sleep(600)
                        """).start();
        try {
            String job = berth.http()
                    .post("/container/robbed/update")
                    .json()
                    .get("id")
                    .textOrEmpty();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> berth.http()
                            .get("/job/" + job)
                            .json()
                            .at("items", "robbed", "step")
                            .textOrEmpty()
                            .equals("going back"));
            Http.Reply refused = berth.http().post("/container/robbed/start");
            assertEquals(409, refused.status(), refused::text);
            assertTrue(refused.text().contains("update-under-way"), refused::text);
            thief.destroyForcibly();
            Json ended = berth.http().get("/job/" + job + "?wait=120").json();
            assertEquals("failed", ended.get("state").textOrEmpty());
            assertTrue(item(ended, "robbed").get("error").textOrEmpty().contains("18083"), ended::toString);
            assertEquals(old, inspect("robbed").get("Id").textOrEmpty());
            assertEquals("running", inspect("robbed").at("State", "Status").textOrEmpty());
        } finally {
            thief.destroyForcibly();
        }
    }

    @Test
    void aCancelledUpdateGoesBack() {
        String image = first("update/cancelled:latest", "");
        String old = run("--name", "cancelled", image);
        publish("update/cancelled:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        String job = berth.http()
                .post("/container/cancelled/update")
                .json()
                .get("id")
                .textOrEmpty();
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> berth.http()
                        .get("/job/" + job)
                        .json()
                        .at("items", "cancelled", "step")
                        .textOrEmpty()
                        .equals("gating"));
        berth.http().delete("/job/" + job);
        Json ended = berth.http().get("/job/" + job + "?wait=60").json();
        assertEquals("cancelled", ended.get("state").textOrEmpty(), ended::toString);
        assertEquals(old, inspect("cancelled").get("Id").textOrEmpty());
        assertEquals("running", inspect("cancelled").at("State", "Status").textOrEmpty());
        assertEquals(Set.of("cancelled"), names());
    }

    @Test
    void whoeverSharesItsNamespacesComesWithIt() {
        String image = first("update/gate:latest", "");
        run("--name", "gate", "--network", "left", image);
        String guest = run("--name", "guest", "--network", "container:gate", "--pid", "container:gate", image);
        publish("update/gate:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        Http.Reply plan = berth.http().post("/container/gate/update?dry_run=true");
        assertEquals(
                List.of("guest"),
                plan.json().at("containers", "gate", "recreated_with_it").texts(),
                plan::text);
        Json job = update("gate");
        assertEquals("succeeded", state(job, "gate"), job::toString);
        Json after = inspect("guest");
        assertNotEquals(guest, after.get("Id").textOrEmpty());
        assertEquals("running", after.at("State", "Status").textOrEmpty());
        assertEquals(
                "container:" + inspect("gate").get("Id").textOrEmpty(),
                after.at("HostConfig", "NetworkMode").textOrEmpty());
        assertEquals(Set.of("gate", "guest"), names());
        // The guest ran the same tag, which names another image by now; its turn comes when it is asked for.
        Json second = update("guest");
        assertEquals("succeeded", state(second, "guest"), second::toString);
        assertEquals(inspect("gate").get("Image"), inspect("guest").get("Image"));
    }

    @Test
    void aStoppedOneIsUpdatedAndStaysStopped() {
        String image = first("update/stopped:latest", "");
        String old = run("--name", "stopped", "--restart", "always", image);
        lab.docker("stop", "stopped");
        publish("update/stopped:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        Json job = update("stopped");
        assertEquals("succeeded", state(job, "stopped"), job::toString);
        assertNotEquals(old, inspect("stopped").get("Id").textOrEmpty());
        assertFalse(inspect("stopped").at("State", "Running").isTrue());
        assertEquals(
                "always",
                inspect("stopped").at("HostConfig", "RestartPolicy", "Name").textOrEmpty());
        assertEquals(Set.of("stopped"), names());
    }

    @Test
    void aPausedOneIsPausedAfterwards() {
        String image = first("update/paused:latest", "");
        String old = run("--name", "paused", image);
        lab.docker("pause", "paused");
        publish("update/paused:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        Json job = update("paused");
        assertEquals("succeeded", state(job, "paused"), job::toString);
        assertNotEquals(old, inspect("paused").get("Id").textOrEmpty());
        assertEquals("paused", inspect("paused").at("State", "Status").textOrEmpty());
        lab.docker("unpause", "paused");
    }

    @Test
    void oneThatRemovesItselfIsReplacedAndOnFailureThawed() {
        String image = first("update/fleeting:latest", "");
        String old = run("--rm", "--name", "fleeting", "--network", "left", "--ip", "172.30.1.90", image);
        lab.docker("exec", "fleeting", "/bin/busybox", "touch", "/tmp/mine");
        publish("update/fleeting:latest", "{\"Cmd\": [\"/bin/busybox\", \"false\"]}");
        Json failed = update("fleeting");
        assertEquals("failed", failed.get("state").textOrEmpty(), failed::toString);
        assertEquals(old, inspect("fleeting").get("Id").textOrEmpty());
        assertEquals("running", inspect("fleeting").at("State", "Status").textOrEmpty());
        assertEquals(
                "172.30.1.90",
                inspect("fleeting")
                        .at("NetworkSettings", "Networks", "left", "IPAddress")
                        .textOrEmpty());
        lab.docker("exec", "fleeting", "/bin/busybox", "test", "-e", "/tmp/mine");
        publish("update/fleeting:latest", STEADY.formatted(", \"Env\": [\"V=2\"]"));
        Json job = update("fleeting");
        assertEquals("succeeded", state(job, "fleeting"), job::toString);
        assertNotEquals(old, inspect("fleeting").get("Id").textOrEmpty());
        assertTrue(inspect("fleeting").at("HostConfig", "AutoRemove").isTrue());
        assertEquals(Set.of("fleeting"), names());
    }

    @Test
    void whatCannotBeUpdatedSaysWhy() {
        String image = first("update/refused:latest", "");
        String id = lab.docker("image", "inspect", "-f", "{{.Id}}", image);
        run("--name", "by-id", id);
        run("--name", "task", "--label", "com.docker.swarm.task.id=x", image);
        run("--name", "target", image);
        run("--name", "linker", "--link", "target:alias", image);
        for (String name : List.of("by-id", "task", "target")) {
            Http.Reply reply = berth.http().post("/container/" + name + "/update?dry_run=true");
            assertEquals(409, reply.status(), reply::text);
            assertTrue(reply.text().contains("update-refused"), reply::text);
        }
        assertEquals(404, berth.http().post("/container/nobody/update").status());
    }

    @Test
    void whatIsUpToDateIsLeftAlone() {
        String image = first("update/same:latest", "");
        String old = run("--name", "same", image);
        Json job = update("same");
        assertEquals("unchanged", state(job, "same"), job::toString);
        assertEquals(old, inspect("same").get("Id").textOrEmpty());
    }

    @Test
    void twentyContainersOnFiveImagesAreUpdatedAndEachImageIsPulledOnce() {
        List<String> images = new ArrayList<>();
        for (int i = 0; i < 5; i++) images.add(first("update/many" + i + ":latest", ", \"Env\": [\"I=" + i + "\"]"));
        var old = new TreeMap<String, String>();
        for (int i = 0; i < 20; i++) old.put("c" + i, run("--name", "c" + i, images.get(i % 5)));
        String off = run("--name", "off", "--label", "berth.update=off", images.getFirst());
        for (int i = 0; i < 5; i++)
            publish("update/many" + i + ":latest", STEADY.formatted(", \"Env\": [\"I=" + i + "\", \"V=2\"]"));
        int log = lab.registryLog().size();

        Http.Reply reply = berth.http().post("/container/updateall?wait=300");

        assertEquals(200, reply.status(), reply::text);
        assertEquals("succeeded", reply.json().get("state").textOrEmpty(), reply::text);
        assertEquals(20, reply.json().get("items").fields().size());
        old.forEach((name, id) -> {
            assertNotEquals(id, inspect(name).get("Id").textOrEmpty());
            assertEquals("running", inspect(name).at("State", "Status").textOrEmpty());
            assertTrue(inspect(name).at("Config", "Env").texts().contains("V=2"));
        });
        assertEquals(off, inspect("off").get("Id").textOrEmpty());
        for (int i = 0; i < 5; i++) {
            String configuration = "/v2/update/many" + i + "/blobs/";
            long fetched = lab.registryLog().stream()
                    .skip(log)
                    .filter(it -> it.contains("\"GET " + configuration) && it.contains("docker/"))
                    .count();
            assertEquals(1, fetched, () -> configuration + ": the new configuration alone, as the layer is the same");
        }
    }
}
