package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The four resources of the original page, with its own sample bodies, held against the engine and the kernel.
class OriginalResourcesIT extends OnTheLab {

    private static String sample() {
        return """
                {"image_name": "nginx",
                 "ports": {"80/tcp": 8080},
                 "mem_limit": "2g",
                 "cpu_percent_limit": 50,
                 "device_read_bps": [{"Path": "%1$s", "Rate": 10485760}],
                 "device_read_iops": [{"Path": "%1$s", "Rate": 1000}],
                 "device_write_bps": [{"Path": "%1$s", "Rate": 20971520}],
                 "device_write_iops": [{"Path": "%1$s", "Rate": 2000}],
                 "environment": ["FIRST=1", "SECOND=two words"]}""".formatted(LAB.disk());
    }

    private static Json created(Http.Reply reply) {
        assertEquals(201, reply.status(), reply::text);
        return reply.json();
    }

    @Test
    void theSampleContainerIsCreatedAndAnswersOnItsPort() {
        Json container = created(berth.http().post("/container", sample()));
        assertEquals("running", container.get("status").textOrEmpty());
        assertEquals("nginx:latest", container.get("image").textOrEmpty());
        Awaitility.await()
                .ignoreExceptionsInstanceOf(ConnectException.class)
                .until(() -> page().contains("Welcome to nginx!"));
    }

    private static String page() throws IOException {
        try (var page = URI.create("http://" + LAB.address() + ":8080/").toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theEngineHasEveryLimitOfTheSample() {
        String id = created(berth.http().post("/container", sample())).get("id").textOrEmpty();
        String inspect = LAB.docker(
                "inspect",
                "-f",
                "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}}"
                        + " {{json .HostConfig.PortBindings}} {{json .Config.Env}}"
                        + " {{json .HostConfig.BlkioDeviceReadBps}} {{json .HostConfig.BlkioDeviceReadIOps}}"
                        + " {{json .HostConfig.BlkioDeviceWriteBps}} {{json .HostConfig.BlkioDeviceWriteIOps}}",
                id);
        String device = "[{\"Path\":\"" + LAB.disk() + "\",\"Rate\":%d}]";
        assertTrue(inspect.startsWith("2147483648 2147483648 500000000 "), inspect);
        assertTrue(inspect.contains("{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}]}"), inspect);
        assertTrue(inspect.contains("\"FIRST=1\",\"SECOND=two words\""), inspect);
        assertTrue(
                inspect.endsWith(String.join(
                        " ",
                        device.formatted(10485760),
                        device.formatted(1000),
                        device.formatted(20971520),
                        device.formatted(2000))),
                inspect);
    }

    @Test
    void theKernelHasEveryLimitOfTheSample() {
        String id = created(berth.http().post("/container", sample())).get("id").textOrEmpty();
        assertEquals("2147483648", LAB.cgroup("memory", "memory.limit_in_bytes", id));
        assertEquals("2147483648", LAB.cgroup("memory", "memory.memsw.limit_in_bytes", id));
        assertEquals("50000", LAB.cgroup("cpu", "cpu.cfs_quota_us", id));
        assertEquals("100000", LAB.cgroup("cpu", "cpu.cfs_period_us", id));
        assertTrue(LAB.cgroup("blkio", "blkio.throttle.read_bps_device", id).endsWith(" 10485760"));
        assertTrue(LAB.cgroup("blkio", "blkio.throttle.read_iops_device", id).endsWith(" 1000"));
        assertTrue(LAB.cgroup("blkio", "blkio.throttle.write_bps_device", id).endsWith(" 20971520"));
        assertTrue(LAB.cgroup("blkio", "blkio.throttle.write_iops_device", id).endsWith(" 2000"));
    }

    @Test
    void theListHasTheOriginalsFieldsWithStatisticsInItsUnits() {
        String id = created(berth.http().post("/container", sample())).get("id").textOrEmpty();
        String key = id.substring(0, 10);
        Awaitility.await()
                .until(() -> berth.http()
                        .get("/container")
                        .json()
                        .at(key, "sampled_at")
                        .text()
                        .isPresent());
        Json container = berth.http().get("/container").json().get(key);
        assertEquals(key, container.get("short_id").textOrEmpty());
        assertEquals(2048, container.get("mem_limit").wholeOr(0));
        assertEquals("[nginx:latest]", container.get("image_tags").texts().toString());
        double usage = number(container, "mem_usage");
        double maximum = number(container, "mem_max_usage");
        double kernel = Long.parseLong(LAB.cgroup("memory", "memory.usage_in_bytes", id)) / 1048576.0;
        assertTrue(usage > 0.1 && usage <= maximum && maximum < 2048, () -> usage + " " + maximum);
        assertTrue(Math.abs(usage - kernel) < 16, () -> "the kernel says " + kernel + ", the list " + usage);
        assertTrue(number(container, "cpu_percent") >= 0);
        assertTrue(container.get("image_short_id").textOrEmpty().matches("sha256:[0-9a-f]{10}"));
    }

    private static double number(Json container, String field) {
        return container.get(field) instanceof Json.Num(var value) ? value.doubleValue() : Double.NaN;
    }

    @Test
    void threeImagesArePulledByOneRequestAndListed() {
        Http.Reply reply =
                berth.http().post("/image?wait=60", "{\"image_name\": [\"nginx\", \"httpd\", \"hello-world:latest\"]}");
        assertEquals(200, reply.status());
        assertEquals("succeeded", reply.json().get("state").textOrEmpty(), reply::text);
        assertEquals(
                Set.of("nginx:latest", "httpd:latest", "hello-world:latest"),
                reply.json().get("items").fields().keySet());
        String listed = berth.http().get("/image").text();
        for (String tag : reply.json().get("items").fields().keySet()) assertTrue(listed.contains("\"" + tag + "\""));
        Json nginx = berth.http().get("/image/nginx").json();
        assertEquals(
                LAB.docker("inspect", "-f", "{{.Id}} {{.Created}} {{.Size}}", "nginx"),
                String.join(
                        " ",
                        nginx.get("id").textOrEmpty(),
                        nginx.get("created").textOrEmpty(),
                        String.valueOf(nginx.get("size").wholeOr(0))));
    }

    @Test
    void aPullThatIsNotWaitedForIsAJobThatCanBeWatched() {
        Http.Reply reply = berth.http().post("/image", "{\"image_name\": \"hello-world\"}");
        assertEquals(202, reply.status());
        String job = reply.header("Location");
        Json ended = berth.http().get(job + "?wait=60").json();
        assertEquals("succeeded", ended.get("state").textOrEmpty());
        assertEquals(100, ended.get("percent").wholeOr(0));
        assertTrue(berth.http()
                .get("/job")
                .json()
                .fields()
                .containsKey(ended.get("id").textOrEmpty()));
    }

    @Test
    void anImageThatCannotBePulledDoesNotStopTheOthers() {
        String unknown = LAB.registry() + "/nobody/knows:this";
        Json job = berth.http()
                .post("/image?wait=60", "{\"image_name\": [\"" + unknown + "\", \"hello-world\"]}")
                .json();
        assertEquals("failed", job.get("state").textOrEmpty());
        assertEquals("failed", job.at("items", unknown, "state").textOrEmpty());
        assertTrue(job.at("items", unknown, "error").textOrEmpty().contains("manifest unknown"), job::toString);
        assertEquals("succeeded", job.at("items", "hello-world:latest", "state").textOrEmpty());
    }

    @Test
    void anImageIsDeletedByReferenceAndById() {
        LAB.docker("pull", "-q", "hello-world");
        LAB.docker("tag", "hello-world", "second:name");
        LAB.docker("tag", "hello-world", LAB.registry() + "/third/name:x");
        String id = LAB.docker("inspect", "-f", "{{.Id}}", "hello-world");
        Awaitility.await()
                .until(() -> berth.http()
                                .get("/image/" + id)
                                .json()
                                .get("tags")
                                .items()
                                .size()
                        == 3);
        Json untagged = berth.http().delete("/image/second:name").json();
        assertEquals("[second:name]", untagged.get("untagged").texts().toString());
        assertEquals("[]", untagged.get("deleted").texts().toString());
        assertEquals(404, berth.http().get("/image/second:name").status());
        assertEquals(
                200,
                berth.http().get("/image/" + LAB.registry() + "/third/name:x").status());
        assertEquals(
                200,
                berth.http()
                        .get("/image/" + LAB.registry().replace(":", "%3A") + "%2Fthird%2Fname:x")
                        .status());
        Json deleted = berth.http().delete("/image/" + id.substring(0, 17)).json();
        assertTrue(deleted.get("untagged").texts().contains("hello-world:latest"), deleted::toString);
        assertTrue(deleted.get("deleted").texts().contains(id), deleted::toString);
        assertEquals(404, berth.http().get("/image/" + id).status());
    }

    @Test
    void anImageInUseIsNotDeletedAndItsContainersAreNamed() {
        created(berth.http().post("/container", "{\"image_name\": \"nginx\", \"name\": \"user-of-nginx\"}"));
        Http.Reply refused = berth.http().delete("/image/nginx");
        assertEquals(409, refused.status());
        assertEquals(
                "[user-of-nginx (running)]",
                refused.json().get("containers").texts().toString());
        assertEquals(409, berth.http().delete("/image/nginx?force=true").status());
        LAB.docker("inspect", "nginx");
    }

    @Test
    void aContainerIsRemovedWithItsAnonymousVolumes() {
        String id = created(berth.http()
                        .post(
                                "/container",
                                "{\"image_name\": \"nginx\", \"name\": \"gone-soon\", \"volumes\": [\"kept:/data\"]}"))
                .get("id")
                .textOrEmpty();
        assertEquals(204, berth.http().delete("/container/gone-soon?timeout=1").status());
        assertEquals(404, berth.http().get("/container/" + id).status());
        assertEquals("", LAB.docker("ps", "-aq", "--no-trunc", "--filter", "id=" + id));
        assertEquals("kept", LAB.docker("volume", "ls", "-q"));
        LAB.docker("volume", "rm", "kept");
    }

    @Test
    void aListThatTheClientHasAlreadyIsNotSentAgain() {
        Http.Reply first = berth.http().get("/image");
        Http.Reply second =
                berth.http().send(berth.http().request("/image").header("If-None-Match", first.header("ETag")));
        assertEquals(304, second.status());
        assertEquals("", second.text());
    }

    @Test
    void aDryRunSaysWhatWouldHappenAndDoesNothing() {
        int before = LAB.containerCount();
        Json plan = berth.http().post("/container?dry_run=true", sample()).json();
        assertEquals(2147483648L, plan.at("create", "mem_limit").wholeOr(0));
        assertEquals(before, LAB.containerCount());
    }
}
