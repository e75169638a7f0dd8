package dev.berth.updates;

import dev.berth.model.Faults;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// How updates are decided.
///
/// @param grace how long a successor has to stay up before it counts as standing
public record UpdateSettings(Duration grace) {
    public static final UpdateSettings DEFAULTS = new UpdateSettings(Duration.ofSeconds(10));
    public static final String GRACE = "updates.grace-seconds";
    public static final Set<String> KEYS = Set.of(GRACE);
    private static final int LONGEST = 3600;

    /// @param source the text of a setting by its name, if it is set
    public static UpdateSettings read(Function<String, Optional<String>> source, Faults faults) {
        Optional<String> text = source.apply(GRACE);
        if (text.isEmpty()) return DEFAULTS;
        if (!text.get().matches("\\d{1,4}") || seconds(text.get()) < 1 || seconds(text.get()) > LONGEST) {
            faults.add(GRACE, "must be a whole number of seconds from 1 to " + LONGEST);
            return DEFAULTS;
        }
        return new UpdateSettings(Duration.ofSeconds(seconds(text.get())));
    }

    private static int seconds(String digits) {
        return Integer.parseInt(digits);
    }
}
