package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import dev.berth.model.Cpus;
import java.nio.charset.StandardCharsets;
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
