package dev.berth.engine;

import dev.berth.model.Volume;
import dev.berth.model.VolumeSpec;
import java.util.List;
import java.util.Optional;

/// What an engine does with volumes.
public interface EngineVolumes {
    List<Volume> list();

    /// Those that no container has, running or not.
    List<Volume> unused();

    Optional<Volume> inspect(String name);

    /// A name that exists already is fine to an engine if the driver is the same.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`volume-exists`) if another driver has the name
    /// @throws dev.berth.model.Failure.Rejected (`volume-refused`) for a driver that is not there, …
    Volume create(VolumeSpec spec);

    /// Removes it and what is in it; one that is gone already is fine.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`volume-in-use`), also by a stopped container
    void remove(String name);

    /// Removes all that no container has, named ones too.
    Pruned prune();

    /// What a prune did.
    record Pruned(List<String> names, long bytes) {}
}
