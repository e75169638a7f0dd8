package dev.berth.stats;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.MemorySize;
import java.util.Optional;
import java.util.function.Function;

/// How much is kept of what containers used.
///
/// @param historyBytes of all containers together
public record StatsSettings(MemorySize historyBytes) {
    public static final String HISTORY_BYTES = "stats.history-bytes";
    public static final StatsSettings DEFAULTS = new StatsSettings(new MemorySize(16 << 20));
    private static final MemorySize LEAST = new MemorySize(1 << 20);
    private static final MemorySize MOST = new MemorySize(1 << 30);

    /// @param setting the text of a key, if it is set
    public static StatsSettings read(Function<String, Optional<String>> setting, Faults faults) {
        return new StatsSettings(setting.apply(HISTORY_BYTES)
                .flatMap(it -> faults.parse(HISTORY_BYTES, () -> historyBytes(it)))
                .orElse(DEFAULTS.historyBytes()));
    }

    private static MemorySize historyBytes(String text) {
        MemorySize size = MemorySize.parse(text);
        if (size.compareTo(LEAST) < 0 || size.compareTo(MOST) > 0)
            throw new Failure.Invalid("must be from " + LEAST + " to " + MOST + "; a container takes 110k a day");
        return size;
    }
}
