package dev.berth.engine;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.ImageId;
import dev.berth.model.LimitsChange;
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

    /// Stops it as `stop` does and starts it again; one that stands is started, a paused one runs afterwards.
    ///
    /// @param graceSeconds none is the container's own
    /// @throws dev.berth.model.Failure as of `start`; it is stopped then
    void restart(ContainerId id, OptionalInt graceSeconds);

    /// Freezes its processes; already paused is fine.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`not-running`)
    void pause(ContainerId id);

    /// Lets its processes go on; running is fine.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`not-running`)
    void unpause(ContainerId id);

    /// Sends a signal to its first process. Whatever the signal, a paused one goes on, and no policy restarts what
    /// ends.
    ///
    /// @param signal by name or number; none is `KILL`, after which it has ended
    /// @throws dev.berth.model.Failure.Conflict (`not-running`)
    void kill(ContainerId id, Optional<String> signal);

    /// Changes limits, whether it runs or not: all or nothing.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`memory-below-usage`) where the kernel does not take memory back
    /// @throws dev.berth.model.Failure.Rejected (`change-refused`)
    void change(ContainerId id, LimitsChange change);

    /// Gives it another name; its own is fine.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`name-taken`)
    void rename(ContainerId id, String name);

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
