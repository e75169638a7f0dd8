package dev.berth.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A container's full id: 64 hex digits, as the engine gives it.
public record ContainerId(String hex) implements Comparable<ContainerId> {
    private static final Pattern FULL = Pattern.compile("[0-9a-f]{64}");
    private static final int SHORT = 10;

    public ContainerId {
        if (!FULL.matcher(hex).matches()) throw new Failure.Invalid("a container's id has 64 hex digits");
    }

    public static boolean isFull(String text) {
        return FULL.matcher(text).matches();
    }

    /// The first 10 digits, as the original's answers had them.
    public String shortId() {
        return hex.substring(0, SHORT);
    }

    /// The same as a record's own, which is made at run time and slow until it is compiled well; ids are looked up
    /// all the time.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContainerId id && hex.equals(id.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    @Override
    public int compareTo(ContainerId other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
