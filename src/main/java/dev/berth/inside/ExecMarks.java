package dev.berth.inside;

import dev.berth.model.RandomId;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// The variable in a command's environment that tells whose it is: of which installation, and of which life of it.
///
/// What a command starts inherits it, so it finds a command among others and is no proof that a process is one.
final class ExecMarks {
    private static final String VARIABLE = "BERTH_EXEC=";
    private static final int LENGTH = 16;

    private final String ours;
    private final String oursNow;
    private final RandomGenerator random;

    /// @param server the id of this installation
    ExecMarks(String server, RandomGenerator random) {
        this.ours = VARIABLE + server + ".";
        this.oursNow = ours + RandomId.next(random, LENGTH) + ".";
        this.random = random;
    }

    /// What some marks have and others have not.
    ///
    /// @param begins how they begin
    /// @param but how they do not begin
    record Pattern(String begins, String but) {
        boolean fits(String environment) {
            return Arrays.stream(environment.split("\0", -1))
                    .anyMatch(it -> it.startsWith(begins) && !it.startsWith(but));
        }
    }

    /// Of a new command.
    String next() {
        return oursNow + RandomId.next(random, LENGTH);
    }

    /// One mark and no other.
    static Pattern one(String mark) {
        return new Pattern(mark, VARIABLE + "."); // no installation is without a name
    }

    /// Those of the earlier lives of this installation.
    Pattern earlier() {
        return new Pattern(ours, oursNow);
    }
}
