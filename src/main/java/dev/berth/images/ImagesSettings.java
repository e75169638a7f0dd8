package dev.berth.images;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many pulls run at once, and how often registries are asked for updates.
///
/// @param checkEvery never, if empty
public record ImagesSettings(int parallelPulls, Optional<Duration> checkEvery) {
    private static final String PARALLEL = "images.parallel-pulls";
    private static final String CHECK = "updates.check-every";
    public static final Set<String> KEYS = Set.of(PARALLEL, CHECK);

    private static final int MOST_PARALLEL = 64;
    private static final Duration OFTENEST = Duration.ofMinutes(1);
    private static final Duration SELDOMEST = Duration.ofDays(30);
    private static final Pattern SPAN = Pattern.compile("([1-9]\\d{0,6})([smhd])");

    public static final ImagesSettings DEFAULTS = new ImagesSettings(3, Optional.of(Duration.ofHours(6)));

    /// @param setting the text of a key, if it is set
    public static ImagesSettings read(Function<String, Optional<String>> setting, Faults faults) {
        return new ImagesSettings(
                setting.apply(PARALLEL)
                        .flatMap(it -> faults.parse(PARALLEL, () -> parallel(it)))
                        .orElse(DEFAULTS.parallelPulls()),
                setting.apply(CHECK)
                        .flatMap(it -> faults.parse(CHECK, () -> every(it)))
                        .orElse(DEFAULTS.checkEvery()));
    }

    private static int parallel(String text) {
        if (text.matches("\\d{1,2}")) {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= MOST_PARALLEL) return count;
        }
        throw new Failure.Invalid("must be a whole number from 1 to " + MOST_PARALLEL);
    }

    private static Optional<Duration> every(String text) {
        if (text.equals("0") || text.equalsIgnoreCase("off")) return Optional.empty();
        Matcher span = SPAN.matcher(text);
        if (span.matches()) {
            long count = Long.parseLong(span.group(1));
            Duration every = switch (span.group(2)) {
                case "d" -> Duration.ofDays(count);
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofSeconds(count);
            };
            if (every.compareTo(OFTENEST) >= 0 && every.compareTo(SELDOMEST) <= 0) return Optional.of(every);
        }
        throw new Failure.Invalid("must be a time such as 90s, 10m, 6h or 1d, from 1m to 30d, or off");
    }
}
