package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.admission.UnlimitedRule;
import dev.berth.images.ImagesSettings;
import dev.berth.model.Failure;
import dev.berth.model.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The settings, their keys and their defaults.
class SettingsTest {
    @TempDir
    private Path folder = Path.of("set by JUnit");

    private static Settings read(Map<String, String> environment, String... arguments) {
        return Settings.read(List.of(arguments), environment, "quay");
    }

    private static List<String> faults(Map<String, String> environment, String... arguments) {
        var invalid = assertThrows(Failure.Invalid.class, () -> read(environment, arguments));
        return invalid.faults().stream().map(Fault::field).toList();
    }

    @Test
    void withoutAnySettingItListensOnTheLoopbackAlone() {
        Settings settings = read(Map.of("HOME", "/srv/me"));
        assertEquals("127.0.0.1", settings.server().host());
        assertEquals(8473, settings.server().port());
        assertEquals(Set.of("127.0.0.1", "localhost", "quay"), settings.server().names());
        assertTrue(settings.data().endsWith(".local/state/berth"));
        assertTrue(settings.token().isEmpty());
    }

    @Test
    void rootKeepsItsDataWithTheSystems() {
        assertEquals(Path.of("/var/lib/berth"), read(Map.of("HOME", "/root")).data());
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("berth.conf"), "listen = 127.0.0.1:1\nhosts = one.example\n");
        var environment = Map.of("BERTH_CONFIG", file.toString(), "BERTH_LISTEN", "127.0.0.1:2");
        assertEquals(2, read(environment).server().port());
        assertEquals(3, read(environment, "--listen", "127.0.0.1:3").server().port());
        assertEquals(1, read(Map.of(), "--config", file.toString()).server().port());
        assertTrue(read(environment).server().names().contains("one.example"));
    }

    @Test
    void aLongKeyIsTheSameEverywhere() throws IOException {
        Path file = Files.writeString(folder.resolve("berth.conf"), "stats.history-bytes = 2m\n");
        assertEquals(16 << 20, read(Map.of()).stats().historyBytes().bytes());
        assertEquals(
                2 << 20,
                read(Map.of(), "--config", file.toString())
                        .stats()
                        .historyBytes()
                        .bytes());
        var environment = Map.of("BERTH_STATS_HISTORY_BYTES", "3m");
        assertEquals(3 << 20, read(environment).stats().historyBytes().bytes());
        assertEquals(
                4 << 20,
                read(environment, "--stats.history-bytes=4m")
                        .stats()
                        .historyBytes()
                        .bytes());
        for (String bad : List.of("much", "1k", "2g", "-1"))
            assertEquals(List.of("stats.history-bytes"), faults(Map.of("BERTH_STATS_HISTORY_BYTES", bad)));
    }

    @Test
    void memoryIsPromisedUpToNineTenthsUnlessSetOtherwise() {
        var defaults = read(Map.of()).admission();
        assertEquals("0.9", defaults.commitRatio().toString());
        assertEquals(UnlimitedRule.USAGE, defaults.unlimited());
        assertEquals(64 << 20, defaults.unlimitedInitial().bytes());
        assertTrue(
                defaults.defaultLimit().isEmpty() && defaults.maxPerContainer().isEmpty());
        var set = read(Map.of(
                        "BERTH_MEMORY_COMMIT_RATIO", "0.75",
                        "BERTH_MEMORY_UNLIMITED", "refuse",
                        "BERTH_MEMORY_UNLIMITED_INITIAL", "1m",
                        "BERTH_MEMORY_DEFAULT_LIMIT", "256m",
                        "BERTH_MEMORY_MAX_PER_CONTAINER", "2g"))
                .admission();
        assertEquals("0.75", set.commitRatio().toString());
        assertEquals(UnlimitedRule.REFUSE, set.unlimited());
        assertEquals("256m", set.defaultLimit().orElseThrow().toString());
        assertEquals("2g", set.maxPerContainer().orElseThrow().toString());
        for (String bad : List.of("0", "5", "90%", "-1", "1e1", "0.1234567"))
            assertEquals(List.of("memory.commit-ratio"), faults(Map.of("BERTH_MEMORY_COMMIT_RATIO", bad)));
        assertEquals(
                List.of("memory.unlimited", "memory.default-limit"),
                faults(Map.of("BERTH_MEMORY_UNLIMITED", "some", "BERTH_MEMORY_DEFAULT_LIMIT", "1m")));
        assertEquals(
                List.of("memory.default-limit"),
                faults(Map.of("BERTH_MEMORY_DEFAULT_LIMIT", "3g", "BERTH_MEMORY_MAX_PER_CONTAINER", "2g")));
    }

    @Test
    void updatesAreLookedForAsOftenAsIsSet() {
        assertEquals(ImagesSettings.DEFAULTS, read(Map.of()).images());
        var set = Map.of("BERTH_UPDATES_CHECK_EVERY", "off", "BERTH_IMAGES_PARALLEL_PULLS", "8");
        assertEquals(new ImagesSettings(8, Optional.empty()), read(set).images());
        assertEquals(
                List.of("images.parallel-pulls", "updates.check-every"),
                faults(Map.of("BERTH_UPDATES_CHECK_EVERY", "1s", "BERTH_IMAGES_PARALLEL_PULLS", "0")));
        assertEquals(
                Path.of("/srv/me/.docker/config.json"),
                read(Map.of("HOME", "/srv/me")).dockerConfig().file());
    }

    @Test
    void anIpv6AddressStandsInBrackets() {
        Settings settings = read(Map.of(), "--listen=[::1]:9000");
        assertEquals("::1", settings.server().host());
        assertEquals(9000, settings.server().port());
    }

    @Test
    void furtherHostNamesAreSeparatedByCommas() {
        assertTrue(read(Map.of(), "--hosts", "Quay.Example, other.example")
                .server()
                .names()
                .containsAll(List.of("quay.example", "other.example")));
    }

    @Test
    void everyFaultIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("berth.conf"), "colour = red\n");
        assertEquals(
                List.of("--no-such-option", file + ": colour", "listen", "engine", "BERTH_TOKEN"),
                faults(
                        Map.of("BERTH_TOKEN", "short"),
                        "--no-such-option",
                        "--config",
                        file.toString(),
                        "--listen",
                        "127.0.0.1:99999",
                        "--engine",
                        "ftp://nowhere"));
    }

    @Test
    void anOptionWithoutItsValueIsAFault() {
        assertEquals(List.of("--data"), faults(Map.of(), "--data"));
    }

    @Test
    void aTokenCannotBeGivenOnTheCommandLineAndDoesNotPrint() {
        assertEquals(List.of("--token=0123456789abcdef"), faults(Map.of(), "--token=0123456789abcdef"));
        Settings settings = read(Map.of("BERTH_TOKEN", "0123456789abcdef"));
        assertFalse(settings.toString().contains("0123456789abcdef"), settings::toString);
    }
}
