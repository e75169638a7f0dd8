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
import java.util.Base64;
import java.util.List;
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
    void theUserOfARegistryIsFoundByItsName() throws IOException {
        write("{\"auths\":{\"registry.test:5000\":{\"auth\":\"" + base64("anna:pass:word") + "\"}}}");
        assertEquals(
                "{\"password\":\"pass:word\",\"serveraddress\":\"registry.test:5000\",\"username\":\"anna\"}",
                sent("registry.test:5000/a/b:1"));
        assertEquals(RegistryAuth.NONE, of("registry.test/a/b:1"));
        assertEquals(RegistryAuth.NONE, of("nginx"));
    }

    @Test
    void aRegistryMayBeWrittenAsAUrl() throws IOException {
        for (String key : List.of("https://registry.test", "http://registry.test/", "https://registry.test/v2/")) {
            write("{\"auths\":{\"" + key + "\":{\"auth\":\"" + base64("anna:secret") + "\"}}}");
            assertTrue(sent("registry.test/a:1").contains("\"username\":\"anna\""), key);
        }
    }

    @Test
    void dockerHubHasAKeyOfItsOwn() throws IOException {
        write("{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" + base64("anna:secret") + "\"}}}");
        assertTrue(sent("nginx").contains("\"serveraddress\":\"https://index.docker.io/v1/\""));
        assertTrue(sent("docker.io/grafana/loki:2").contains("\"username\":\"anna\""));
        assertEquals(RegistryAuth.NONE, of("index.docker.io.evil.test/a:1"));
    }

    @Test
    void anIdentityTokenIsPassedOn() throws IOException {
        write("{\"auths\":{\"registry.test\":{\"auth\":\"" + base64("00000000:") + "\",\"identitytoken\":\"tok\"}}}");
        assertTrue(sent("registry.test/a:1").contains("\"identitytoken\":\"tok\""));
        write("{\"auths\":{\"registry.test\":{\"identitytoken\":\"tok\"}}}");
        assertEquals("{\"identitytoken\":\"tok\",\"serveraddress\":\"registry.test\"}", sent("registry.test/a:1"));
    }

    @Test
    void anEntryThatNamesNobodyGivesNone() throws IOException {
        for (String entry : List.of("{}", "{\"auth\":\"\"}", "{\"auth\":\"§\"}", "{\"auth\":7}", "null", "[]")) {
            write("{\"auths\":{\"registry.test\":" + entry + "},\"credsStore\":\"desktop\"}");
            assertEquals(RegistryAuth.NONE, of("registry.test/a:1"), entry);
        }
    }

    @Test
    void aMissingOrBrokenFileGivesNone() throws IOException {
        assertEquals(RegistryAuth.NONE, of("nginx"));
        for (String text : List.of("", "{", "[]", "7", "{\"auths\":[]}", "{\"auths\":7}", "null")) {
            write(text);
            assertEquals(RegistryAuth.NONE, of("nginx"), text);
        }
        assertEquals(RegistryAuth.NONE, new Credentials(folder).of(ImageRef.parse("nginx")));
    }

    @Test
    void theFileIsReadAnewEachTime() throws IOException {
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

    private RegistryAuth of(String reference) {
        return new Credentials(folder.resolve("config.json")).of(ImageRef.parse(reference));
    }

    private String sent(String reference) {
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
