package dev.berth.stats;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A kernel file that stays open and is read from its beginning every time.
final class OpenFile implements AutoCloseable {
    private final FileChannel channel;

    private OpenFile(FileChannel channel) {
        this.channel = channel;
    }

    static OpenFile at(Path path) throws IOException {
        return new OpenFile(FileChannel.open(path, StandardOpenOption.READ));
    }

    /// @throws IOException if the kernel has taken the file away (ENODEV, ESRCH), or it is closed
    ProcText into(ProcText text) throws IOException {
        text.fill(channel);
        return text;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException nothingWasWritten) {
            // The descriptor is free all the same.
        }
    }
}
