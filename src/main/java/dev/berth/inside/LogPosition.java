package dev.berth.inside;

import dev.berth.model.Output;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in a log, from which reading can go on without a line lost or doubled: of each output the time of the last
/// line, in nanoseconds since 1970, and how many lines of that time have been read.
///
/// Each output has its own, since an engine stamps each by itself and then keeps what comes first: between the two,
/// times may go backwards a little.
public record LogPosition(long outNanos, int outCount, long errNanos, int errCount) {
    /// Before the first line.
    static final LogPosition START = new LogPosition(0, 0, 0, 0);

    private static final Pattern TEXT = Pattern.compile("o(\\d{1,18}\\d?)\\.(\\d{1,9})e(\\d{1,18}\\d?)\\.(\\d{1,9})");

    /// Before the first line of a time.
    static LogPosition before(long nanos) {
        return new LogPosition(nanos, 0, nanos, 0);
    }

    /// Reads what `toString` wrote.
    public static Optional<LogPosition> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) return Optional.empty();
        try {
            return Optional.of(new LogPosition(
                    Long.parseLong(parts.group(1)),
                    Integer.parseInt(parts.group(2)),
                    Long.parseLong(parts.group(3)),
                    Integer.parseInt(parts.group(4))));
        } catch (NumberFormatException beyondALong) {
            return Optional.empty();
        }
    }

    /// The latest time of either output.
    long nanos() {
        return Math.max(outNanos, errNanos);
    }

    long nanos(Output output) {
        return output == Output.STDOUT ? outNanos : errNanos;
    }

    int count(Output output) {
        return output == Output.STDOUT ? outCount : errCount;
    }

    /// After one more line.
    LogPosition plus(Output output, long nanos) {
        int count = nanos(output) == nanos ? count(output) + 1 : 1;
        return output == Output.STDOUT
                ? new LogPosition(nanos, count, errNanos, errCount)
                : new LogPosition(outNanos, outCount, nanos, count);
    }

    @Override
    public String toString() {
        return "o" + outNanos + "." + outCount + "e" + errNanos + "." + errCount;
    }
}
