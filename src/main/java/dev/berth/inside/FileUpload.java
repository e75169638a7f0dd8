package dev.berth.inside;

import dev.berth.engine.EngineUpload;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/// Something on its way into a container: a tar, or one file. Sent by one thread, closed by any.
public final class FileUpload implements AutoCloseable {
    private final EngineUpload to;
    private final byte[] before;
    private final byte[] after;
    private final Runnable end;

    /// @param before what makes a tar of what is sent: the header of the one file; nothing where it is a tar already
    FileUpload(EngineUpload to, byte[] before, byte[] after, Runnable end) {
        this.to = to;
        this.before = before;
        this.after = after;
        this.end = end;
    }

    /// Sends it, no faster than the engine takes it, and returns when it is there.
    ///
    /// @param body of which nothing is read before the engine has agreed; what it throws is thrown on, and the
    ///     engine told that this was not all
    /// @param length of the body, if it is known
    /// @throws dev.berth.model.Failure as [dev.berth.engine.EngineUpload#send] says
    public void send(InputStream body, OptionalLong length) {
        int more = before.length + after.length;
        to.send(tar(body), length.isPresent() ? OptionalLong.of(length.getAsLong() + more) : OptionalLong.empty());
    }

    private InputStream tar(InputStream body) {
        if (before.length == 0) return body;
        return new SequenceInputStream(Collections.enumeration(
                List.of(new ByteArrayInputStream(before), body, new ByteArrayInputStream(after))));
    }

    @Override
    public void close() {
        to.close();
        end.run();
    }
}
