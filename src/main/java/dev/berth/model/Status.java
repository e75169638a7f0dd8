package dev.berth.model;

import java.util.Locale;

/// The state of a container, in the engine's words.
public enum Status {
    CREATED,
    RUNNING,
    PAUSED,
    RESTARTING,
    REMOVING,
    EXITED,
    DEAD;

    /// @throws Failure.Invalid if it is no status
    public static Status parse(String word) {
        for (Status status : values()) if (status.word().equals(word)) return status;
        throw new Failure.Invalid(
                "'" + word + "' is not one of created, running, paused, restarting, removing, exited, dead");
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether processes live in it, frozen or not.
    public boolean alive() {
        return this == RUNNING || this == PAUSED;
    }
}
