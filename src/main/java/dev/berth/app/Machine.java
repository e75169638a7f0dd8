package dev.berth.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// The machine that this process runs on, and the program it runs.
///
/// @param version of Berth
record Machine(String hostname, String kernel, String version) {
    static Machine here() {
        return new Machine(
                kernelSays("hostname", "localhost"),
                kernelSays("osrelease", System.getProperty("os.version", "")),
                builtVersion());
    }

    private static String kernelSays(String name, String otherwise) {
        try {
            return Files.readString(Path.of("/proc/sys/kernel", name)).strip();
        } catch (IOException notLinux) {
            return otherwise;
        }
    }

    private static String builtVersion() {
        try (InputStream in = Machine.class.getResourceAsStream("/berth.properties")) {
            var properties = new Properties();
            if (in != null) properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
