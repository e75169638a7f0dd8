package dev.berth.inside;

import dev.berth.model.Output;
import java.util.Set;

/// A number of lines for each output. Of one thread, or under its owner's lock.
final class Counts {
    private long out;
    private long err;

    Counts() {}

    Counts(Counts other) {
        set(other);
    }

    void set(Counts other) {
        out = other.out;
        err = other.err;
    }

    /// One more; how many there are.
    long plusOne(Output output) {
        return output == Output.STDOUT ? ++out : ++err;
    }

    void clear() {
        out = 0;
        err = 0;
    }

    /// By how many these are more than others.
    long beyond(Counts other, Set<Output> outputs) {
        return (outputs.contains(Output.STDOUT) ? out - other.out : 0)
                + (outputs.contains(Output.STDERR) ? err - other.err : 0);
    }
}
