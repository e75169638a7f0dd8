package dev.berth.model;

import java.util.Locale;

/// Where a container's process writes to.
public enum Output {
    STDOUT,
    STDERR;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
