package dev.berth.stats;

import dev.berth.stats.Probe.Gone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The files of one container that are open, closed together, and the text that they are read into.
final class ProcFiles implements AutoCloseable {
    private final List<OpenFile> files = new ArrayList<>();
    private final ProcText text;
    private final Descriptors descriptors;
    private boolean stayOpen = true;

    /// @param text shared with all others; held as a lock while it is used
    ProcFiles(ProcText text, Descriptors descriptors) {
        this.text = text;
        this.descriptors = descriptors;
    }

    ProcText text() {
        return text;
    }

    OpenFile required(Path path) throws IOException {
        OpenFile file = OpenFile.at(path, descriptors);
        files.add(file);
        stayOpen &= file.staysOpen();
        return file;
    }

    /// The file if it is there and can be read: some kernels have files that always fail.
    Optional<OpenFile> optional(Path path) {
        try {
            OpenFile file = required(path);
            synchronized (text) {
                file.into(text);
            }
            return Optional.of(file);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    boolean stayOpen() {
        return stayOpen;
    }

    long number(OpenFile file) throws IOException, Gone {
        return file.into(text).number();
    }

    OptionalLong number(Optional<OpenFile> file) throws IOException, Gone {
        return file.isPresent() ? OptionalLong.of(number(file.get())) : OptionalLong.empty();
    }

    OptionalLong number(Optional<OpenFile> file, byte[] key) throws IOException, Gone {
        return file.isPresent() ? some(file.get().into(text).number(key)) : OptionalLong.empty();
    }

    static OptionalLong some(long number) {
        return number == ProcText.NONE ? OptionalLong.empty() : OptionalLong.of(number);
    }

    @Override
    public void close() {
        files.forEach(OpenFile::close);
    }
}
