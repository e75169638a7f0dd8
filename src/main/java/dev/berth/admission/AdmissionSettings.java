package dev.berth.admission;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.Limits;
import dev.berth.model.MemorySize;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// How much memory may be promised, and what every container gets.
///
/// @param commitRatio of the host's memory, above 0 and at most 4
/// @param unlimitedInitial what a container without a limit counts until its first sample
/// @param defaultLimit for creates that name none
/// @param maxPerContainer no limit may be higher, and none may be without
public record AdmissionSettings(
        BigDecimal commitRatio,
        UnlimitedRule unlimited,
        MemorySize unlimitedInitial,
        Optional<MemorySize> defaultLimit,
        Optional<MemorySize> maxPerContainer) {
    private static final String RATIO = "memory.commit-ratio";
    private static final String UNLIMITED = "memory.unlimited";
    private static final String INITIAL = "memory.unlimited-initial";
    private static final String DEFAULT = "memory.default-limit";
    private static final String MOST = "memory.max-per-container";
    public static final Set<String> KEYS = Set.of(RATIO, UNLIMITED, INITIAL, DEFAULT, MOST);

    private static final BigDecimal HIGHEST_RATIO = BigDecimal.valueOf(4);
    private static final int RATIO_DIGITS = 6;

    public static final AdmissionSettings DEFAULTS = new AdmissionSettings(
            new BigDecimal("0.9"), UnlimitedRule.USAGE, new MemorySize(64L << 20), Optional.empty(), Optional.empty());

    /// @param setting the text of a key, if it is set
    public static AdmissionSettings read(Function<String, Optional<String>> setting, Faults faults) {
        var settings = new AdmissionSettings(
                setting.apply(RATIO)
                        .flatMap(it -> faults.parse(RATIO, () -> ratio(it)))
                        .orElse(DEFAULTS.commitRatio()),
                setting.apply(UNLIMITED)
                        .flatMap(it -> faults.parse(UNLIMITED, () -> rule(it)))
                        .orElse(DEFAULTS.unlimited()),
                setting.apply(INITIAL)
                        .flatMap(it -> faults.parse(INITIAL, () -> MemorySize.parse(it)))
                        .orElse(DEFAULTS.unlimitedInitial()),
                setting.apply(DEFAULT).flatMap(it -> faults.parse(DEFAULT, () -> limit(it))),
                setting.apply(MOST).flatMap(it -> faults.parse(MOST, () -> limit(it))));
        if (settings.isContradiction()) faults.add(DEFAULT, "must not be more than " + MOST);
        return settings;
    }

    private boolean isContradiction() {
        return defaultLimit.isPresent()
                && maxPerContainer.isPresent()
                && defaultLimit.get().compareTo(maxPerContainer.get()) > 0;
    }

    private static BigDecimal ratio(String text) {
        if (!text.matches("\\d(\\.\\d{1," + RATIO_DIGITS + "})?"))
            throw new Failure.Invalid("'" + text + "' is not a share such as 0.9");
        var ratio = new BigDecimal(text);
        if (ratio.signum() == 0 || ratio.compareTo(HIGHEST_RATIO) > 0)
            throw new Failure.Invalid("must be above 0 and at most " + HIGHEST_RATIO);
        return ratio;
    }

    private static UnlimitedRule rule(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "usage" -> UnlimitedRule.USAGE;
            case "capacity" -> UnlimitedRule.CAPACITY;
            case "refuse" -> UnlimitedRule.REFUSE;
            default -> throw new Failure.Invalid("must be usage, capacity or refuse, not '" + text + "'");
        };
    }

    private static MemorySize limit(String text) {
        MemorySize limit = MemorySize.parse(text);
        if (limit.compareTo(Limits.MEMORY_FLOOR) < 0)
            throw new Failure.Invalid("must be at least " + Limits.MEMORY_FLOOR + ", the engine's floor");
        return limit;
    }

    /// What may be promised of a host's memory, in bytes; a fraction of a byte is not.
    long capacity(MemorySize physical) {
        BigInteger exact =
                commitRatio.multiply(BigDecimal.valueOf(physical.bytes())).toBigInteger();
        return exact.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
    }
}
