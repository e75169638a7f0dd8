package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.util.Optional;

/// Opens the files that a container's counters stand in.
@FunctionalInterface
interface ProbeOpener {
    /// @param pid of the container's first process, as the engine says
    /// @return nothing where the files are not ours to read
    Optional<Probe> open(ContainerId id, int pid);
}
