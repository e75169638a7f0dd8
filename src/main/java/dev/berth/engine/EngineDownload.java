package dev.berth.engine;

import dev.berth.model.FileStat;

/// A tar that comes from the engine; read by one thread, closed by any.
public interface EngineDownload extends AutoCloseable {
    /// What the path led to.
    FileStat stat();

    /// Waits for the next bytes.
    ///
    /// @return how many; -1 at the end, which tells nothing about the tar being whole
    /// @throws dev.berth.model.Failure when the engine broke off, also after `close`
    int read(byte[] into, int offset, int length);

    /// Ends it at once. Never throws, may be called twice.
    @Override
    void close();
}
