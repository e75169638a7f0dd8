package dev.berth.inside;

import dev.berth.engine.LogRecord;
import dev.berth.model.Output;
import java.io.ByteArrayOutputStream;
import java.util.EnumMap;
import java.util.Map;

/// Makes lines of the pieces that an engine keeps of long ones. Of one thread.
final class LineJoiner {
    /// Longer lines lose what is beyond it.
    static final int LONGEST = 1 << 20;

    private final Map<Output, Beginning> begun = new EnumMap<>(Output.class);
    private final Sink sink;

    LineJoiner(Sink sink) {
        this.sink = sink;
    }

    /// Takes what has been joined.
    @FunctionalInterface
    interface Sink {
        /// @param stamped the time, a space and the text
        /// @param cut whether something was dropped
        void line(Output output, long nanos, byte[] stamped, boolean cut);
    }

    void add(LogRecord record) {
        Beginning beginning = begun.get(record.output());
        // A line whose process ended within it is not gone on with by the next one's.
        if (beginning != null && beginning.nanos != record.nanos()) {
            begun.remove(record.output());
            beginning.end();
            beginning = null;
        }
        if (beginning == null && record.whole()) {
            sink.line(record.output(), record.nanos(), record.stamped(), false);
            return;
        }
        if (beginning == null) begun.put(record.output(), new Beginning(record));
        else beginning.goesOn(record);
        if (beginning == null || !record.whole()) return;
        begun.remove(record.output());
        beginning.end();
    }

    /// Nothing more comes: what has begun is all there is.
    void end() {
        begun.values().forEach(Beginning::end);
        begun.clear();
    }

    private final class Beginning {
        private final Output output;
        private final long nanos;
        private final ByteArrayOutputStream stamped = new ByteArrayOutputStream(64);
        private boolean cut;

        Beginning(LogRecord first) {
            this.output = first.output();
            this.nanos = first.nanos();
            stamped.writeBytes(first.stamped());
        }

        void goesOn(LogRecord record) {
            int room = LogRecord.STAMP + LONGEST - stamped.size();
            int length = record.stamped().length - LogRecord.STAMP;
            stamped.write(record.stamped(), LogRecord.STAMP, Math.min(room, length));
            cut |= length > room;
        }

        void end() {
            sink.line(output, nanos, stamped.toByteArray(), cut);
        }
    }
}
