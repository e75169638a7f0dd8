package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import dev.berth.model.Cpus;
import dev.berth.model.Device;
import dev.berth.model.HealthCheck;
import dev.berth.model.Privileges;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// A specification in the engine's words.
class CreateJsonTest {
    @Test
    void aPlainContainerKeepsTheImagesDefaults() {
        Json body = CreateJson.body(SpecDraft.of("nginx").spec(), "journald");
        assertEquals("nginx:latest", body.get("Image").textOrEmpty());
        for (String absent : new String[] {"Cmd", "Entrypoint", "WorkingDir", "User", "Hostname", "StopTimeout"})
            assertTrue(body.get(absent).isNull(), absent);
        for (String absent : new String[] {"Memory", "MemorySwap", "NanoCpus", "LogConfig", "BlkioDeviceReadBps"})
            assertTrue(body.at("HostConfig", absent).isNull(), absent);
        assertTrue(body.get("NetworkingConfig").isNull());
        assertEquals("default", body.at("HostConfig", "NetworkMode").textOrEmpty());
    }

    @Test
    void memoryLeavesNoRoomForSwap() {
        Json host = host(SpecDraft.of("nginx").memory("512m").cpus(Cpus.of(2)));
        assertEquals(512L << 20, host.get("Memory").wholeOr(0));
        assertEquals(512L << 20, host.get("MemorySwap").wholeOr(0));
        assertEquals(2_000_000_000, host.get("NanoCpus").wholeOr(0));
    }

    @Test
    void logsOfTheDriverThatNeverRotatesRotate() {
        assertEquals(
                "{\"Config\":{\"max-file\":\"3\",\"max-size\":\"10m\"},\"Type\":\"json-file\"}",
                text(host(SpecDraft.of("nginx")).get("LogConfig")));
    }

    @Test
    void logsOfThatDriverRotateAlsoWhenItIsNamed() {
        assertEquals(
                "{\"Config\":{\"max-file\":\"3\",\"max-size\":\"10m\"},\"Type\":\"json-file\"}",
                text(logConfig(SpecDraft.of("nginx").logging("json-file", Map.of()), "journald")));
    }

    @Test
    void whoGivesLogOptionsGetsThoseAlone() {
        assertEquals(
                "{\"Config\":{\"max-size\":\"1m\"},\"Type\":\"json-file\"}",
                text(logConfig(SpecDraft.of("nginx").logging("", Map.of("max-size", "1m")), "json-file")));
        assertEquals(
                "{\"Config\":{},\"Type\":\"local\"}",
                text(logConfig(SpecDraft.of("nginx").logging("local", Map.of()), "json-file")));
    }

    private static Json logConfig(SpecDraft draft, String engineDefault) {
        return CreateJson.body(draft.spec(), engineDefault).at("HostConfig", "LogConfig");
    }

    @Test
    void aHealthCheckIsWrittenFieldByField() {
        var test = new HealthCheck.Test(false, List.of("/bin/check", "-v"));
        var check = new HealthCheck(
                false,
                Optional.of(test),
                Optional.of(Duration.ofMillis(1500)),
                Optional.of(Duration.ofSeconds(2)),
                OptionalInt.of(4),
                Optional.of(Duration.ofSeconds(5)));
        assertEquals(
                "{\"Interval\":1500000000,\"Retries\":4,\"StartPeriod\":5000000000,"
                        + "\"Test\":[\"CMD\",\"/bin/check\",\"-v\"],\"Timeout\":2000000000}",
                text(health(SpecDraft.of("nginx").checked(check))));
        assertEquals("{\"Test\":[\"NONE\"]}", text(health(SpecDraft.of("nginx").checked(HealthCheck.DISABLED))));
        assertEquals(
                "[\"CMD-SHELL\",\"true\"]",
                text(health(SpecDraft.of("nginx").checkedBy("true")).get("Test")));
        assertTrue(health(SpecDraft.of("nginx")).isNull());
    }

    private static Json health(SpecDraft draft) {
        return CreateJson.body(draft.spec(), "json-file").get("Healthcheck");
    }

    @Test
    void whatReachesOutAndWhatLimitsProcessesIsWritten() {
        Json host = host(SpecDraft.of("nginx")
                .tmpfs("/tmp", "size=1000")
                .ulimit("nofile", 5, 6)
                .volume("/srv/x:/x:ro")
                .privileged(
                        new Privileges(true, List.of("NET_ADMIN"), List.of(new Device("/dev/fuse", "/dev/f", "rw")))));
        assertEquals("{\"/tmp\":\"size=1000\"}", text(host.get("Tmpfs")));
        assertEquals("[{\"Hard\":6,\"Name\":\"nofile\",\"Soft\":5}]", text(host.get("Ulimits")));
        assertEquals("[\"/srv/x:/x:ro\"]", text(host.get("Binds")));
        assertTrue(host.get("Privileged").isTrue());
        assertEquals("[\"NET_ADMIN\"]", text(host.get("CapAdd")));
        assertEquals(
                "[{\"CgroupPermissions\":\"rw\",\"PathInContainer\":\"/dev/f\",\"PathOnHost\":\"/dev/fuse\"}]",
                text(host.get("Devices")));
        for (String absent : List.of("Tmpfs", "Ulimits", "Privileged", "CapAdd", "Devices"))
            assertTrue(host(SpecDraft.of("nginx")).get(absent).isNull(), absent);
    }

    @Test
    void portsAreExposedAndBound() {
        var draft = SpecDraft.of("nginx").port("80/tcp", 8080).port("53/udp", 0).exposing("99");
        Json body = CreateJson.body(draft.spec(), "json-file");
        assertEquals("{\"53/udp\":{},\"80/tcp\":{},\"99/tcp\":{}}", text(body.get("ExposedPorts")));
        assertEquals(
                "{\"53/udp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}],"
                        + "\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}],\"99/tcp\":[]}",
                text(body.at("HostConfig", "PortBindings")));
    }

    @Test
    void theFirstNetworkIsItsMode() {
        Json body = CreateJson.body(
                SpecDraft.of("nginx").network("front").network("back").spec(), "json-file");
        assertEquals("front", body.at("HostConfig", "NetworkMode").textOrEmpty());
        assertEquals("{\"EndpointsConfig\":{\"front\":{}}}", text(body.get("NetworkingConfig")));
    }

    @Test
    void volumesAndPolicyAreWrittenAsTheEngineReadsThem() {
        Json host = host(SpecDraft.of("nginx").volume("data:/var/x:ro").restarting("on-failure:5"));
        assertEquals("[\"data:/var/x:ro\"]", text(host.get("Binds")));
        assertEquals("{\"MaximumRetryCount\":5,\"Name\":\"on-failure\"}", text(host.get("RestartPolicy")));
    }

    private static Json host(SpecDraft draft) {
        return CreateJson.body(draft.spec(), "json-file").get("HostConfig");
    }

    private static String text(Json json) {
        return new String(JsonWriter.bytes(json), StandardCharsets.UTF_8);
    }
}
