package dev.berth.engine;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.ImageId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What an engine does with containers.
public interface EngineContainers {
    /// All containers, running or not. The engine's list is a copy that lags behind the truth: only a hint.
    List<Listed> list();

    /// The truth about one; nothing if it does not exist.
    Optional<Container> inspect(ContainerId id);

    /// Creates without starting, from an image that is already there.
    ///
    /// @throws dev.berth.model.Failure.NotFound (`no-such-image`) if the image is not there
    /// @throws dev.berth.model.Failure.Conflict (`name-taken`)
    ContainerId create(ContainerSpec spec);

    /// Starts; already running is fine.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`port-taken`, `address-taken`)
    /// @throws dev.berth.model.Failure.Rejected (`start-refused`) for a command that cannot be run, a device that
    ///     is none, …
    void start(ContainerId id);

    /// Asks it to stop and kills it after the grace; already stopped is fine.
    ///
    /// @param graceSeconds none is the container's own
    void stop(ContainerId id, OptionalInt graceSeconds);

    /// Removes it; one that is gone already is fine.
    ///
    /// @param force kills it first if it runs
    /// @param volumes its anonymous volumes too
    void remove(ContainerId id, boolean force, boolean volumes);

    /// One record a second while it runs; ends when it stops. Opened by the first `next`.
    EngineStream<StatsRecord> stats(ContainerId id);

    /// A line of the list.
    ///
    /// @param name without the leading slash
    /// @param state in the engine's word
    record Listed(ContainerId id, String name, String state, Optional<ImageId> imageId) {}
}
