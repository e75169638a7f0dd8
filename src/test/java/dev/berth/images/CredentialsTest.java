package dev.berth.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.RegistryAuth;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    private static final Logger LOG = Logger.getLogger(Credentials.class.getName());

    static {
        LOG.setLevel(Level.OFF); // broken files are planned here
    }

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theUserOfARegistryIsFoundByItsName() throws Exception {
        write("{\"auths\":{\"registry.test:5000\":{\"auth\":\"" + base64("anna:pass:word") + "\"}}}");
        assertEquals(
                "{\"password\":\"pass:word\",\"serveraddress\":\"registry.test:5000\",\"username\":\"anna\"}",
                sent("registry.test:5000/a/b:1"));
        assertEquals(RegistryAuth.NONE, of("registry.test/a/b:1"));
        assertEquals(RegistryAuth.NONE, of("nginx"));
    }

    @Test
    void aRegistryMayBeWrittenAsAUrl() throws Exception {
        for (String key : List.of("https://registry.test", "http://registry.test/", "https://registry.test/v2/")) {
            write("{\"auths\":{\"" + key + "\":{\"auth\":\"" + base64("anna:secret") + "\"}}}");
            assertTrue(sent("registry.test/a:1").contains("\"username\":\"anna\""), key);
        }
    }

    @Test
    void dockerHubHasAKeyOfItsOwn() throws Exception {
        write("{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" + base64("anna:secret") + "\"}}}");
        assertTrue(sent("nginx").contains("\"serveraddress\":\"https://index.docker.io/v1/\""));
        assertTrue(sent("docker.io/grafana/loki:2").contains("\"username\":\"anna\""));
        assertEquals(RegistryAuth.NONE, of("index.docker.io.evil.test/a:1"));
    }

    @Test
    void anIdentityTokenIsPassedOn() throws Exception {
        write("{\"auths\":{\"registry.test\":{\"auth\":\"" + base64("00000000:") + "\",\"identitytoken\":\"tok\"}}}");
        assertTrue(sent("registry.test/a:1").contains("\"identitytoken\":\"tok\""));
        write("{\"auths\":{\"registry.test\":{\"identitytoken\":\"tok\"}}}");
        assertEquals("{\"identitytoken\":\"tok\",\"serveraddress\":\"registry.test\"}", sent("registry.test/a:1"));
    }

    @Test
    void anEntryThatNamesNobodyGivesNone() throws Exception {
        for (String entry : List.of("{}", "{\"auth\":\"\"}", "{\"auth\":\"§\"}", "{\"auth\":7}", "null", "[]")) {
            write("{\"auths\":{\"registry.test\":" + entry + "}}");
            assertEquals(RegistryAuth.NONE, of("registry.test/a:1"), entry);
        }
    }

    @Test
    void aMissingOrBrokenFileGivesNone() throws Exception {
        assertEquals(RegistryAuth.NONE, of("nginx"));
        for (String text : List.of("", "{", "[]", "7", "{\"auths\":[]}", "{\"auths\":7}", "null")) {
            write(text);
            assertEquals(RegistryAuth.NONE, of("nginx"), text);
        }
        var aFolder = new Credentials(new DockerConfig(folder, List.of()));
        assertEquals(RegistryAuth.NONE, aFolder.of(ImageRef.parse("nginx")));
    }

    @Test
    void theFileIsReadAnewEachTime() throws Exception {
        assertEquals(RegistryAuth.NONE, of("registry.test/a:1"));
        write("{\"auths\":{\"registry.test\":{\"auth\":\"" + base64("anna:secret") + "\"}}}");
        assertFalse(of("registry.test/a:1").isNone());
    }

    @Test
    void aHeaderOfTheCallersIsPassedOn() {
        String header = base64Url("{\"username\":\"anna\",\"password\":\"secret\"}");
        assertEquals(new RegistryAuth(header), Credentials.given(header));
        assertFalse(Credentials.given(header).toString().contains(header));
    }

    @Test
    void aHeaderInTheOtherAlphabetOrWithoutPaddingIsWrittenAsEnginesReadIt() {
        byte[] json = "{\"p\":\"??>>~~ÿÿ\"}".getBytes(StandardCharsets.UTF_8);
        var engines = new RegistryAuth(Base64.getUrlEncoder().encodeToString(json));
        String other = Base64.getEncoder().encodeToString(json);
        assertTrue(other.contains("+") || other.contains("/"), other);
        assertEquals(engines, Credentials.given(other));
        assertEquals(
                engines,
                Credentials.given(Base64.getUrlEncoder().withoutPadding().encodeToString(json)));
    }

    @Test
    void aHeaderThatIsNoneIsRefused() {
        for (String header : List.of("", "§", "====", base64Url(""), base64Url("[]"), base64Url("7"), base64Url("{"))) {
            var refused = assertThrows(Failure.Invalid.class, () -> Credentials.given(header), header);
            assertEquals("X-Registry-Auth", refused.faults().getFirst().field());
        }
    }

    // Helpers.

    /// A program that answers a question with this, and keeps what it was asked.
    private void helper(String name, String answer) throws IOException {
        Path program = Files.writeString(
                programs().resolve("docker-credential-" + name),
                """
                #!/bin/sh
                printf '%s ' "$1" >>'ASKED'; cat >>'ASKED'; echo >>'ASKED'
                ANSWER
                """.replace("ASKED", folder.resolve("asked").toString()).replace("ANSWER", answer));
        assertTrue(program.toFile().setExecutable(true));
    }

    private Path programs() throws IOException {
        return Files.createDirectories(folder.resolve("programs"));
    }

    private List<String> asked() throws IOException {
        return Files.readAllLines(folder.resolve("asked"));
    }

    private static String says(String user, String secret) {
        return "echo '{\"ServerURL\":\"x\",\"Username\":\"" + user + "\",\"Secret\":\"" + secret + "\"}'";
    }

    private Failure refused(String reference) {
        var failure = assertThrows(Failure.Rejected.class, () -> of(reference));
        assertEquals("credential-helper-failed", failure.code());
        assertFalse(failure.detail().contains("geheim"), failure.detail());
        return failure;
    }

    @Test
    void theHelperOfAllIsAskedForEveryRegistry() throws Exception {
        helper("store", says("anna", "pass:word"));
        write("{\"credsStore\":\"store\",\"auths\":{\"registry.test\":{\"auth\":\"" + base64("otto:old") + "\"}}}");
        assertEquals(
                "{\"password\":\"pass:word\",\"serveraddress\":\"registry.test\",\"username\":\"anna\"}",
                sent("registry.test/a/b:1"));
        assertTrue(sent("nginx").contains("\"serveraddress\":\"https://index.docker.io/v1/\""));
        assertEquals(List.of("get registry.test", "get https://index.docker.io/v1/"), asked());
    }

    @Test
    void theHelperOfARegistryCountsMore() throws Exception {
        helper("store", says("anna", "secret"));
        helper("cloud", says("otto", "secret"));
        write("{\"credsStore\":\"store\",\"credHelpers\":{\"registry.test:5000\":\"cloud\"}}");
        assertTrue(sent("registry.test:5000/a:1").contains("\"username\":\"otto\""));
        assertTrue(sent("registry.test/a:1").contains("\"username\":\"anna\""));
    }

    @Test
    void aHelperMayGiveAnIdentityToken() throws Exception {
        helper("store", says("<token>", "tok"));
        write("{\"credsStore\":\"store\"}");
        assertEquals("{\"identitytoken\":\"tok\",\"serveraddress\":\"registry.test\"}", sent("registry.test/a:1"));
    }

    @Test
    void aHelperThatKnowsNobodyGivesNone() throws Exception {
        helper("store", "echo 'credentials not found in native keychain'; exit 1");
        write("{\"credsStore\":\"store\",\"auths\":{\"registry.test\":{\"auth\":\"" + base64("otto:old") + "\"}}}");
        assertEquals(RegistryAuth.NONE, of("registry.test/a:1"));
    }

    @Test
    void aHelperThatFailsIsNotTakenForOneThatKnowsNobody() throws Exception {
        write("{\"credsStore\":\"store\"}");
        assertTrue(refused("registry.test/a:1").detail().contains("docker-credential-store is not on the PATH"));
        helper("store", "echo 'geheim: the keychain is locked'; echo geheim >&2; exit 1");
        assertTrue(refused("registry.test/a:1").detail().contains("exit code 1"));
        for (String answer : List.of("echo geheim", "echo '{\"Secret\":\"geheim\"}'", "echo '[\"geheim\"]'", "true")) {
            helper("store", answer);
            assertTrue(refused("registry.test/a:1").detail().contains("registry.test"), answer);
        }
        Files.writeString(programs().resolve("docker-credential-store"), "#!/no/such/interpreter\n");
        assertTrue(refused("registry.test/a:1").detail().contains("could not be run"));
    }

    @Test
    void aHelperThatHangsIsEnded() throws Exception {
        helper("store", "sleep 600 & wait");
        write("{\"credsStore\":\"store\"}");
        var impatient = new Credentials(
                new DockerConfig(folder.resolve("config.json"), List.of(programs())), Duration.ofMillis(300));
        var failure = assertThrows(Failure.Rejected.class, () -> impatient.of(ImageRef.parse("registry.test/a:1")));
        assertTrue(failure.detail().contains("did not answer"), failure.detail());
    }

    @Test
    void aHelpersNameLeadsNowhereElse() throws Exception {
        helper("store", says("anna", "secret"));
        for (String name : List.of("../programs/docker-credential-store", "a/b", "-x", "..", "a b", "a\\nb")) {
            write("{\"credsStore\":\"" + name + "\"}");
            assertFalse(refused("registry.test/a:1").detail().contains("PATH"), name);
        }
    }

    @Test
    void aHelperIsNotGivenTheServersToken() throws Exception {
        helper("store", "printf '{\"Username\":\"anna\",\"Secret\":\"%s\"}' \"${BERTH_TOKEN-none}\"");
        write("{\"credsStore\":\"store\"}");
        assertTrue(sent("registry.test/a:1").contains("\"password\":\"none\""));
    }

    @Test
    void theFileAndTheProgramsAreFoundAsDockersCommandLineFindsThem() {
        var usual = DockerConfig.read(Map.of("HOME", "/srv/me", "PATH", "/usr/bin:relative::/bin"));
        assertEquals(Path.of("/srv/me/.docker/config.json"), usual.file());
        assertEquals(List.of(Path.of("/usr/bin"), Path.of("/bin")), usual.programs());
        assertEquals(
                Path.of("/etc/docker-of-berth/config.json"),
                DockerConfig.read(Map.of("HOME", "/srv/me", "DOCKER_CONFIG", "/etc/docker-of-berth"))
                        .file());
    }

    private RegistryAuth of(String reference) throws InterruptedException, IOException {
        var config = new DockerConfig(folder.resolve("config.json"), List.of(programs()));
        return new Credentials(config).of(ImageRef.parse(reference));
    }

    private String sent(String reference) throws InterruptedException, IOException {
        return new String(Base64.getUrlDecoder().decode(of(reference).header()), StandardCharsets.UTF_8);
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("config.json"), text);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64Url(String text) {
        return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
