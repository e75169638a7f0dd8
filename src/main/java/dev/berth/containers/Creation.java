package dev.berth.containers;

import dev.berth.engine.EngineContainers;
import dev.berth.images.Images;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;

/// One create from image to answer: in the end there is a complete container, or none.
final class Creation {
    private static final System.Logger LOG = System.getLogger(Creation.class.getName());
    private static final int TRIES_TO_UNDO = 3;

    private final EngineContainers engine;
    private final Mirror mirror;
    private final Images images;
    private final OurLabels labels;
    private final Map<String, InFlight> atWork;
    private final String operation;

    Creation(
            EngineContainers engine,
            Mirror mirror,
            Images images,
            OurLabels labels,
            Map<String, InFlight> atWork,
            String operation) {
        this.engine = engine;
        this.mirror = mirror;
        this.images = images;
        this.labels = labels;
        this.atWork = atWork;
        this.operation = operation;
    }

    Container run(CreateRequest request, Optional<String> registryAuth) throws InterruptedException {
        require(request, registryAuth);
        var inFlight = new InFlight(request);
        atWork.put(operation, inFlight);
        try {
            ContainerSpec spec = request.spec().labelled(labels.of(operation, request.start()));
            ContainerId id = create(spec, request, registryAuth);
            inFlight.created(id);
            if (request.start()) start(id, spec);
            return show(id);
        } finally {
            atWork.remove(operation);
        }
    }

    private void require(CreateRequest request, Optional<String> registryAuth) throws InterruptedException {
        images.require(
                request.spec().image(),
                request.pull() == CreateRequest.Pull.ALWAYS,
                request.pull() == CreateRequest.Pull.NEVER,
                registryAuth);
    }

    private ContainerId create(ContainerSpec spec, CreateRequest request, Optional<String> registryAuth)
            throws InterruptedException {
        try {
            return engine.create(spec);
        } catch (Failure.NotFound vanished) {
            // Somebody removed the image between our look and the create: once more, then it is their wish.
            if (!vanished.code().equals("no-such-image") || request.pull() == CreateRequest.Pull.NEVER) throw vanished;
            mirror.refresh(spec.image());
            require(request, registryAuth);
            return engine.create(spec);
        }
    }

    private void start(ContainerId id, ContainerSpec spec) {
        try {
            engine.start(id);
        } catch (Failure failure) {
            undo(id);
            throw new Conflicts(mirror.snapshot()).explained(failure, spec);
        }
    }

    /// Removes what a failed start left. What cannot be removed now is half made, and the sweep's.
    private void undo(ContainerId id) {
        for (int attempt = 1; ; attempt++) {
            try {
                engine.remove(id, true, true);
                mirror.refresh(id);
                return;
            } catch (Failure failure) {
                if (attempt < TRIES_TO_UNDO && !(failure instanceof Failure.EngineDown)) continue;
                LOG.log(Level.WARNING, "container {0} could not be removed: {1}", id.shortId(), failure.detail());
                mirror.hint(id);
                return;
            }
        }
    }

    private Container show(ContainerId id) {
        try {
            return mirror.refresh(id)
                    .orElseThrow(() -> new Failure.Conflict(
                            "container-gone",
                            "container " + id.shortId() + " was created, and removed by somebody else"));
        } catch (Failure.EngineDown | Failure.EngineSlow unconfirmed) {
            throw new Failure.EngineDown(
                    "done, not yet confirmed: container " + id.shortId()
                            + " was created, but the engine no longer answers",
                    unconfirmed);
        }
    }
}
