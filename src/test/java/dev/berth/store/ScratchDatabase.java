package dev.berth.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Where a test keeps a database that is gone after it.
public final class ScratchDatabase {
    /// Hundreds of lines about databases that are made would hide a failure.
    private static final Logger LOG = Logger.getLogger(Database.class.getName());

    static {
        LOG.setLevel(Level.WARNING);
    }

    private ScratchDatabase() {}

    public static Database make() {
        return Database.at(file());
    }

    /// A file that does not exist yet, in a folder of its own.
    public static Path file() {
        try {
            Path folder = Files.createTempDirectory("scratch");
            folder.toFile().deleteOnExit(); // in reverse order, so that it is empty then
            for (String name : List.of("berth.db", "berth.db-wal", "berth.db-shm", "ballast"))
                folder.resolve(name).toFile().deleteOnExit();
            return folder.resolve("berth.db");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
