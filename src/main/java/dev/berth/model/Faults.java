package dev.berth.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Collects every fault of a request, so that a caller learns them all at once.
public final class Faults {
    /// More than this is noise: a body of a million unknown fields must not become an answer of the same size.
    private static final int LIMIT = 50;
    /// A key or a value of a megabyte must not come back fifty times.
    private static final int LONGEST = 300;

    private final List<Fault> found = new ArrayList<>();

    public void add(String field, String problem) {
        if (found.size() < LIMIT) found.add(new Fault(clipped(field), clipped(problem)));
    }

    private static String clipped(String text) {
        if (text.length() <= LONGEST) return text;
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + "…";
    }

    /// The value that `parse` makes, or nothing when it throws [Failure.Invalid], which is then kept as a fault of
    /// `field`.
    public <T> Optional<T> parse(String field, Supplier<T> parse) {
        try {
            return Optional.of(parse.get());
        } catch (Failure.Invalid invalid) {
            for (Fault fault : invalid.faults()) add(join(field, fault.field()), fault.problem());
            return Optional.empty();
        }
    }

    public List<Fault> found() {
        return List.copyOf(found);
    }

    public boolean any() {
        return !found.isEmpty();
    }

    /// @throws Failure.Invalid with all faults, if there are any
    public void throwIfAny() {
        if (any()) throw new Failure.Invalid(found);
    }

    private static String join(String field, String inner) {
        return inner.isEmpty() ? field : field + "." + inner;
    }
}
