package dev.berth.inside;

import dev.berth.model.Output;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// How far a log has been read, through any number of readings that overlap: tells a line that is new from one that
/// comes again. Of one thread.
final class LogProgress {
    /// By how much, at most, two outputs' times go backwards from line to line.
    private static final long OVERLAP_NANOS = 1_000_000_000L;

    private LogPosition position;
    private final Counts again = new Counts();
    private final Set<Output> passed = EnumSet.noneOf(Output.class);
    private final Map<Output, RecentTimes> recent = new EnumMap<>(Output.class);
    private final Map<Output, byte[]> last = new EnumMap<>(Output.class);

    LogProgress(LogPosition position) {
        this.position = position;
    }

    /// The same for a reading that follows: there, an engine that turns a full file over says its last lines twice.
    static LogProgress following(LogPosition from) {
        var progress = new LogProgress(from);
        for (Output output : Output.values()) progress.recent.put(output, new RecentTimes());
        return progress;
    }

    LogPosition position() {
        return position;
    }

    /// Where the next reading has to begin, to miss nothing; none is at the start.
    OptionalLong since() {
        return position.nanos() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, position.nanos() - OVERLAP_NANOS));
    }

    /// Another reading begins, somewhere before where this one got to.
    void again() {
        again.clear();
        passed.clear();
    }

    /// The same where the line is at hand: one that is the same to the byte as the one before, its time to a nanosecond
    /// among them, has come again. An engine that turns a file over may say only the very last one twice.
    Optional<LogPosition> take(Output output, long nanos, byte[] stamped) {
        boolean twice = passed.contains(output) && Arrays.equals(stamped, last.get(output));
        Optional<LogPosition> after = twice ? Optional.empty() : take(output, nanos);
        if (after.isPresent()) last.put(output, stamped);
        return after;
    }

    /// The place after a line; nothing if it has been read before. Once one line of an output is new, so are those
    /// behind it, whatever a clock that was set back has stamped on them, unless the very same
    /// time has come before.
    Optional<LogPosition> take(Output output, long nanos) {
        RecentTimes times = recent.get(output);
        if (times != null && nanos < position.nanos(output) && times.contains(nanos)) again();
        if (!passed.contains(output)) {
            if (nanos < position.nanos(output)) return Optional.empty();
            if (nanos == position.nanos(output) && again.plusOne(output) <= position.count(output))
                return Optional.empty();
            passed.add(output);
        }
        if (times != null) times.add(nanos);
        position = position.plus(output, nanos);
        return Optional.of(position);
    }
}
