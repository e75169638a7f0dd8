package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the engine is, from what is written and from the environment.
class EngineSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "unix:///run/x.sock, unix:///run/x.sock",
        "tcp://host:2375, http://host:2375",
        "tcp://host, http://host:2375",
        "http://10.0.0.1:80/, http://10.0.0.1:80",
        "https://host, https://host:2376",
        "tcp://[::1]:2375, http://[::1]:2375"
    })
    void addressesAreRead(String text, String address) {
        assertEquals(address, given(text, Map.of()).address().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host:2375",
                "unix://x.sock",
                "tcp://",
                "tcp://h:0",
                "tcp://h:70000",
                "tcp://h/x",
                "tcp://u@h",
                "ftp://h",
                "tcp://a b"
            })
    void whatIsNoAddressIsAFault(String text) {
        var faults = new Faults();
        assertTrue(EngineSettings.read(Optional.of(text), Map.of(), _ -> true, faults)
                .isEmpty());
        assertThrows(Failure.Invalid.class, faults::throwIfAny);
    }

    @Test
    void sshSaysWhatToDoInstead() {
        var faults = new Faults();
        EngineSettings.read(Optional.of("ssh://me@host"), Map.of(), _ -> true, faults);
        Failure fault = assertThrows(Failure.Invalid.class, faults::throwIfAny);
        assertTrue(fault.detail().contains("ssh -L"), fault.detail());
    }

    @Test
    void theEnvironmentIsDockers() {
        var environment = Map.of("DOCKER_HOST", "tcp://host:2376", "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", "/c");
        EngineSettings verified = read(environment, List.of());
        assertEquals("https://host:2376", verified.address().toString());
        assertEquals(Optional.of(Path.of("/c")), verified.tlsFolder());
        assertTrue(verified.verify() && !verified.isLocal());
        EngineSettings folderAlone =
                read(Map.of("DOCKER_HOST", "tcp://host:2376", "DOCKER_CERT_PATH", "/c"), List.of());
        assertTrue(folderAlone.verify());
        EngineSettings unverified = read(Map.of("DOCKER_HOST", "tcp://host", "DOCKER_TLS", "1"), List.of());
        assertEquals("https://host:2376", unverified.address().toString());
        assertFalse(unverified.verify());
        EngineSettings own =
                read(Map.of("DOCKER_HOST", "https://host", "HOME", "/h"), List.of(Path.of("/h/.docker/ca.pem")));
        assertEquals(Optional.of(Path.of("/h/.docker")), own.tlsFolder());
    }

    @Test
    void whatIsWrittenWinsOverTheEnvironment() {
        assertEquals(
                "unix:///a",
                given("unix:///a", Map.of("DOCKER_HOST", "tcp://host"))
                        .address()
                        .toString());
    }

    @Test
    void withoutAnyTheFirstSocketThatExistsIsTaken() {
        var user = Map.of("XDG_RUNTIME_DIR", "/run/user/5");
        assertEquals(
                "unix:///var/run/docker.sock", read(user, List.of()).address().toString());
        assertTrue(read(user, List.of()).isLocal());
        assertEquals(
                "unix:///run/podman/podman.sock",
                read(user, List.of(Path.of("/run/podman/podman.sock"), Path.of("/run/user/5/docker.sock")))
                        .address()
                        .toString());
        assertEquals(
                "unix:///run/user/5/podman/podman.sock",
                read(user, List.of(Path.of("/run/user/5/podman/podman.sock")))
                        .address()
                        .toString());
    }

    private static EngineSettings given(String text, Map<String, String> environment) {
        return EngineSettings.read(Optional.of(text), environment, _ -> false, new Faults())
                .orElseThrow();
    }

    private static EngineSettings read(Map<String, String> environment, List<Path> there) {
        return EngineSettings.read(Optional.empty(), environment, there::contains, new Faults())
                .orElseThrow();
    }
}
