package dev.berth.inside;

import java.util.List;

/// What comes to whoever reads a log.
public sealed interface LogItem {
    /// Lines, in order.
    record Lines(List<LogLine> lines) implements LogItem {
        public Lines {
            lines = List.copyOf(lines);
        }
    }

    /// So many lines were lost here.
    record Gap(long lost) implements LogItem {}

    /// Nothing for as long as the reader would wait.
    record Quiet() implements LogItem {}

    /// Nothing follows: it is `complete`, the time `until` is over, the container is `removed`, its log is
    /// `unreadable` by now, or the reading was `closed`.
    record End(String reason) implements LogItem {}
}
