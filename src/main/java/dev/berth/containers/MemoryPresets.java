package dev.berth.containers;

import dev.berth.admission.AdmissionSettings;
import dev.berth.admission.UnlimitedRule;
import dev.berth.model.MemorySize;
import java.util.Optional;

/// What the operator has set for the memory of every container.
///
/// @param standard the limit of a container for which none is named; an explicit null is no limit
/// @param most no limit may be higher
/// @param required whether a container must have a limit
public record MemoryPresets(Optional<MemorySize> standard, Optional<MemorySize> most, boolean required) {
    public static final MemoryPresets NONE = new MemoryPresets(Optional.empty(), Optional.empty(), false);

    static MemoryPresets of(AdmissionSettings settings) {
        boolean required = settings.unlimited() == UnlimitedRule.REFUSE
                || settings.maxPerContainer().isPresent();
        return new MemoryPresets(settings.defaultLimit(), settings.maxPerContainer(), required);
    }

    /// What is wrong with a limit, in words that go behind the field's name.
    Optional<String> fault(Optional<MemorySize> limit) {
        if (limit.isEmpty() && required)
            return Optional.of("is required here"
                    + most.map(it -> ": at most " + it).orElse(": a container without a limit is refused"));
        return most.filter(it -> limit.isPresent() && limit.get().compareTo(it) > 0)
                .map(it -> "must be at most " + it + ", the most that a container may have here");
    }
}
