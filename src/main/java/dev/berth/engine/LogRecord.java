package dev.berth.engine;

import dev.berth.model.Output;
import java.nio.charset.StandardCharsets;

/// What an engine kept of one line, or of one piece of a long one.
public final class LogRecord {
    /// How long the stamp is that stands before the text: `2026-01-01T00:00:00.123456789Z` and a space.
    public static final int STAMP = 31;

    private final Output output;
    private final long nanos;
    private final byte[] stamped;
    private final boolean whole;

    /// @param nanos when it was written, in nanoseconds since 1970; the pieces of a line have the same
    /// @param stamped the stamp and the text without its line end
    /// @param whole whether the line ends with it
    LogRecord(Output output, long nanos, byte[] stamped, boolean whole) {
        this.output = output;
        this.nanos = nanos;
        this.stamped = stamped;
        this.whole = whole;
    }

    public Output output() {
        return output;
    }

    public long nanos() {
        return nanos;
    }

    /// Not to be changed.
    public byte[] stamped() {
        return stamped;
    }

    public boolean whole() {
        return whole;
    }

    public String text() {
        return new String(stamped, STAMP, stamped.length - STAMP, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return output.word() + " " + new String(stamped, StandardCharsets.UTF_8) + (whole ? "" : "…");
    }
}
