package dev.berth.inside;

import dev.berth.model.Output;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Which lines of a log somebody wants.
///
/// @param follow whether those to come, too
/// @param lossless whether a follower that is slow is to get all lines late, rather than the latest and a gap
/// @param tail only so many of the last lines that are there
/// @param since the first time, in nanoseconds since 1970
/// @param until the last time
/// @param from only what comes behind this place; `tail` does not apply then
public record LogRequest(
        boolean follow,
        boolean lossless,
        OptionalInt tail,
        OptionalLong since,
        OptionalLong until,
        Set<Output> outputs,
        Optional<LogPosition> from) {
    public LogRequest {
        outputs = Set.copyOf(outputs);
    }

    boolean wants(LogLine line) {
        return outputs.contains(line.output())
                && (since.isEmpty() || line.nanos() >= since.getAsLong())
                && (until.isEmpty() || line.nanos() <= until.getAsLong());
    }
}
