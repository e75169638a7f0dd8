package dev.berth.images;

import dev.berth.model.Image;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// Which unused images a prune is about.
///
/// @param danglingOnly whether those with a tag stay
/// @param olderThan how long ago one must have been built; one that does not say when stays
public record PruneRule(boolean danglingOnly, Optional<Duration> olderThan) {
    boolean fits(Image image, Instant now) {
        if (danglingOnly && !image.tags().isEmpty()) return false;
        return olderThan.isEmpty()
                || image.created()
                        .flatMap(PruneRule::time)
                        .filter(it -> it.isBefore(now.minus(olderThan.get())))
                        .isPresent();
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException none) {
            return Optional.empty();
        }
    }
}
