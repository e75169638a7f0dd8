package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineContainers;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import dev.berth.updates.Pair.Was;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What each step of an update does to the engine. Any step may be done again from its beginning, see [Ensure].
///
/// From `UNHOOKING` to `COMMITTED` no policy starts any of the containers: only Berth does, a successor after
/// its forerunner has been seen to stand, a forerunner after its successor has. So never both run, whatever
/// crashes.
final class Swap {
    /// How ENOSPC reads in what an engine says, which is written in Go.
    private static final String NO_ROOM = "no space left on device";

    private final Engine engine;
    private final EngineContainers containers;
    private final Ensure ensure;
    private final Mirror mirror;
    private final Gate gate;
    private final InstantSource clock;
    private final Entry entry;
    private final Consumer<ContainerId> made;

    /// @param made is told of each successor, before anything else is done with it
    Swap(Engine engine, Mirror mirror, Gate gate, InstantSource clock, Entry entry, Consumer<ContainerId> made) {
        this.engine = engine;
        this.containers = engine.containers();
        this.ensure = new Ensure(containers, mirror, this::gone);
        this.mirror = mirror;
        this.gate = gate;
        this.clock = clock;
        this.entry = entry;
        this.made = made;
    }

    /// @throws Failure why the step cannot be done
    void take(Step step, BooleanSupplier cancelled) throws InterruptedException {
        switch (step) {
            case CREATING -> create();
            case UNHOOKING -> entry.pairs().forEach(it -> policy(it.old(), it, RestartPolicy.NO));
            case STOPPING -> stop();
            case RENAMING -> rename();
            case STARTING -> start();
            case GATING -> judge(cancelled);
            case COMMITTED -> commit();
            case REMOVING -> removeOld();
            case DONE -> throw new IllegalStateException("an update that is done has no more steps");
        }
    }

    private void create() throws InterruptedException {
        Map<ContainerId, ContainerId> successors = new HashMap<>();
        for (Pair pair : entry.pairs()) {
            ContainerId id = pair.next()
                    .orElseGet(
                            () -> pair.successor().sharing(successors).create(engine.verbatim(), entry.newName(pair)));
            successors.put(pair.old(), id);
            entry.made(pair, id);
            made.accept(id);
            ensure.present(id);
        }
    }

    private void stop() {
        if (entry.stopped.isEmpty() && entry.first().was().ran()) entry.stopped = Optional.of(clock.instant());
        for (Pair pair : entry.pairs().reversed()) {
            if (pair.removesItself()) Departing.freeze(engine, mirror, pair);
            else ensure.stands(pair.old());
        }
    }

    private void rename() {
        for (Pair pair : entry.pairs()) {
            ensure.called(pair.old(), entry.oldName(pair));
            ensure.called(next(pair), pair.name());
        }
    }

    private void start() {
        for (Pair pair : entry.pairs()) {
            if (!pair.was().ran()) continue;
            requireStanding(pair);
            ensure.runs(next(pair));
            if (pair.old().equals(entry.first().old()) && entry.stood.isEmpty())
                entry.stood = Optional.of(clock.instant());
        }
    }

    /// The promise that never both run is kept here, whatever somebody else has done meanwhile.
    private void requireStanding(Pair pair) {
        Optional<Container> old = mirror.refresh(pair.old());
        boolean runs = old.isPresent()
                && old.get().status() != Status.PAUSED
                && Was.of(old.get()).ran();
        if (runs || (old.isPresent() && old.get().status() == Status.PAUSED && !pair.removesItself()))
            throw new Failure.Conflict(
                    "update-failed", "somebody has started " + old.get().name() + " meanwhile");
    }

    private void judge(BooleanSupplier cancelled) throws InterruptedException {
        List<ContainerId> running = entry.pairs().stream()
                .filter(it -> it.was().ran())
                .map(this::next)
                .toList();
        if (running.isEmpty()) return;
        Optional<String> fault = gate.watch(running, cancelled);
        if (fault.isPresent()) throw new Failure.Rejected("update-failed", fault.get());
    }

    private void commit() {
        for (Pair pair : entry.pairs()) {
            ContainerId next = next(pair);
            ensure.present(next);
            if (pair.removesItself()) Departing.let(engine, mirror, pair);
            else if (exists(pair.old())) ensure.stands(pair.old());
            if (pair.was().ran()) ensure.runs(next);
            policy(next, pair, pair.policy());
            if (pair.was() == Was.PAUSED) containers.pause(next);
            mirror.refresh(next);
        }
    }

    private void removeOld() {
        for (Pair pair : entry.pairs().reversed()) {
            Container next = ensure.present(next(pair));
            if (!next.name().equals(pair.name()))
                throw new Failure.Conflict(
                        "update-failed",
                        "the successor " + next.id().shortId() + " is called " + next.name() + " and not "
                                + pair.name());
            containers.remove(pair.old(), true, false);
            mirror.refresh(pair.old());
        }
        // An engine that has crashed meanwhile may have ended those whose policy does not bring them back.
        for (Pair pair : entry.pairs()) {
            if (pair.was().ran()) ensure.runs(next(pair));
            if (pair.was() == Was.PAUSED) containers.pause(next(pair));
        }
    }

    /// All the way back, from wherever it stands. An engine without room on its disk cannot even start a container
    /// that it has: what the successors take, which are of no use any more, is room enough.
    ///
    /// @throws Failure.Conflict if somebody else has taken what the old ones need
    void undo() {
        try {
            putBack();
        } catch (Failure refused) {
            boolean full = refused.whole().contains(NO_ROOM);
            if (!full || entry.pairs().stream().noneMatch(this::nextExists)) throw refused;
            removeSuccessors();
            putBack();
        }
    }

    private void putBack() {
        entry.pairs().forEach(this::find);
        for (Pair pair : entry.pairs()) if (!pair.removesItself() && !exists(pair.old())) throw lost(pair);
        if (entry.log.isEmpty()) entry.log = lastLines();
        for (Pair pair : entry.pairs().reversed()) whileThere(pair, ensure::stands);
        for (Pair pair : entry.pairs()) {
            whileThere(pair, next -> makeRoom(pair, next));
            if (pair.removesItself())
                Departing.restore(engine, mirror, pair, entry.oldName(pair)).ifPresent(it -> entry.restored(pair, it));
        }
        for (Pair pair : entry.pairs()) ensure.called(pair.old(), pair.name());
        for (Pair pair : entry.pairs()) {
            if (pair.was().ran()) back(pair);
            if (pair.old().equals(entry.first().old()) && entry.stood.isEmpty() && entry.stopped.isPresent())
                entry.stood = Optional.of(clock.instant());
        }
        // Only now: a policy would start one that stands by itself.
        for (Pair pair : entry.pairs()) policy(pair.old(), pair, pair.policy());
        removeSuccessors();
        for (Pair pair : entry.pairs()) if (pair.was().ran()) back(pair); // the same, the other way round
    }

    private void removeSuccessors() {
        for (Pair pair : entry.pairs().reversed())
            whileThere(pair, next -> {
                containers.remove(next, true, true);
                mirror.refresh(next);
            });
    }

    /// For a successor that is not wanted any more. It may go at any moment, as one made with `--rm` does once it has
    /// ended: then nothing is left to do with it.
    private void whileThere(Pair pair, Consumer<ContainerId> what) {
        if (!nextExists(pair)) return;
        try {
            what.accept(next(pair));
        } catch (Failure.NotFound gone) {
            if (nextExists(pair)) throw gone;
        }
    }

    private void makeRoom(Pair pair, ContainerId next) {
        if (ensure.present(next).name().equals(pair.name())) ensure.called(next, entry.failedName(pair));
    }

    /// Somebody has removed a forerunner, so there is no way back: its successor is all that there is, and
    /// runs.
    private Failure lost(Pair lost) {
        for (Pair pair : entry.pairs()) {
            if (!nextExists(pair)) continue;
            boolean takesItsPlace = mirror.snapshot().containers().values().stream()
                    .noneMatch(it -> it.name().equals(pair.name()));
            if (takesItsPlace) ensure.called(next(pair), pair.name());
            if (pair.was().ran()) ensure.runs(next(pair));
            policy(next(pair), pair, pair.policy());
        }
        return gone(lost.old());
    }

    private void back(Pair pair) {
        if (pair.removesItself()) {
            Departing.thaw(engine, mirror, pair);
            return;
        }
        Container old = ensure.present(pair.old());
        if (old.status() == Status.PAUSED && pair.was() == Was.RUNNING) containers.unpause(pair.old());
        ensure.runs(pair.old());
        if (pair.was() == Was.PAUSED) containers.pause(pair.old());
        mirror.refresh(pair.old());
    }

    private List<String> lastLines() {
        return entry.pairs().stream()
                .filter(it -> it.next().isPresent())
                .map(it -> mirror.refresh(next(it)))
                .flatMap(Optional::stream)
                .filter(it -> it.startedAt().isPresent())
                .findFirst()
                .map(it -> LastLines.of(engine, it.id()))
                .orElse(List.of());
    }

    /// A create whose answer never came may have been carried out all the same.
    private void find(Pair pair) {
        if (pair.next().isPresent()) return;
        for (Container container : mirror.snapshot().containers().values()) {
            boolean its = entry.operation.equals(container.labels().get(UpdateLabels.OPERATION))
                    && pair.old().hex().equals(container.labels().get(UpdateLabels.FORERUNNER));
            if (!its) continue;
            entry.made(pair, container.id());
            made.accept(container.id());
        }
    }

    private void policy(ContainerId id, Pair pair, RestartPolicy policy) {
        if (!pair.removesItself()) ensure.restarts(id, policy);
    }

    private boolean exists(ContainerId id) {
        return mirror.refresh(id).isPresent();
    }

    private boolean nextExists(Pair pair) {
        return entry.pairs().stream()
                .filter(it -> it.old().equals(pair.old()))
                .flatMap(it -> it.next().stream())
                .anyMatch(this::exists);
    }

    /// As it is known by now: the pair may be older than that.
    private ContainerId next(Pair pair) {
        return entry.pairs().stream()
                .filter(it -> it.old().equals(pair.old()))
                .findFirst()
                .flatMap(Pair::next)
                .orElseThrow(
                        () -> new Failure.Conflict("update-failed", "the successor of " + pair.name() + " is gone"));
    }

    private Failure gone(ContainerId id) {
        String which = entry.pairs().stream()
                .filter(it -> it.old().equals(id))
                .map(it -> it.name() + " (" + id.shortId() + ")")
                .findFirst()
                .orElse("the successor " + id.shortId());
        return new Failure.NotFound("no-such-container", which + " was removed by somebody else");
    }
}
