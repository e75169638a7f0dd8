package dev.berth.images;

import dev.berth.engine.RegistryAuth;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.json.JsonWriter;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.ImageRef;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The registry credentials that `docker login` left in the Docker configuration file, or with the helper
/// that it names; read anew each time.
///
/// Format:
/// <https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties>.
public final class Credentials {
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private static final Duration HELPER_LIMIT = Duration.ofSeconds(10);

    private final Path file;
    private final CredentialHelper helper;

    public Credentials(DockerConfig config) {
        this(config, HELPER_LIMIT);
    }

    /// @param limit of one run of a helper
    Credentials(DockerConfig config, Duration limit) {
        this.file = config.file();
        this.helper = new CredentialHelper(config.programs(), limit);
    }

    /// Checks what a client sent as `X-Registry-Auth`.
    ///
    /// @throws Failure.Invalid if it is not base64url of a JSON object
    static RegistryAuth given(String header) {
        try {
            byte[] decoded =
                    Base64.getUrlDecoder().decode(header.replace('+', '-').replace('/', '_'));
            if (!(JsonReader.request(decoded, new Faults()) instanceof Json.Obj))
                throw new Failure.Invalid("X-Registry-Auth", "must be base64url of a JSON object");
            // Written anew: an engine takes what lacks its padding, or is of the other alphabet, for no credentials.
            return new RegistryAuth(Base64.getUrlEncoder().encodeToString(decoded));
        } catch (IllegalArgumentException | JsonReader.Broken unreadable) {
            throw new Failure.Invalid(
                    "X-Registry-Auth", "must be base64url of a JSON object, as the engine defines it");
        }
    }

    /// The credentials of the user for a reference's registry, or none.
    ///
    /// A helper of that registry counts more than the helper of all, and that more than what stands in
    /// the file.
    ///
    /// @throws Failure.Rejected (`credential-helper-failed`) if a helper is named and cannot say
    RegistryAuth of(ImageRef reference) throws InterruptedException {
        Json configuration = configuration();
        String registry = reference.domain();
        Optional<String> named = of(registry, configuration.get("credHelpers"))
                .flatMap(it -> it.getValue().someText().stream())
                .findFirst()
                .or(() -> configuration.get("credsStore").someText());
        if (named.isPresent())
            return helper.get(named.get(), isHub(registry) ? HUB_KEY : registry).orElse(RegistryAuth.NONE);
        return of(registry, configuration.get("auths"))
                .flatMap(it -> auth(it.getKey(), it.getValue()).stream())
                .findFirst()
                .orElse(RegistryAuth.NONE);
    }

    /// The entries that are about a registry.
    private static Stream<Map.Entry<String, Json>> of(String registry, Json entries) {
        return entries.fields().entrySet().stream()
                .filter(it -> isHub(registry)
                        ? it.getKey().equals(HUB_KEY)
                        : registry(it.getKey()).equals(registry));
    }

    private static boolean isHub(String registry) {
        return registry.equals("docker.io");
    }

    private Json configuration() {
        try {
            return JsonReader.request(Files.readAllBytes(file), new Faults());
        } catch (NoSuchFileException nothingStored) {
            return Json.Obj.empty();
        } catch (IOException | JsonReader.Broken unreadable) {
            System.getLogger(Credentials.class.getName())
                    .log(
                            Level.WARNING,
                            "registry credentials in {0} cannot be read: {1}",
                            file,
                            unreadable.getMessage());
            return Json.Obj.empty();
        }
    }

    /// `https://host:5000/v2/` and `host:5000` are the same registry.
    private static String registry(String key) {
        String host = key.replaceFirst("^https?://", "");
        int slash = host.indexOf('/');
        return slash < 0 ? host : host.substring(0, slash);
    }

    private static Optional<RegistryAuth> auth(String server, Json entry) {
        String basic = new String(decode(entry.get("auth").textOrEmpty()), StandardCharsets.UTF_8);
        int colon = basic.indexOf(':');
        Optional<String> identity = entry.get("identitytoken").someText();
        if (colon < 0 && identity.isEmpty()) return Optional.empty();
        var json = new ObjBuilder().put("serveraddress", server);
        if (colon >= 0) json.put("username", basic.substring(0, colon)).put("password", basic.substring(colon + 1));
        identity.ifPresent(it -> json.put("identitytoken", it));
        return Optional.of(new RegistryAuth(Base64.getUrlEncoder().encodeToString(JsonWriter.bytes(json.build()))));
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0]; // then there are no credentials in it
        }
    }
}
