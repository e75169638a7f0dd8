package dev.berth.app;

import dev.berth.access.Secret;
import dev.berth.access.TokenFile;
import dev.berth.model.RandomId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.random.RandomGenerator;

/// The folder for what must outlive the process, held by one process at a time.
final class DataFolder implements AutoCloseable {
    private static final int SERVER_ID_LENGTH = 16;

    private final Path folder;
    private final FileChannel lock;

    private DataFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /// Makes the folder where it is missing, readable for its owner only.
    ///
    /// @throws IOException if it cannot be made or written, or another Berth uses it
    static DataFolder open(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var lock = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            lock.close();
            throw new IOException("another Berth uses the data folder " + folder);
        }
        return new DataFolder(folder, lock);
    }

    Path tokenFile() {
        return folder.resolve("token");
    }

    boolean hasToken() {
        return Files.exists(tokenFile());
    }

    Secret token(RandomGenerator random) throws IOException {
        return TokenFile.readOrMake(tokenFile(), random);
    }

    /// Tells this installation from others that use the same engine; made once.
    String serverId(RandomGenerator random) throws IOException {
        Path file = folder.resolve("server-id");
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException firstStart) {
            String made = RandomId.next(random, SERVER_ID_LENGTH);
            Path fresh = folder.resolve("server-id.new");
            Files.writeString(
                    fresh, made + "\n", StandardOpenOption.CREATE, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return made;
        }
    }

    /// Whether the last process that used the folder came to its end, as far as the folder tells. From now on it tells
    /// that this one has not.
    boolean endedCleanly() throws IOException {
        Path file = atWork();
        if (Files.exists(file)) return false;
        Files.createFile(file);
        return true;
    }

    /// Everything that was begun is done.
    void endClean() throws IOException {
        Files.deleteIfExists(atWork());
    }

    private Path atWork() {
        return folder.resolve("at-work");
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
