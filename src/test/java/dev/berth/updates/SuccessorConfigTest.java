package dev.berth.updates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What a successor keeps of its forerunner's configuration, and what it takes from its own image.
class SuccessorConfigTest {
    private static Json json(String text) {
        try {
            byte[] bytes = text.replace('\'', '"').getBytes(UTF_8);
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(text, broken);
        }
    }

    private static Json of(String container, String image) {
        return new Json.Obj(new TreeMap<>(SuccessorConfig.of(json(container), json(image), Json.Null.VALUE)));
    }

    private static Json of(String container, String image, String newLabels) {
        return new Json.Obj(new TreeMap<>(SuccessorConfig.of(json(container), json(image), json(newLabels))));
    }

    @Test
    void aVariableThatEqualsTheImagesIsInheritedAndAnyOtherIsTheUsers() {
        Json env = of("{'Env': ['PATH=/bin', 'A=mine', 'B=2', 'OWN=1']}", "{'Env': ['PATH=/bin', 'A=image', 'B=2']}")
                .get("Env");
        assertEquals(List.of("A=mine", "OWN=1"), env.texts());
    }

    @Test
    void aVariableThatTheUserTookAwayStaysAway() {
        assertEquals(
                List.of("A"),
                of("{'Env': ['A']}", "{'Env': ['A=image']}").get("Env").texts());
    }

    @Test
    void aVariableKeepsWhateverIsInItsValue() {
        assertEquals(
                List.of("A=x=y=", "EMPTY="),
                of("{'Env': ['A=x=y=', 'EMPTY=']}", "{'Env': ['A=x=y', 'EMPTY=1']}")
                        .get("Env")
                        .texts());
    }

    @Test
    void labelsOfTheImageAreLeftToTheNewOne() {
        Json labels = of(
                        "{'Labels': {'version': '1', 'mine': 'yes', 'both': 'user'}}",
                        "{'Labels': {'version': '1', 'both': 'image'}}")
                .get("Labels");
        assertEquals(json("{'both': 'user', 'mine': 'yes'}"), labels);
    }

    @Test
    void whatAnImageSaysUnderOurPrefixIsOverwrittenWithNothing() {
        Json labels = of(
                        "{'Labels': {'berth.update': 'notify'}}",
                        "{}",
                        "{'berth.update': 'auto', 'berth.owner': 'evil', 'other': 'x'}")
                .get("Labels");
        assertEquals(json("{'berth.update': 'notify', 'berth.owner': ''}"), labels);
    }

    @Test
    void labelsOfOneLifeAreNotHandedOn() {
        Json labels = of(
                        "{'Labels': {'berth.op': 'a', 'berth.start': 'true', 'berth.server': 's', 'berth.owner': 'o',"
                                + " 'berth.update.op': 'u', 'berth.update.of': 'f', 'berth.image': 'i'}}",
                        "{}")
                .get("Labels");
        assertEquals(json("{'berth.owner': 'o', 'berth.server': 's'}"), labels);
    }

    @Test
    void aCommandAndAnEntrypointOfTheImageAreLeftToTheNewOne() {
        Json config = of("{'Entrypoint': ['e'], 'Cmd': ['c']}", "{'Entrypoint': ['e'], 'Cmd': ['c']}");
        assertFalse(config.fields().containsKey("Entrypoint"));
        assertFalse(config.fields().containsKey("Cmd"));
    }

    @Test
    void aCommandOfTheUsersIsKeptForTheNewEntrypoint() {
        Json config = of("{'Entrypoint': ['e'], 'Cmd': ['mine']}", "{'Entrypoint': ['e'], 'Cmd': ['c']}");
        assertFalse(config.fields().containsKey("Entrypoint"));
        assertEquals(List.of("mine"), config.get("Cmd").texts());
    }

    @Test
    void anEntrypointOfTheUsersKeepsTheImagesCommandAway() {
        Json config = of("{'Entrypoint': ['mine'], 'Cmd': null}", "{'Entrypoint': ['e'], 'Cmd': ['c']}");
        assertEquals(List.of("mine"), config.get("Entrypoint").texts());
        assertEquals(List.of(), config.get("Cmd").texts());
    }

    @Test
    void anEntrypointThatTheUserGaveLikeTheImagesIsKnownByTheMissingCommand() {
        Json config = of("{'Entrypoint': ['e'], 'Cmd': null}", "{'Entrypoint': ['e'], 'Cmd': ['c']}");
        assertEquals(List.of("e"), config.get("Entrypoint").texts());
        assertEquals(List.of(), config.get("Cmd").texts());
    }

    @Test
    void anEntrypointThatTheUserTookAwayStaysAway() {
        Json config = of("{'Entrypoint': null, 'Cmd': ['sh']}", "{'Entrypoint': ['e'], 'Cmd': ['c']}");
        assertEquals(List.of(""), config.get("Entrypoint").texts());
        assertEquals(List.of("sh"), config.get("Cmd").texts());
    }

    @Test
    void ofAHealthCheckOnlyWhatTheUserChangedIsKept() {
        Json config = of(
                "{'Healthcheck': {'Test': ['CMD', 'x'], 'Interval': 5000000000, 'Retries': 3}}",
                "{'Healthcheck': {'Test': ['CMD', 'x'], 'Interval': 9000000000, 'Retries': 3}}");
        assertEquals(json("{'Interval': 5000000000}"), config.get("Healthcheck"));
    }

    @Test
    void aHealthCheckThatTheUserSwitchedOffStaysOff() {
        Json config = of("{'Healthcheck': {'Test': ['NONE']}}", "{'Healthcheck': {'Test': ['CMD', 'x']}}");
        assertEquals(json("{'Test': ['NONE']}"), config.get("Healthcheck"));
    }

    @Test
    void aHealthCheckOfTheImageIsLeftToTheNewOne() {
        assertFalse(of("{'Healthcheck': {'Test': ['CMD', 'x']}}", "{'Healthcheck': {'Test': ['CMD', 'x']}}")
                .fields()
                .containsKey("Healthcheck"));
    }

    @Test
    void userAndFolderAndStopSignalAreLeftToTheNewImageIfTheyAreTheOldOnes() {
        Json config = of(
                "{'User': 'www', 'WorkingDir': '/mine', 'StopSignal': 'SIGQUIT'}",
                "{'User': 'www', 'WorkingDir': '/', 'StopSignal': 'SIGQUIT'}");
        assertFalse(config.fields().containsKey("User"));
        assertFalse(config.fields().containsKey("StopSignal"));
        assertEquals("/mine", config.get("WorkingDir").textOrEmpty());
    }

    @Test
    void portsAndVolumesOfTheImageAreLeftToTheNewOneAndOthersStay() {
        Json config = of(
                "{'ExposedPorts': {'80/tcp': {}, '9/udp': {}}, 'Volumes': {'/data': {}}}",
                "{'ExposedPorts': {'80/tcp': {}}, 'Volumes': {'/data': {}}}");
        assertEquals(json("{'9/udp': {}}"), config.get("ExposedPorts"));
        assertFalse(config.fields().containsKey("Volumes"));
    }

    @Test
    void whatOnlyANewerEngineKnowsIsKept() {
        Json config = of("{'Newer': {'a': [1, 2.5]}, 'Tty': true, 'OnBuild': ['x']}", "{}");
        assertEquals(json("{'a': [1, 2.5]}"), config.get("Newer"));
        assertEquals(json("true"), config.get("Tty"));
        assertFalse(config.fields().containsKey("OnBuild"));
    }

    @Test
    void theChangesOfAnImageAreToldFieldByField() {
        Json changes = SuccessorConfig.changes(
                json("{'Env': ['A=1', 'B=2'], 'User': '', 'ExposedPorts': {'80/tcp': {}}, 'Cmd': ['x']}"),
                json("{'Env': ['A=1', 'B=3', 'C=4'], 'User': 'www', 'ExposedPorts': {'81/tcp': {}}, 'Cmd': ['x']}"));
        assertEquals(
                json("{'environment': {'B': {'before': '2', 'after': '3'}, 'C': {'before': null, 'after': '4'}},"
                        + " 'ports': {'80/tcp': 'removed', '81/tcp': 'added'},"
                        + " 'user': {'before': '', 'after': 'www'}}"),
                changes);
    }
}
