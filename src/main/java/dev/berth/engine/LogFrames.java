package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import java.util.Arrays;
import java.util.Optional;

/// Cuts a log's bytes into records: frames with a header of eight bytes, or, of a terminal, lines.
///
/// A line beyond 16 KiB was kept in pieces. In frames each piece has its own; in a terminal's log the pieces
/// follow each other without any mark but the stamp that each begins with, which is the same for all of them.
final class LogFrames {
    private static final int CHUNK = 16 << 10;
    private static final int LARGEST = 8 << 20;
    /// Engines cut at 16 KiB; characters that the cut broke may have changed their length.
    private static final int SHORTEST_PIECE = 8 << 10;

    private final Source source;
    private final boolean terminal;
    private final LogStamps stamps = new LogStamps();
    private byte[] buffer = new byte[2 * CHUNK];
    private int from;
    private int to;

    LogFrames(Source source, boolean terminal) {
        this.source = source;
        this.terminal = terminal;
    }

    /// Where the bytes come from; -1 at the end.
    @FunctionalInterface
    interface Source {
        int read(byte[] into, int offset, int length) throws Refused;
    }

    /// The next record; nothing at the end.
    ///
    /// @throws Failure.EngineNonsense if the bytes are no log, or end within a frame
    Optional<LogRecord> next() throws Refused {
        return terminal ? line() : frame();
    }

    private Optional<LogRecord> frame() throws Refused {
        while (true) {
            if (!have(FrameHead.LENGTH)) {
                if (to > from) throw new Failure.EngineNonsense("the engine's log ended within a frame", null);
                return Optional.empty();
            }
            FrameHead head = FrameHead.read(buffer, from);
            if (!head.known() || head.size() > LARGEST)
                throw new Failure.EngineNonsense("the engine's log is not in frames", null);
            int size = (int) head.size();
            if (!have(FrameHead.LENGTH + size))
                throw new Failure.EngineNonsense("the engine's log ended within a frame", null);
            int start = from + FrameHead.LENGTH;
            from = start + size;
            if (size == 0) continue;
            boolean whole = buffer[from - 1] == '\n';
            return Optional.of(record(head.output(), start, whole ? from - 1 : from, whole));
        }
    }

    private Optional<LogRecord> line() throws Refused {
        int scanned = 0;
        while (true) {
            for (int at = from + scanned; at < to; at++) {
                if (buffer[at] != '\n') continue;
                return Optional.of(terminalRecord(at, true));
            }
            scanned = to - from;
            if (scanned > LARGEST) throw new Failure.EngineNonsense("the engine's log has a line without end", null);
            Optional<LogRecord> piece = scanned > SHORTEST_PIECE + CHUNK ? piece(to) : Optional.empty();
            if (piece.isPresent()) return piece;
            if (!have(scanned + 1)) return to > from ? Optional.of(terminalRecord(to, false)) : Optional.empty();
        }
    }

    /// What ends before `end`, or the first piece of it.
    private LogRecord terminalRecord(int end, boolean whole) {
        Optional<LogRecord> piece = piece(end);
        if (piece.isPresent()) return piece.get();
        LogRecord record = record(Output.STDOUT, from, end, whole);
        from = whole ? end + 1 : end;
        return record;
    }

    /// The first piece of a line of several: it ends where its own stamp comes again.
    private Optional<LogRecord> piece(int end) {
        int length = stamps.read(buffer, from, end).length();
        for (int at = from + length + SHORTEST_PIECE; at + length <= end; at++) {
            if (!Arrays.equals(buffer, from, from + length, buffer, at, at + length)) continue;
            LogRecord record = record(Output.STDOUT, from, at, false);
            from = at;
            return Optional.of(record);
        }
        return Optional.empty();
    }

    private LogRecord record(Output output, int start, int end, boolean whole) {
        LogStamps.Stamp stamp = stamps.read(buffer, start, end);
        if (stamp.canonical())
            return new LogRecord(output, stamp.nanos(), Arrays.copyOfRange(buffer, start, end), whole);
        byte[] stamped =
                Arrays.copyOf(LogStamps.canonical(stamp.nanos()), LogRecord.STAMP + end - start - stamp.length());
        System.arraycopy(buffer, start + stamp.length(), stamped, LogRecord.STAMP, stamped.length - LogRecord.STAMP);
        return new LogRecord(output, stamp.nanos(), stamped, whole);
    }

    /// Reads until so many bytes are there, or the end.
    private boolean have(int count) throws Refused {
        while (to - from < count) {
            if (from > 0 && buffer.length - from < Math.max(count, CHUNK)) {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
            }
            if (buffer.length - from < count) buffer = Arrays.copyOf(buffer, Math.max(count, 2 * buffer.length));
            if (to == buffer.length) buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            int read = source.read(buffer, to, buffer.length - to);
            if (read < 0) return false;
            to += read;
        }
        return true;
    }
}
