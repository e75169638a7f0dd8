package dev.berth.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/// SQLite's native code, which is unpacked from its jar to be loaded. By itself the driver unpacks into the machine's
/// temporary folder, which may forbid execution, and leaves the file there when the process is killed.
final class NativeLibrary {
    private static final String FOLDER = "org.sqlite.tmpdir";
    private static boolean loaded;

    private NativeLibrary() {}

    /// Loads it once, by way of a folder that is gone afterwards; an operator's choice of another is left alone.
    static synchronized void load(Path folder) throws IOException {
        if (loaded || System.getProperty(FOLDER) != null) return;
        remove(folder); // of a start that was killed at this very place
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        System.setProperty(FOLDER, folder.toString());
        try {
            loaded = SQLiteJDBCLoader.initialize();
        } catch (Exception broken) {
            throw new IOException("SQLite's native code cannot be loaded: " + broken.getMessage(), broken);
        } finally {
            System.clearProperty(FOLDER);
            remove(folder);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
    }
}
