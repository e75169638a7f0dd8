package dev.berth.engine;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// Which part of a log. An engine may answer with earlier records than asked for.
///
/// @param since the first time, in nanoseconds since 1970
/// @param until the last time
/// @param tail only so many of the last records, of whatever output, counted before `since` and `until` apply
public record LogQuery(boolean follow, OptionalLong since, OptionalLong until, OptionalInt tail) {
    public static LogQuery all() {
        return new LogQuery(false, OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty());
    }

    /// What there is, and what is to come.
    public LogQuery following() {
        return new LogQuery(true, since, until, tail);
    }

    public LogQuery since(long nanos) {
        return new LogQuery(follow, OptionalLong.of(nanos), until, tail);
    }

    public LogQuery until(long nanos) {
        return new LogQuery(follow, since, OptionalLong.of(nanos), tail);
    }

    public LogQuery tail(int records) {
        return new LogQuery(follow, since, until, OptionalInt.of(records));
    }
}
