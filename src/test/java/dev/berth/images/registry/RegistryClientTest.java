package dev.berth.images.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.RegistryAuth;
import dev.berth.engine.RegistryConfig;
import dev.berth.images.registry.RegistryAnswer.Known;
import dev.berth.images.registry.RegistryAnswer.Limited;
import dev.berth.images.registry.RegistryAnswer.Unknown;
import dev.berth.images.registry.RegistryAnswer.Unusable;
import dev.berth.images.registry.SmallRegistry.Door;
import dev.berth.model.ImageRef;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RegistryClientTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");

    private final SmallRegistry registry = new SmallRegistry();
    private final RegistryClient client = client(RegistryConfig.NONE);

    RegistryClientTest() {
        registry.hold("team/app:1", DIGEST);
    }

    private static RegistryClient client(RegistryConfig config) {
        return new RegistryClient(config, InstantSource.fixed(NOW));
    }

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    private RegistryAnswer ask(String tag, String credentials) throws InterruptedException {
        return client.digest(ImageRef.parse(registry.name() + "/" + tag), auth(credentials));
    }

    private static RegistryAuth auth(String json) {
        if (json.isEmpty()) return RegistryAuth.NONE;
        return new RegistryAuth(Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String digest(RegistryAnswer answer) {
        return assertInstanceOf(Known.class, answer, answer::toString).digest().text();
    }

    @Test
    void aTagIsTheDigestThatEnginesKnowItBy() throws Exception {
        try (var naive = HttpClient.newHttpClient()) {
            URI manifest = URI.create("http://" + registry.name() + "/v2/team/app/manifests/1");
            var head = naive.send(HttpRequest.newBuilder(manifest).HEAD().build(), BodyHandlers.discarding());
            assertEquals(Optional.of(SmallRegistry.CONVERTED), head.headers().firstValue("Docker-Content-Digest"));
        }
        assertEquals(DIGEST, digest(ask("team/app:1", "")));
        assertTrue(
                registry.asked().stream().allMatch(it -> it.startsWith("HEAD /v2/")),
                () -> registry.asked().toString());
    }

    @Test
    void theDigestOfAConvertedManifestIsNobodys() throws Exception {
        registry.growOld();
        assertInstanceOf(Unusable.class, ask("team/app:1", ""));
    }

    @Test
    void whatTheRegistryDoesNotKnowIsUnknown() throws Exception {
        assertInstanceOf(Unknown.class, ask("team/app:2", ""));
        assertInstanceOf(Unknown.class, ask("nobody:1", ""));
    }

    @Test
    void whereNobodyAnswersOthersMayHaveMoreLuck() throws Exception {
        registry.close();
        assertInstanceOf(Unusable.class, ask("team/app:1", ""));
    }

    @ParameterizedTest
    @CsvSource({"500", "503", "403", "204", "301"})
    void anAnswerThatIsNoneIsNotTakenForOne(int status) throws Exception {
        registry.breakWith(status);
        assertInstanceOf(Unusable.class, ask("team/app:1", ""));
    }

    @Test
    void aDigestThatIsNoneIsNotBelieved() throws Exception {
        registry.hold("team/app:1", "sha256:abc");
        assertInstanceOf(Unusable.class, ask("team/app:1", ""));
    }

    // Limits.

    @Test
    void itsLimitsAreHeard() throws Exception {
        registry.always("ratelimit-limit", "100;w=21600");
        registry.always("ratelimit-remaining", "98;w=21600");
        var known = assertInstanceOf(Known.class, ask("team/app:1", ""));
        assertEquals(new RateLimit(OptionalLong.of(100), OptionalLong.of(98), Optional.empty()), known.rate());
        assertEquals(
                known.rate(),
                assertInstanceOf(Unknown.class, ask("nobody:1", "")).rate());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            120                           | 120
            0                             | 0
            Sun, 01 Feb 2026 00:01:30 GMT | 90
            Sat, 31 Jan 2026 00:00:00 GMT | 0
            soon                          |
            -5                            |
            99999999999999999999          |
            """)
    void whoIsAskedTooOftenSaysWhenToComeAgain(String header, Long seconds) throws Exception {
        registry.limitNext(Map.of("Retry-After", header, "ratelimit-remaining", "0"));
        var limited = assertInstanceOf(Limited.class, ask("team/app:1", ""));
        assertEquals(
                Optional.ofNullable(seconds).map(Duration::ofSeconds),
                limited.rate().retryAfter());
        assertEquals(OptionalLong.of(0), limited.rate().remaining());
        assertEquals(DIGEST, digest(ask("team/app:1", "")));
    }

    // Who asks.

    @Test
    void aPasswordIsShownToWhoWantsOne() throws Exception {
        registry.guard(Door.BASIC);
        assertEquals(DIGEST, digest(ask("team/app:1", SmallRegistry.password())));
        assertTrue(registry.asked().getFirst().endsWith(" nobody"), "it was shown before it was wanted");
        assertInstanceOf(Unusable.class, ask("team/app:1", ""));
        assertInstanceOf(Unusable.class, ask("team/app:1", "{\"username\":\"anna\",\"password\":\"wrong\"}"));
    }

    @Test
    void aTokenIsFetchedForWhoWantsOne() throws Exception {
        registry.guard(Door.TOKEN);
        assertEquals(DIGEST, digest(ask("team/app:1", SmallRegistry.password())));
        List<String> asked = registry.asked();
        assertEquals(3, asked.size(), asked::toString);
        assertTrue(
                asked.get(1).startsWith("GET /token?scope=repository%3Ateam%2Fapp%3Apull&service=small%2C+but+fine"),
                asked::toString);
        assertTrue(asked.get(2).endsWith(" Bearer token-for-repository:team/app:pull"), asked::toString);
        assertInstanceOf(Unusable.class, ask("team/app:1", ""));
    }

    @Test
    void anIdentityTokenIsChangedForAToken() throws Exception {
        registry.guard(Door.TOKEN);
        assertEquals(DIGEST, digest(ask("team/app:1", SmallRegistry.identity())));
        assertTrue(
                registry.asked().get(1).startsWith("POST /token "),
                () -> registry.asked().toString());
    }

    @Test
    void aRegistryTokenIsShownAsItIs() throws Exception {
        registry.guard(Door.TOKEN);
        assertEquals(DIGEST, digest(ask("team/app:1", "{\"registrytoken\":\"token-for-repository:team/app:pull\"}")));
        assertEquals(1, registry.asked().size());
    }

    @Test
    void nobodyElseIsShownWhoAsks() throws Exception {
        try (var other = new SmallRegistry()) {
            other.hold("team/app:1", DIGEST);
            registry.moveTo("http://" + other.name());
            String token = "{\"registrytoken\":\"mine\"}";
            assertEquals(DIGEST, digest(ask("team/app:1", token)));
            assertTrue(registry.asked().getFirst().endsWith(" Bearer mine"));
            assertEquals(List.of("HEAD /v2/team/app/manifests/1 nobody"), other.asked());
            other.moveTo("http://" + registry.name());
            assertInstanceOf(Unusable.class, ask("team/app:1", token));
        }
    }

    @Test
    void whatIsSecretIsNotPrinted() {
        for (String credentials : List.of(SmallRegistry.password(), SmallRegistry.identity()))
            assertEquals("******", RegistryLogin.of(auth(credentials)).toString());
        assertEquals("no credentials", RegistryLogin.of(RegistryAuth.NONE).toString());
        assertFalse(new RegistryTokens.Granted("Bearer mine").toString().contains("mine"));
    }

    // Where.

    @Test
    void aMirrorIsAskedBeforeDockerHub() throws Exception {
        registry.hold("library/nginx:latest", DIGEST);
        registry.guard(Door.OPEN);
        try (var mirrored =
                client(new RegistryConfig(List.of("http://" + registry.name() + "/"), List.of(), Map.of()))) {
            assertEquals(
                    DIGEST, digest(mirrored.digest(ImageRef.parse("nginx"), auth("{\"registrytoken\":\"mine\"}"))));
        }
        assertEquals(List.of("HEAD /v2/library/nginx/manifests/latest nobody"), registry.asked());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            docker.io          | http://10.1.1.1:5000 https://registry-1.docker.io
            127.0.0.1:5000     | http://127.0.0.1:5000 https://127.0.0.1:5000
            127.9.8.7          | http://127.9.8.7 https://127.9.8.7
            198.18.7.2:5000    | https://198.18.7.2:5000 http://198.18.7.2:5000
            198.20.7.2:5000    | https://198.20.7.2:5000
            10.9.9.9           | https://10.9.9.9 http://10.9.9.9
            127.0.0.9          | https://127.0.0.9
            [fd00::7]:5000     | https://[fd00::7]:5000 http://[fd00::7]:5000
            [fe80::7]          | https://[fe80::7]
            registry.invalid   | https://registry.invalid
            """)
    void plainHttpIsForWhomTheEngineAllowsItTo(String name, String addresses) {
        var config = new RegistryConfig(
                List.of("http://10.1.1.1:5000", "ftp://10.1.1.1", "no address"),
                List.of("198.18.0.0/15", "fd00::/8", "nonsense", "1.2.3.4/99"),
                Map.of("10.9.9.9", false, "127.0.0.9", true));
        assertEquals(
                List.of(addresses.split(" ")),
                new Endpoints(config)
                        .of(name).stream().map(it -> it.base().toString()).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Bearer realm="https://a.test/t",service="s",scope="x y" | bearer | https://a.test/t | s
            bearer realm=https://a.test/t, service=s                | bearer | https://a.test/t | s
            Basic realm="a \\"b\\""                                 | basic  | a "b"            |
            """)
    void aChallengeIsTakenApart(String header, String scheme, String realm, String service) {
        var challenge = Challenge.best(List.of("Negotiate", header)).orElseThrow();
        assertEquals(scheme, challenge.scheme());
        assertEquals(Optional.of(realm), challenge.parameter("realm"));
        assertEquals(Optional.ofNullable(service), challenge.parameter("service"));
    }

    @Test
    void aTokenIsPreferredAndWhatCannotBeMetIsNone() {
        assertEquals(
                "bearer",
                Challenge.best(List.of("Basic realm=\"x\"", "Bearer realm=\"https://a.test\""))
                        .orElseThrow()
                        .scheme());
        assertEquals(Optional.empty(), Challenge.best(List.of("", "Bearer", "Negotiate", "=")));
    }
}
