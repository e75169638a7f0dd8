package dev.berth.containers;

import dev.berth.mirror.Snapshot;
import dev.berth.model.ContainerId;
import dev.berth.model.MemorySize;
import java.util.Optional;

/// A create under way.
final class InFlight {
    private final long bytes;
    private volatile Optional<ContainerId> id = Optional.empty();

    InFlight(CreateRequest request) {
        this.bytes = request.start()
                ? request.spec().limits().memory().map(MemorySize::bytes).orElse(0L)
                : 0;
    }

    void created(ContainerId made) {
        id = Optional.of(made);
    }

    /// Its limit, until the snapshot shows the container running: never both.
    long heldBytes(Snapshot snapshot) {
        boolean shown = id.flatMap(snapshot::container)
                .filter(it -> it.status().alive())
                .isPresent();
        return shown ? 0 : bytes;
    }
}
