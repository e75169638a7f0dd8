package dev.berth.updates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.ContainerId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How a successor is created: what an engine made up is left to it, what somebody wanted is asked for again.
class SuccessorTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String OTHER = "fedcba9876543210".repeat(4);
    private static final String VOLUME = "a".repeat(64);

    private static Json json(String text) {
        try {
            byte[] bytes = text.replace('\'', '"').getBytes(UTF_8);
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(text, broken);
        }
    }

    private static Successor of(String config, String host, String networks, String mounts) {
        Json old = json("{'Id': '" + ID + "', 'Config': {" + config + "}, 'HostConfig': {" + host
                + "}, 'NetworkSettings': {'Networks': {" + networks + "}}, 'Mounts': [" + mounts + "]}");
        var ground = new Successor.Ground(
                Json.Obj.empty(),
                Json.Obj.empty(),
                "app:1",
                "sha256:new",
                Optional.empty(),
                Set.of("/of-others"),
                List.of("db:ro"),
                Map.of("berth.update.of", ID, "berth.update.op", "op1", "berth.update.server", "here"));
        return Successor.of(old, ground);
    }

    @Test
    void noPolicyStartsASuccessorBeforeItStands() {
        Json host = of("", "'RestartPolicy': {'Name': 'always', 'MaximumRetryCount': 0}", "", "")
                .body()
                .get("HostConfig");
        assertEquals(json("{'Name': 'no'}"), host.get("RestartPolicy"));
    }

    @Test
    void itSaysWhoseSuccessorItIs() {
        Json labels = of("'Labels': {'mine': 'x', 'com.docker.compose.image': 'sha256:old'}", "", "", "")
                .body()
                .get("Labels");
        assertEquals(
                json("{'mine': 'x', 'com.docker.compose.image': 'sha256:new', 'berth.update.op': 'op1',"
                        + " 'berth.update.server': 'here', 'berth.update.of': '" + ID + "'}"),
                labels);
    }

    @Test
    void aNameThatTheEngineMadeOfItsIdIsMadeAnew() {
        assertFalse(of("'Hostname': '" + ID.substring(0, 12) + "'", "", "", "")
                .body()
                .fields()
                .containsKey("Hostname"));
        assertEquals(
                "web",
                of("'Hostname': 'web'", "", "", "").body().get("Hostname").textOrEmpty());
    }

    @Test
    void theNetworkThatItWasCreatedInComesWithItsAddressAndAliases() {
        Successor successor = of(
                "",
                "'NetworkMode': 'left'",
                "'left': {'IPAMConfig': {'IPv4Address': '10.1.0.9'}, 'Aliases': ['web', '" + ID.substring(0, 12)
                        + "'], 'IPAddress': '10.1.0.9', 'NetworkID': 'n1', 'EndpointID': 'e', 'Gateway': 'g',"
                        + " 'MacAddress': '02:42:0a:01:00:09', 'GwPriority': 7},"
                        + " 'right': {'IPAMConfig': null, 'Aliases': ['" + ID.substring(0, 12) + "']}",
                "");
        assertEquals(
                json("{'EndpointsConfig': {'left': {'IPAMConfig': {'IPv4Address': '10.1.0.9'}, 'Aliases': ['web'],"
                        + " 'GwPriority': 7}}}"),
                successor.body().get("NetworkingConfig"));
        assertEquals(Map.of("right", json("{'IPAMConfig': null, 'Aliases': null}")), successor.networks());
        assertEquals(Optional.empty(), successor.leaves());
    }

    @Test
    void aNetworkNamedByItsIdIsFound() {
        Successor successor = of("", "'NetworkMode': 'n1'", "'left': {'NetworkID': 'n1'}", "");
        assertTrue(successor
                .body()
                .at("NetworkingConfig", "EndpointsConfig")
                .fields()
                .containsKey("left"));
        assertEquals(Map.of(), successor.networks());
    }

    @Test
    void theDefaultNetworkTakesNoSettingsAndOthersAreConnectedAfterwards() {
        Successor successor = of("", "'NetworkMode': 'default'", "'bridge': {'IPAddress': 'x'}, 'right': {}", "");
        assertTrue(successor.body().get("NetworkingConfig").isNull());
        assertEquals(Set.of("right"), successor.networks().keySet());
    }

    @Test
    void aNetworkThatItHadLeftIsLeftAgain() {
        assertEquals(
                Optional.of("bridge"),
                of("", "'NetworkMode': 'default'", "'right': {}", "").leaves());
        assertEquals(
                Optional.of("left"),
                of("", "'NetworkMode': 'left'", "'right': {}", "").leaves());
    }

    @Test
    void whoeverSharesANetworkAsksForNothingOfItsOwn() {
        Successor successor = of(
                "'Hostname': 'theirs', 'ExposedPorts': {'80/tcp': {}}",
                "'NetworkMode': 'container:" + OTHER + "'",
                "",
                "");
        assertFalse(successor.body().fields().containsKey("Hostname"));
        assertFalse(successor.body().fields().containsKey("ExposedPorts"));
        assertEquals(Optional.empty(), successor.leaves());
        Successor sharing = successor.sharing(Map.of(new ContainerId(OTHER), new ContainerId(ID)));
        assertEquals(
                "container:" + ID,
                sharing.body().at("HostConfig", "NetworkMode").textOrEmpty());
    }

    @Test
    void volumesThatNobodyNamedAreCarriedOverByName() {
        Successor successor = of(
                "'Labels': {}",
                "'Binds': ['named:/named', '/srv:/srv:ro']",
                "",
                "{'Type': 'volume', 'Name': '" + VOLUME + "', 'Destination': '/data', 'RW': true},"
                        + "{'Type': 'volume', 'Name': 'named', 'Destination': '/named', 'RW': true},"
                        + "{'Type': 'bind', 'Source': '/srv', 'Destination': '/srv', 'RW': false}");
        assertEquals(
                List.of("named:/named", "/srv:/srv:ro", VOLUME + ":/data"),
                successor.body().at("HostConfig", "Binds").texts());
        assertEquals(
                VOLUME, successor.body().at("Labels", "berth.volumes.anonymous").textOrEmpty());
    }

    @Test
    void volumesThatAnEarlierUpdateCarriedOverAreStillItsOwn() {
        Successor successor = of(
                "'Labels': {'berth.volumes.anonymous': '" + VOLUME + "," + "b".repeat(64) + "'}",
                "'Binds': ['" + VOLUME + ":/data']",
                "",
                "{'Type': 'volume', 'Name': '" + VOLUME + "', 'Destination': '/data', 'RW': true}");
        assertEquals(
                VOLUME,
                successor.body().at("Labels", "berth.volumes.anonymous").textOrEmpty(),
                "what it no longer has is no longer its own");
    }

    @Test
    void aMountWithoutASourceGetsTheVolumeThatTheEngineMade() {
        Successor successor = of(
                "",
                "'Mounts': [{'Type': 'volume', 'Target': '/data', 'VolumeOptions': {'NoCopy': true}}]",
                "",
                "{'Type': 'volume', 'Name': '" + VOLUME + "', 'Destination': '/data', 'RW': true}");
        assertEquals(
                json("[{'Type': 'volume', 'Target': '/data', 'VolumeOptions': {'NoCopy': true}, 'Source': '" + VOLUME
                        + "'}]"),
                successor.body().at("HostConfig", "Mounts"));
        assertEquals(List.of(), successor.body().at("HostConfig", "Binds").texts());
    }

    @Test
    void whatComesFromOthersVolumesIsNotBoundTwice() {
        Successor successor = of(
                "",
                "'VolumesFrom': ['db:ro', 'gone']",
                "",
                "{'Type': 'volume', 'Name': '" + VOLUME + "', 'Destination': '/of-others', 'RW': false}");
        assertEquals(List.of(), successor.body().at("HostConfig", "Binds").texts());
        assertEquals(
                List.of("db:ro"),
                successor.body().at("HostConfig", "VolumesFrom").texts());
    }

    @Test
    void aLegacyLinkIsWrittenAsItOnceWas() {
        assertEquals(
                List.of("db:alias"),
                of("", "'Links': ['/db:/web/alias']", "", "")
                        .body()
                        .at("HostConfig", "Links")
                        .texts());
    }

    @Test
    void allElseOfTheHostsSettingsIsKept() {
        Json host = of("", "'Memory': 67108864, 'CapAdd': ['NET_ADMIN'], 'Newer': {'x': 1}", "", "")
                .body()
                .get("HostConfig");
        assertEquals(json("67108864"), host.get("Memory"));
        assertEquals(List.of("NET_ADMIN"), host.get("CapAdd").texts());
        assertEquals(json("{'x': 1}"), host.get("Newer"));
    }

    @Test
    void itIsReadAsItWasWritten() {
        Successor successor = of("'Env': ['A=1']", "'NetworkMode': 'left'", "'right': {}", "");
        assertEquals(successor, Successor.read(successor.json()));
    }
}
