package dev.berth.app;

import dev.berth.access.Secret;
import dev.berth.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A server in this process, on a real engine and a free port.
final class Berth implements AutoCloseable {
    private static final Secret TOKEN = new Secret("a-token-for-tests-only");

    private final Path folder;
    private final App app;
    private final Http http;
    private final String serverId;

    private Berth(Path folder, App app, String serverId) {
        this.folder = folder;
        this.app = app;
        this.serverId = serverId;
        this.http = new Http("http://127.0.0.1:" + app.port(), TOKEN.reveal());
    }

    /// Starts one and waits until it knows the engine.
    static Berth on(Lab lab) {
        return on(lab, "test-server");
    }

    /// @param serverId the installation that it is
    /// @param options further settings
    static Berth on(Lab lab, String serverId, String... options) {
        try {
            Path folder = Files.createTempDirectory("berth");
            var arguments = new ArrayList<>(
                    List.of("--listen", "127.0.0.1:0", "--engine", lab.engine(), "--data", folder.toString()));
            arguments.addAll(List.of(options));
            var settings = Settings.read(arguments, Map.of("HOME", folder.toString()), "localhost");
            var app = new App(settings, Machine.here(), TOKEN, serverId, true);
            app.start();
            var berth = new Berth(folder, app, serverId);
            berth.awaitConnected();
            return berth;
        } catch (IOException | Failure broken) {
            throw new IllegalStateException(broken);
        }
    }

    void awaitConnected() {
        Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(1))
                .until(() -> app.mirror().snapshot().state().connected());
    }

    Http http() {
        return http;
    }

    String serverId() {
        return serverId;
    }

    @Override
    public void close() {
        app.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException left) {
            throw new IllegalStateException(left);
        }
    }
}
