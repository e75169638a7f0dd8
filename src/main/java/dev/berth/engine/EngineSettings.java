package dev.berth.engine;

import dev.berth.engine.wire.Address;
import dev.berth.model.Faults;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// How the engine is reached.
///
/// @param tlsFolder where ca.pem, cert.pem and key.pem lie; used where the address asks for TLS
/// @param verify whether the engine's certificate must be trusted and bear its host's name
public record EngineSettings(Address address, Optional<Path> tlsFolder, boolean verify) {
    /// Whether it is on this machine, so that its cgroups and devices are ours to see.
    public boolean isLocal() {
        return address instanceof Address.Unix;
    }

    /// Reads an address, or where none is given what Docker's own tools read: `DOCKER_HOST`, `DOCKER_TLS_VERIFY`,
    /// `DOCKER_TLS`, `DOCKER_CERT_PATH`; else the first socket that exists.
    ///
    /// @param given the address, such as `unix:///var/run/docker.sock` or `tcp://host:2376`
    /// @param exists whether there is a file
    /// @return nothing if a fault was found
    public static Optional<EngineSettings> read(
            Optional<String> given, Map<String, String> environment, Predicate<Path> exists, Faults faults) {
        Optional<Path> certificates = value(environment, "DOCKER_CERT_PATH").map(Path::of);
        boolean verified = value(environment, "DOCKER_TLS_VERIFY").isPresent();
        boolean unverified = value(environment, "DOCKER_TLS").isPresent() && !verified;
        boolean tls = verified || unverified || certificates.isPresent();
        Optional<String> text = given.or(() -> value(environment, "DOCKER_HOST"));
        Optional<Address> address = text.isEmpty()
                ? Optional.of(new Address.Unix(socket(environment, exists)))
                : faults.parse(given.isPresent() ? "engine" : "DOCKER_HOST", () -> Address.parse(text.get(), tls));
        // Verified unless told otherwise: the folder alone does not switch it off, as it does in Docker's Go client.
        return address.map(
                it -> new EngineSettings(it, certificates.or(() -> ownFolder(environment, exists)), !unverified));
    }

    private static Path socket(Map<String, String> environment, Predicate<Path> exists) {
        Path first = Path.of("/var/run/docker.sock");
        Stream<Path> users = value(environment, "XDG_RUNTIME_DIR").map(Path::of).stream()
                .flatMap(folder -> Stream.of(folder.resolve("docker.sock"), folder.resolve("podman/podman.sock")));
        return Stream.concat(Stream.of(first, Path.of("/run/podman/podman.sock")), users)
                .filter(exists)
                .findFirst()
                .orElse(first);
    }

    private static Optional<Path> ownFolder(Map<String, String> environment, Predicate<Path> exists) {
        return value(environment, "HOME")
                .map(home -> Path.of(home, ".docker"))
                .filter(folder -> exists.test(folder.resolve("ca.pem")));
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(it -> !it.isBlank());
    }
}
