package dev.berth.updates;

import dev.berth.engine.EngineContainers;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.LimitsChange;
import dev.berth.model.RestartPolicy;
import dev.berth.updates.Pair.Was;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// Makes a container be as it should. Every call is left out whose result the engine shows already, so all of it may
/// be done again from its beginning, whoever died in the middle of it.
final class Ensure {
    private static final OptionalInt OWN_GRACE = OptionalInt.empty();

    private final EngineContainers containers;
    private final Mirror mirror;
    private final Function<ContainerId, Failure> gone;

    /// @param gone what to say when a container is not there any more
    Ensure(EngineContainers containers, Mirror mirror, Function<ContainerId, Failure> gone) {
        this.containers = containers;
        this.mirror = mirror;
        this.gone = gone;
    }

    Container present(ContainerId id) {
        return mirror.refresh(id).orElseThrow(() -> gone.apply(id));
    }

    void runs(ContainerId id) {
        Container now = present(id);
        if (!now.status().alive()) containers.start(id);
        mirror.refresh(id);
    }

    /// @throws Failure.Conflict if it cannot be stopped
    void stands(ContainerId id) {
        if (Was.of(present(id)).ran()) containers.stop(id, OWN_GRACE);
        Container now = present(id);
        if (Was.of(now).ran())
            throw new Failure.Conflict(
                    "update-failed", now.name() + " runs on, though the engine says that it was stopped");
    }

    void called(ContainerId id, String name) {
        if (present(id).name().equals(name)) return;
        containers.rename(id, name);
        mirror.refresh(id);
    }

    void restarts(ContainerId id, RestartPolicy policy) {
        if (present(id).restartPolicy().equals(policy)) return;
        var change = new LimitsChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(policy));
        containers.change(id, change);
        mirror.refresh(id);
    }
}
