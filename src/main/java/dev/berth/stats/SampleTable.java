package dev.berth.stats;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The samples of all containers at one moment; never changes.
///
/// @param version grows with every sample
public record SampleTable(long version, Instant madeAt, Map<ContainerId, Sample> samples) {
    static final SampleTable EMPTY = new SampleTable(0, Instant.EPOCH, Map.of());

    /// The sample of a container's present life; none while it does not run, and until the first reading.
    public Optional<Sample> of(Container container) {
        if (!container.status().alive()) return Optional.empty();
        return Optional.ofNullable(samples.get(container.id()))
                .filter(it -> container.startedAt().equals(Optional.of(it.startedAt())));
    }

    /// When the latest of all samples was read.
    public Optional<Instant> newest() {
        return samples.values().stream().map(Sample::at).max(Instant::compareTo);
    }
}
