package dev.berth.inside;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// How long terminals live.
///
/// @param idle without input and output, before one is ended
public record TerminalSettings(Duration idle) {
    private static final String IDLE = "terminal.idle-seconds";
    private static final int LONGEST_SECONDS = 7 * 24 * 3600;
    public static final Set<String> KEYS = Set.of(IDLE);
    public static final TerminalSettings DEFAULTS = new TerminalSettings(Duration.ofMinutes(30));

    /// @param setting the text of a key, if it is set
    public static TerminalSettings read(Function<String, Optional<String>> setting, Faults faults) {
        return new TerminalSettings(setting.apply(IDLE)
                .flatMap(it -> faults.parse(IDLE, () -> idle(it)))
                .orElse(DEFAULTS.idle()));
    }

    private static Duration idle(String text) {
        if (text.matches("\\d{1,6}")) {
            int seconds = Integer.parseInt(text);
            if (seconds >= 1 && seconds <= LONGEST_SECONDS) return Duration.ofSeconds(seconds);
        }
        throw new Failure.Invalid("must be a whole number of seconds from 1 to " + LONGEST_SECONDS);
    }
}
