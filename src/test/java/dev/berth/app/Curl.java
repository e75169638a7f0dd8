package dev.berth.app;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/// The system's curl, and what it has received.
final class Curl implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Process process;
    private final Thread reader;

    /// Begins, and waits until events may come.
    Curl(Http http, String target, String... further) {
        this(http, it -> it.contains("retry: 2000"), target, further);
    }

    private Curl(Http http, Predicate<List<String>> begun, String target, String... further) {
        var command = new ArrayList<>(List.of("curl", "-sN", "-u", ":" + http.token()));
        command.addAll(List.of(further));
        command.add(http.base() + target);
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
        reader = Thread.ofVirtual().start(this::read);
        Awaitility.await().atMost(LONG).until(() -> begun.test(lines));
    }

    /// One that gets text, the first of which has come.
    static Curl text(Http http, String target) {
        return new Curl(http, it -> !it.isEmpty(), target);
    }

    private void read() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException ended) {
            lines.add("the stream broke: " + ended.getMessage());
        }
    }

    List<String> names() {
        return lines.stream()
                .filter(it -> it.startsWith("event: "))
                .map(it -> it.substring("event: ".length()))
                .toList();
    }

    void await(String... names) {
        Awaitility.await().atMost(LONG).until(() -> names().containsAll(List.of(names)));
    }

    String lastId() {
        return lines.stream()
                .filter(it -> it.startsWith("id: "))
                .toList()
                .getLast()
                .substring("id: ".length());
    }

    /// The data of the first event of a name.
    Json data(String name) {
        return parsed(lines.get(lines.indexOf("event: " + name) + 1));
    }

    /// The data of every event that has come whole.
    List<Json> all() {
        return lines.stream()
                .filter(it -> it.startsWith("data: "))
                .map(Curl::parsed)
                .toList();
    }

    /// Waits until the server has ended the stream, or is gone.
    void awaitEnd() {
        Awaitility.await().atMost(LONG).until(() -> !reader.isAlive());
    }

    /// What it says of the transfer, once that has ended.
    int exitCode() {
        awaitEnd();
        return process.onExit().join().exitValue();
    }

    private static Json parsed(String line) {
        byte[] bytes = line.substring("data: ".length()).getBytes(StandardCharsets.UTF_8);
        try {
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(line, broken);
        }
    }

    @Override
    public void close() {
        process.destroy(); // which ends the reader
        Awaitility.await().atMost(LONG).until(() -> !reader.isAlive());
    }
}
