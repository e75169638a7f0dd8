package dev.berth.stats;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A kernel file that is read from its beginning every time. It stays open as long as there are descriptors to spare;
/// else it is opened for each reading, which costs three times as much.
final class OpenFile implements AutoCloseable {
    private final Path path;
    private final Descriptors descriptors;
    private final @Nullable FileChannel channel;
    private boolean closed;

    private OpenFile(Path path, Descriptors descriptors, @Nullable FileChannel channel) {
        this.path = path;
        this.descriptors = descriptors;
        this.channel = channel;
    }

    static OpenFile at(Path path, Descriptors descriptors) throws IOException {
        FileChannel opened = FileChannel.open(path, StandardOpenOption.READ);
        if (descriptors.take()) return new OpenFile(path, descriptors, opened);
        opened.close();
        return new OpenFile(path, descriptors, null);
    }

    /// Whether what is read now is the file that was opened then, and not one that has its name since.
    boolean staysOpen() {
        return channel != null;
    }

    /// @throws IOException if the kernel has taken the file away (ENODEV, ESRCH), or it is closed
    ProcText into(ProcText text) throws IOException {
        if (closed) throw new ClosedChannelException();
        if (channel != null) text.fill(channel);
        else
            try (FileChannel once = FileChannel.open(path, StandardOpenOption.READ)) {
                text.fill(once);
            }
        return text;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        if (channel != null) close(channel);
    }

    private void close(FileChannel opened) {
        descriptors.give();
        try {
            opened.close();
        } catch (IOException nothingWasWritten) {
            // The descriptor is free all the same.
        }
    }
}
