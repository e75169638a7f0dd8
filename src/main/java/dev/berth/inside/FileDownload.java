package dev.berth.inside;

import dev.berth.engine.EngineDownload;
import dev.berth.model.Failure;
import dev.berth.model.FileStat;
import java.io.IOException;
import java.util.OptionalLong;

/// What is at a path of a container, on its way out: a tar, or the bytes of one file. Poured by one thread, closed by
/// any.
public final class FileDownload implements AutoCloseable {
    private static final int PIECE = 256 << 10;

    private final EngineDownload from;
    private final FileStat stat;
    private final OptionalLong length;
    private final Runnable end;

    private FileDownload(EngineDownload from, FileStat stat, OptionalLong length, Runnable end) {
        this.from = from;
        this.stat = stat;
        this.length = length;
        this.end = end;
    }

    /// Takes pieces.
    @FunctionalInterface
    public interface Sink {
        /// @param bytes which are overwritten afterwards
        void take(byte[] bytes, int count) throws IOException;
    }

    static FileDownload tar(EngineDownload from, Runnable end) {
        return new FileDownload(from, from.stat(), OptionalLong.empty(), end);
    }

    /// Takes the one file out of its tar.
    ///
    /// @throws Failure.Conflict (`not-a-file`) if it is none any more
    static FileDownload bytes(EngineDownload from, Runnable end) {
        FileTar header = FileTar.read(bytes -> {
            if (fill(from, bytes, bytes.length) < bytes.length) throw brokeOff();
        });
        if (!header.isRegularFile()) throw new Failure.Conflict("not-a-file", "the path is no longer a regular file");
        return new FileDownload(from, from.stat(), OptionalLong.of(header.size()), end);
    }

    /// What the path, or the link that it was, led to.
    public FileStat stat() {
        return stat;
    }

    /// Of the bytes of a file; nothing of a tar.
    public OptionalLong length() {
        return length;
    }

    /// Pours all of it, no faster than it is taken.
    ///
    /// @throws IOException from the sink
    /// @throws Failure if the engine broke off; what was poured is not all
    public void pour(Sink sink) throws IOException {
        if (length.isPresent()) pourBytes(sink, length.getAsLong());
        else pourTar(sink);
    }

    private void pourBytes(Sink sink, long all) throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE, all)];
        for (long left = all; left > 0; ) {
            int count = fill(from, piece, (int) Math.min(piece.length, left));
            if (count == 0) throw brokeOff();
            sink.take(piece, count);
            left -= count;
        }
    }

    /// An engine that fails in the middle of a tar ends its answer as if nothing had happened, or with a message behind
    /// the files. Only the end of the tar itself tells that it is whole.
    private void pourTar(Sink sink) throws IOException {
        byte[] piece = new byte[PIECE];
        var check = new FileTarCheck();
        for (int count = fill(from, piece, PIECE); count > 0; count = fill(from, piece, PIECE)) {
            check.pass(piece, count);
            sink.take(piece, count);
        }
        if (!check.whole()) throw brokeOff();
    }

    private static int fill(EngineDownload from, byte[] bytes, int wanted) {
        int filled = 0;
        while (filled < wanted) {
            int count = from.read(bytes, filled, wanted - filled);
            if (count < 0) break;
            filled += count;
        }
        return filled;
    }

    private static Failure brokeOff() {
        return new Failure.EngineNonsense("the engine broke off in the middle of a tar", null);
    }

    @Override
    public void close() {
        from.close();
        end.run();
    }
}
