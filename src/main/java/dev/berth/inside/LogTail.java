package dev.berth.inside;

import dev.berth.engine.EngineStream;
import dev.berth.engine.LogQuery;
import dev.berth.engine.LogRecord;
import dev.berth.model.Output;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Function;

/// Finds the last lines of a log. An engine counts pieces of long lines, and lines of outputs that are not
/// wanted, so it is asked for more, until enough lines have come that are certainly whole. Of one thread.
final class LogTail {
    /// More than the pieces of one line.
    private static final int MARGIN = 80;
    private static final int FACTOR = 8;
    /// Lines that are more than this together are not kept, but read again.
    private static final int MOST_KEPT = 1 << 20;
    /// By how much, at most, two outputs' times go backwards from line to line.
    private static final long SKEW_NANOS = 1_000_000L;

    private final LogRequest request;
    private final int wanted;
    private final ArrayDeque<LogPosition> places = new ArrayDeque<>();
    private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
    private LogProgress progress = new LogProgress(LogPosition.START);
    private int kept;
    private boolean tooMuch;
    private int found;
    private long certainAfter;

    private LogTail(LogRequest request, int wanted) {
        this.request = request;
        this.wanted = wanted;
    }

    /// What was found.
    ///
    /// @param lines the last ones, unless they were too much to keep
    /// @param start the place from which the rest has to be read: behind those lines, or before them
    record Found(List<LogLine> lines, LogPosition start) {}

    /// @param opening opens a reading; whoever gives it may close it from outside
    static Found find(Function<LogQuery, EngineStream<LogRecord>> opening, LogRequest request, int wanted) {
        long records = (long) wanted + MARGIN;
        while (true) {
            // The engine would count records that `until` then leaves out.
            boolean bounded = request.until().isEmpty() && records < Integer.MAX_VALUE;
            LogQuery query = LogQuery.all();
            if (bounded) query = query.tail((int) records);
            if (request.since().isPresent()) query = query.since(request.since().getAsLong());
            if (request.until().isPresent()) query = query.until(request.until().getAsLong());
            var tail = new LogTail(request, wanted);
            boolean everything;
            try (var stream = opening.apply(query)) {
                everything = tail.read(stream, bounded) < records || !bounded;
            }
            if (everything || tail.found >= wanted) return tail.found();
            records *= FACTOR;
        }
    }

    private long read(EngineStream<LogRecord> stream, boolean bounded) {
        var joiner = new LineJoiner(this::line);
        long count = 0;
        for (var record = stream.next(); record.isPresent(); record = stream.next()) {
            if (count++ == 0 && bounded) beginsAt(record.get().nanos());
            joiner.add(record.get());
        }
        joiner.end();
        return count;
    }

    /// What stands before the first record may be of the same line.
    private void beginsAt(long nanos) {
        progress = new LogProgress(LogPosition.before(nanos));
        certainAfter = nanos + SKEW_NANOS;
    }

    private void line(Output output, long nanos, byte[] stamped, boolean cut) {
        LogPosition before = progress.position();
        LogPosition after = progress.take(output, nanos).orElse(before);
        var line = new LogLine(output, nanos, stamped, cut, after);
        if (!request.wants(line)) return;
        if (nanos > certainAfter) found++;
        places.addLast(before);
        lines.addLast(line);
        kept += line.weight();
        if (places.size() > wanted) places.removeFirst();
        if (lines.size() > wanted) kept -= lines.removeFirst().weight();
        if (kept > MOST_KEPT) {
            tooMuch = true;
            lines.clear();
            kept = 0;
        }
    }

    private Found found() {
        if (!tooMuch || places.isEmpty()) return new Found(List.copyOf(lines), progress.position());
        return new Found(List.of(), places.getFirst());
    }
}
