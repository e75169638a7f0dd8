package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// A server in a process of its own, as an operator starts it.
///
/// @param output where what it says goes
record BerthProcess(Process process, Path output) implements AutoCloseable {
    static final String TOKEN = "a-token-for-tests-only";
    private static final Pattern ADDRESS = Pattern.compile("serves on (http://127\\.0\\.0\\.1:\\d+)");

    /// @param folder for the output
    /// @param token none if empty
    static BerthProcess start(Path folder, String token, String... arguments) throws IOException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.berth.app.Main"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("BERTH_TOKEN");
        if (!token.isEmpty()) builder.environment().put("BERTH_TOKEN", token);
        return new BerthProcess(builder.start(), output);
    }

    /// One that serves, and knows the engine.
    ///
    /// @param folder for the output, and for a folder `data` that is its own
    static BerthProcess on(String engine, Path folder) throws IOException {
        String data = folder.resolve("data").toString();
        var server = start(folder, TOKEN, "serve", "--listen", "127.0.0.1:0", "--engine", engine, "--data", data);
        Http http = server.http();
        Awaitility.await().until(() -> http.get("/container").status() == 200);
        return server;
    }

    String text() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    int exit() throws InterruptedException {
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    /// As `kill -9` does, in the middle of whatever it does.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    Http http() {
        return http(TOKEN);
    }

    Http http(String token) {
        Awaitility.await().until(() -> text().contains("  try "));
        Matcher address = ADDRESS.matcher(text());
        assertTrue(address.find(), this::text);
        return new Http(address.group(1), token);
    }
}
