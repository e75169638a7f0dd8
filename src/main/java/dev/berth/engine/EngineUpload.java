package dev.berth.engine;

import java.io.InputStream;
import java.util.OptionalLong;

/// A tar that goes to the engine; sent by one thread, closed by any.
public interface EngineUpload extends AutoCloseable {
    /// Sends it, no faster than the engine unpacks it, and waits until it has been unpacked. Nothing is read before the
    /// engine has agreed. If reading fails the engine sees the tar break off, and what was thrown is thrown on.
    ///
    /// @param length if it is known
    /// @throws dev.berth.model.Failure.NotFound (`no-such-container`, `no-such-file`)
    /// @throws dev.berth.model.Failure.Conflict (`read-only`, `not-a-folder`, `not-a-file`)
    /// @throws dev.berth.model.Failure.Rejected (`copy-refused`) for a tar that is none or leads out of the
    ///     container, a full disk, …
    void send(InputStream tar, OptionalLong length);

    /// Breaks it off at once. Never throws, may be called twice.
    @Override
    void close();
}
