package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A client in another language and another process: `terminal.py` or `crowd.py`, which say what they can do.
record PythonClient(Process process, BufferedReader heard) {
    /// @param folder where the script is kept meanwhile
    static PythonClient of(Path folder, String script, Http server, String... arguments) throws IOException {
        Path file = folder.resolve(script);
        if (!Files.exists(file))
            try (InputStream in = Objects.requireNonNull(PythonClient.class.getResourceAsStream(script))) {
                Files.copy(in, file);
            }
        var command = new ArrayList<>(
                List.of("python3", file.toString(), server.base().replaceAll(".*:", ""), server.token()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new PythonClient(process, process.inputReader(StandardCharsets.UTF_8));
    }

    /// Somebody at a terminal.
    static PythonClient atTerminal(Path folder, Http server, String path) throws IOException {
        return of(folder, "terminal.py", server, path);
    }

    PythonClient does(String step) throws IOException {
        process.getOutputStream().write((step + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return this;
    }

    PythonClient hears(String line) throws IOException {
        assertEquals(line, heard.readLine());
        return this;
    }

    /// As `kill -9` does.
    void kill() {
        process.destroyForcibly();
    }
}
