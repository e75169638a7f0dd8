package dev.berth.updates;

import java.util.Locale;

/// Where an update stands. Written down before anything of it is done.
enum Step {
    /// The successors are made; whatever can fail cheaply fails here, while the old ones still run.
    CREATING(65),
    /// No policy starts the old ones any more.
    UNHOOKING(68),
    STOPPING(70),
    RENAMING(75),
    STARTING(78),
    /// The successors show whether they stand.
    GATING(80),
    /// There is no way back any more: the successors get the old ones' policies.
    COMMITTED(95),
    /// The old ones go.
    REMOVING(98),
    /// Only the job has still to be told.
    DONE(99);

    private final double percent;

    Step(double percent) {
        this.percent = percent;
    }

    /// How much of the whole is done when it begins.
    double percent() {
        return percent;
    }

    Step next() {
        return switch (this) {
            case CREATING -> UNHOOKING;
            case UNHOOKING -> STOPPING;
            case STOPPING -> RENAMING;
            case RENAMING -> STARTING;
            case STARTING -> GATING;
            case GATING -> COMMITTED;
            case COMMITTED -> REMOVING;
            case REMOVING, DONE -> DONE;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Step parse(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    boolean before(Step other) {
        return compareTo(other) < 0;
    }
}
