package dev.berth.inside;

import dev.berth.engine.LogRecord;
import dev.berth.model.Output;
import java.nio.charset.StandardCharsets;

/// A line that a container wrote.
public final class LogLine {
    private final Output output;
    private final long nanos;
    private final byte[] stamped;
    private final boolean cut;
    private final LogPosition position;

    /// @param stamped the time, a space, and the text without its line end
    /// @param cut whether it was longer, and the rest was dropped
    /// @param position the place behind it
    LogLine(Output output, long nanos, byte[] stamped, boolean cut, LogPosition position) {
        this.output = output;
        this.nanos = nanos;
        this.stamped = stamped;
        this.cut = cut;
        this.position = position;
    }

    public Output output() {
        return output;
    }

    /// When it was written, in nanoseconds since 1970.
    public long nanos() {
        return nanos;
    }

    /// The time in RFC 3339, a space, and the text. Not to be changed.
    public byte[] stamped() {
        return stamped;
    }

    /// Where the text begins in `stamped`.
    public int textStart() {
        return LogRecord.STAMP;
    }

    public String text() {
        return new String(stamped, LogRecord.STAMP, stamped.length - LogRecord.STAMP, StandardCharsets.UTF_8);
    }

    public boolean cut() {
        return cut;
    }

    public LogPosition position() {
        return position;
    }

    /// What it takes in memory, about.
    int weight() {
        return stamped.length + 112;
    }
}
