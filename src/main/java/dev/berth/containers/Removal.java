package dev.berth.containers;

import dev.berth.engine.Engine;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Status;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The removal of one container.
///
/// @param keepVolumes whether the volumes that nobody named stay
record Removal(Engine engine, Mirror mirror, Container container, boolean keepVolumes) {
    private static final System.Logger LOG = System.getLogger(Removal.class.getName());

    RemovePlan plan() {
        List<String> volumes = keepVolumes
                ? List.of()
                : container.mounts().stream()
                        .filter(it -> it.type().equals("volume"))
                        .flatMap(it -> it.name().stream())
                        .filter(Removal::isAnonymous)
                        .toList();
        return new RemovePlan(container, stops(), volumes);
    }

    /// The engine names a volume that nobody named with 64 hex digits.
    private static boolean isAnonymous(String volume) {
        return ContainerId.isFull(volume);
    }

    private boolean stops() {
        return container.status().alive() || container.status() == Status.RESTARTING;
    }

    /// @param graceSeconds between the request to stop and the kill; none is the container's own
    /// @return what the engine still shows of it
    Optional<Container> run(OptionalInt graceSeconds) {
        if (stops()) engine.containers().stop(container.id(), graceSeconds);
        engine.containers().remove(container.id(), true, !keepVolumes);
        if (!keepVolumes)
            CarriedVolumes.of(container, mirror.snapshot().image(container.imageId()))
                    .forEach(this::removeUnused);
        LOG.log(Level.INFO, "container {0} ({1}) removed", container.name(), container.id());
        return confirmGone();
    }

    private void removeUnused(String volume) {
        try {
            engine.volumes().remove(volume);
        } catch (Failure.Conflict used) {
            LOG.log(Level.INFO, "volume {0} stays: {1}", volume, used.detail());
        }
    }

    private Optional<Container> confirmGone() {
        try {
            return mirror.refresh(container.id());
        } catch (Failure.EngineDown | Failure.EngineSlow unconfirmed) {
            throw new Failure.EngineDown(
                    "done, not yet confirmed: container " + container.id().shortId()
                            + " was removed, but the engine no longer answers",
                    unconfirmed);
        }
    }
}
