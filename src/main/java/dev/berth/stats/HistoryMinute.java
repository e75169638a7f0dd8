package dev.berth.stats;

import dev.berth.stats.History.Point;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// The samples of one minute on their way to become one.
///
/// @param number of the minute, from 1970
record HistoryMinute(long number, Point last, Mean cpu, Mean usage, Mean workingSet) {
    private static final Mean NONE = new Mean(0, 0);

    private record Mean(int count, double sum) {
        Mean plus(OptionalDouble value) {
            return value.isPresent() ? new Mean(count + 1, sum + value.getAsDouble()) : this;
        }

        Mean plus(OptionalLong value) {
            return value.isPresent() ? new Mean(count + 1, sum + value.getAsLong()) : this;
        }

        OptionalDouble value() {
            return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
        }

        OptionalLong whole() {
            return count == 0 ? OptionalLong.empty() : OptionalLong.of(Math.round(sum / count));
        }
    }

    /// @param first the sample with which it begins
    static HistoryMinute empty(long number, Point first) {
        return new HistoryMinute(number, first, NONE, NONE, NONE);
    }

    HistoryMinute plus(Point point) {
        return new HistoryMinute(
                number,
                point,
                cpu.plus(point.cpuPercent()),
                usage.plus(point.memoryUsage()),
                workingSet.plus(point.workingSet()));
    }

    /// Means of CPU and memory, and the last of what counts upwards.
    Point point() {
        return new Point(
                last.at(),
                cpu.value(),
                usage.whole(),
                workingSet.whole(),
                last.pids(),
                last.networkReceived(),
                last.networkSent(),
                last.blockRead(),
                last.blockWritten());
    }
}
