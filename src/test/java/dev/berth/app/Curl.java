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
import org.awaitility.Awaitility;

/// The system's curl on a stream, and what it has received.
final class Curl implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Process process;
    private final Thread reader;

    /// Begins, and waits until something has come.
    Curl(Http http, String target, String... further) {
        var command = new ArrayList<>(List.of("curl", "-sN", "-u", ":" + http.token()));
        command.addAll(List.of(further));
        command.add(http.base() + target);
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
        reader = Thread.ofVirtual().start(this::read);
        Awaitility.await().atMost(LONG).until(() -> !lines.isEmpty());
    }

    /// Begins, and waits until events may come.
    static Curl events(Http http, String target, String... further) {
        var arguments = new ArrayList<>(List.of(further));
        arguments.addAll(List.of("-H", "Accept: text/event-stream"));
        var curl = new Curl(http, target, arguments.toArray(String[]::new));
        Awaitility.await().atMost(LONG).until(() -> curl.lines.contains("retry: 2000"));
        return curl;
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

    /// Waits for its end.
    ///
    /// @return its exit code
    int end() {
        Awaitility.await().atMost(LONG).until(() -> !reader.isAlive());
        return process.onExit().join().exitValue();
    }

    String lastId() {
        return lines.stream()
                .filter(it -> it.startsWith("id: "))
                .toList()
                .getLast()
                .substring("id: ".length());
    }

    Json data(String name) {
        String line = lines.get(lines.indexOf("event: " + name) + 1);
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
