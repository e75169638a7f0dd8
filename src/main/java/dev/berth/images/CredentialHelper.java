package dev.berth.images;

import dev.berth.engine.RegistryAuth;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.json.JsonWriter;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// Programs `docker-credential-<name>` that keep registry credentials, in a keychain for example.
///
/// Protocol: <https://github.com/docker/docker-credential-helpers#development>. What one prints is shown
/// to nobody, also where it fails: it could be the secret.
final class CredentialHelper {
    private static final String PREFIX = "docker-credential-";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final String NONE = "credentials not found in native keychain";
    private static final String IDENTITY = "<token>";
    private static final int LONGEST_OUTPUT = 1 << 16;

    private final List<Path> folders;
    private final Duration limit;

    /// @param folders where the programs are, the first one that has it counts
    /// @param limit of one run
    CredentialHelper(List<Path> folders, Duration limit) {
        this.folders = folders;
        this.limit = limit;
    }

    /// What a helper keeps for a server, or nothing.
    ///
    /// @throws Failure.Rejected (`credential-helper-failed`) if it cannot say
    Optional<RegistryAuth> get(String name, String server) throws InterruptedException {
        if (!NAME.matcher(name).matches())
            throw new Failure.Rejected(
                    "credential-helper-failed", "the Docker configuration names a credential helper that is no name");
        Path program = folders.stream()
                .map(it -> it.resolve(PREFIX + name))
                .filter(it -> Files.isRegularFile(it) && Files.isExecutable(it))
                .findFirst()
                .orElseThrow(() -> failed(name, server, "is not on the PATH of the server"));
        try {
            return run(program, name, server);
        } catch (IOException broken) {
            throw failed(name, server, "could not be run");
        }
    }

    private Optional<RegistryAuth> run(Path program, String name, String server)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(program.toString(), "get").redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("BERTH_TOKEN"); // it is no business of a helper's
        Process process = builder.start();
        var output = new FutureTask<>(() -> process.getInputStream().readNBytes(LONGEST_OUTPUT));
        Thread.ofVirtual().name("credential helper").start(output);
        try {
            ask(process, server);
            byte[] said = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) throw new TimeoutException();
            if (process.exitValue() == 0)
                return Optional.of(read(said, server)
                        .orElseThrow(() -> failed(name, server, "answered something else than credentials")));
            if (new String(said, StandardCharsets.UTF_8).contains(NONE)) return Optional.empty();
            throw failed(name, server, "ended with exit code " + process.exitValue());
        } catch (TimeoutException late) {
            throw failed(name, server, "did not answer within " + limit.toSeconds() + " s");
        } catch (ExecutionException broken) {
            throw failed(name, server, "broke off its answer");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.getInputStream().close();
        }
    }

    private static void ask(Process process, String server) {
        try (OutputStream input = process.getOutputStream()) {
            input.write(server.getBytes(StandardCharsets.UTF_8));
        } catch (IOException unread) {
            // It ended or answered without having read which; its answer or its exit code tells more.
        }
    }

    private static Optional<RegistryAuth> read(byte[] said, String server) {
        try {
            Json answer = JsonReader.request(said, new Faults());
            Optional<String> user = answer.get("Username").someText();
            Optional<String> secret = answer.get("Secret").text();
            if (user.isEmpty() || secret.isEmpty()) return Optional.empty();
            var json = new ObjBuilder().put("serveraddress", server);
            if (user.get().equals(IDENTITY)) json.put("identitytoken", secret.get());
            else json.put("username", user.get()).put("password", secret.get());
            return Optional.of(new RegistryAuth(Base64.getUrlEncoder().encodeToString(JsonWriter.bytes(json.build()))));
        } catch (JsonReader.Broken broken) {
            return Optional.empty();
        }
    }

    private static Failure failed(String name, String server, String how) {
        return new Failure.Rejected(
                "credential-helper-failed",
                "no credentials for " + server + ": the credential helper " + PREFIX + name + " " + how);
    }
}
