package dev.berth.feed;

import java.util.List;

/// One thing that an event tells.
public sealed interface Fact {
    /// In words.
    record Text(String text) implements Fact {}

    /// A whole number.
    record Count(long count) implements Fact {}

    /// A number with a fraction.
    record Share(double share) implements Fact {}

    /// Yes or no.
    record Flag(boolean yes) implements Fact {}

    /// Several words.
    record Texts(List<String> texts) implements Fact {
        public Texts {
            texts = List.copyOf(texts);
        }
    }

    /// It is not known, or there is none.
    record None() implements Fact {}
}
