package dev.berth.model;

/// A limit of the kernel's on every process of a container.
///
/// @param soft what counts; a process may raise it up to `hard`
public record Ulimit(long soft, long hard) {
    public static final long UNLIMITED = -1;

    public Ulimit {
        if (soft < UNLIMITED || hard < UNLIMITED) throw new Failure.Invalid("must be at least 0, or -1 for unlimited");
        boolean over = hard != UNLIMITED && (soft == UNLIMITED || soft > hard);
        if (over) throw new Failure.Invalid("soft", "must not be more than hard");
    }
}
