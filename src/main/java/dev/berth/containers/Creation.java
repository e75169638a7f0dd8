package dev.berth.containers;

import dev.berth.admission.Admission;
import dev.berth.admission.Ask;
import dev.berth.admission.Hold;
import dev.berth.admission.Verdict;
import dev.berth.engine.EngineContainers;
import dev.berth.images.Images;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// One create from image to answer: in the end there is a complete container, or none.
final class Creation {
    private static final System.Logger LOG = System.getLogger(Creation.class.getName());
    private static final int TRIES_TO_UNDO = 3;

    private final EngineContainers engine;
    private final Mirror mirror;
    private final Images images;
    private final OurLabels labels;
    private final Admission admission;
    private final Settling settling;
    private final Set<String> atWork;
    private final String operation;

    Creation(
            EngineContainers engine,
            Mirror mirror,
            Images images,
            OurLabels labels,
            Admission admission,
            Settling settling,
            Set<String> atWork,
            String operation) {
        this.engine = engine;
        this.mirror = mirror;
        this.images = images;
        this.labels = labels;
        this.admission = admission;
        this.settling = settling;
        this.atWork = atWork;
        this.operation = operation;
    }

    /// @param longest how long to wait for memory
    Container run(CreateRequest request, Optional<String> registryAuth, Duration longest, Departure departure)
            throws Exception {
        var ask = new Ask(
                request.what(), Optional.empty(), request.spec().limits().memory());
        look(ask, request, longest);
        request.requireCheck(departure.whileWaiting(() -> require(request, registryAuth)));
        // Only now: a download of minutes must not keep memory from others.
        Optional<Hold> hold = request.start()
                ? Optional.of(departure.whileWaiting(() -> admission.hold(ask, longest)))
                : Optional.empty();
        try {
            atWork.add(operation);
            return make(request, registryAuth, hold);
        } finally {
            atWork.remove(operation);
            hold.ifPresent(Hold::close); // unless it was handed on
        }
    }

    /// A request that cannot be granted should not download anything first.
    private void look(Ask ask, CreateRequest request, Duration longest) {
        Verdict verdict = admission.look(ask);
        boolean hopeless = !verdict.possible() || (request.start() && longest.isZero() && !verdict.admitted());
        if (hopeless) throw admission.refusal(ask, verdict);
    }

    private Container make(CreateRequest request, Optional<String> registryAuth, Optional<Hold> hold)
            throws InterruptedException {
        ContainerSpec spec = request.spec().labelled(labels.of(operation, request.start()));
        ContainerId id = create(spec, request, registryAuth);
        hold.ifPresent(it -> it.bind(id));
        if (request.start()) start(id, spec, hold);
        return show(id, hold);
    }

    private Image require(CreateRequest request, Optional<String> registryAuth) throws InterruptedException {
        return images.require(
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
            Image _ = require(request, registryAuth);
            return engine.create(spec);
        }
    }

    private void start(ContainerId id, ContainerSpec spec, Optional<Hold> hold) {
        try {
            engine.start(id);
        } catch (Failure failure) {
            undo(id, hold);
            throw new Conflicts(mirror.snapshot()).explained(failure, spec);
        }
    }

    /// Removes what a failed start left. What cannot be removed now is half made, and the sweep's.
    private void undo(ContainerId id, Optional<Hold> hold) {
        for (int attempt = 1; ; attempt++) {
            try {
                engine.remove(id, true, true);
                mirror.refresh(id);
                return;
            } catch (Failure failure) {
                if (attempt < TRIES_TO_UNDO && !(failure instanceof Failure.EngineDown)) continue;
                LOG.log(Level.WARNING, "container {0} could not be removed: {1}", id.shortId(), failure.detail());
                keepHeld(id, hold);
                return;
            }
        }
    }

    /// Until the mirror shows what became of it.
    private void keepHeld(ContainerId id, Optional<Hold> hold) {
        hold.ifPresent(it -> settling.settle(it.handedOn(), id));
        mirror.hint(id);
    }

    private Container show(ContainerId id, Optional<Hold> hold) {
        try {
            return mirror.refresh(id)
                    .orElseThrow(() -> new Failure.Conflict(
                            "container-gone",
                            "container " + id.shortId() + " was created, and removed by somebody else"));
        } catch (Failure.EngineDown | Failure.EngineSlow unconfirmed) {
            keepHeld(id, hold);
            throw new Failure.EngineDown(
                    "done, not yet confirmed: container " + id.shortId()
                            + " was created, but the engine no longer answers",
                    unconfirmed);
        }
    }
}
