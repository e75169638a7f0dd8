package dev.berth.feed;

import java.util.OptionalLong;

/// What comes to a reader.
public sealed interface Item {
    /// An event that the reader wants.
    record Happened(Event event) implements Item {}

    /// Events that the reader will never get; what it has built upon the others is to be read anew.
    ///
    /// @param lost how many, wanted or not; none where nobody can know
    /// @param from the first of them
    /// @param to the last; resuming from it does not tell of this gap again
    record Gap(Reason reason, OptionalLong lost, EventId from, EventId to) implements Item {}

    /// Why there is a gap.
    enum Reason {
        /// The reader was slower, or longer away, than the ring is large.
        MOVED_ON("moved-on"),
        /// The reader's last event is of an earlier life of the server.
        RESTARTED("restarted");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
