package dev.berth.containers;

import dev.berth.admission.Admission;
import dev.berth.admission.Ask;
import dev.berth.admission.Hold;
import dev.berth.admission.Verdict;
import dev.berth.engine.EngineContainers;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// Something done with a container that exists, answered with what it is afterwards.
final class Operation {
    private final EngineContainers engine;
    private final Mirror mirror;
    private final Admission admission;
    private final Settling settling;
    private final Turns turns;
    private final ContainerId id;

    Operation(
            EngineContainers engine,
            Mirror mirror,
            Admission admission,
            Settling settling,
            Turns turns,
            ContainerId id) {
        this.engine = engine;
        this.mirror = mirror;
        this.admission = admission;
        this.settling = settling;
        this.turns = turns;
        this.id = id;
    }

    ContainerId id() {
        return id;
    }

    Container start(Duration longest, Departure departure) throws Exception {
        return holding("start", Container::memoryLimit, longest, departure, _ -> engine.start(id));
    }

    /// Its place is held from before it stops: others would take it in between.
    Container restart(OptionalInt grace, Duration longest, Departure departure) throws Exception {
        return holding("restart", Container::memoryLimit, longest, departure, _ -> engine.restart(id, grace));
    }

    /// Whatever promises no memory.
    Container plain(Runnable call) throws Exception {
        return turns.take(id, () -> {
            call.run();
            return shown();
        });
    }

    Container change(ChangeRequest request, boolean force, Duration longest, Departure departure) throws Exception {
        Function<Container, Optional<MemorySize>> charge = container -> charge(container, request);
        return holding("change", charge, longest, departure, container -> {
            check(container, request, force);
            new Change(engine, container, request).carryOut();
        });
    }

    /// What a change needs to be held: the larger of before and afterwards, and nothing where nothing is charged.
    private static Optional<MemorySize> charge(Container container, ChangeRequest request) {
        Optional<MemorySize> before = container.memoryLimit();
        if (request.memory().isEmpty()) return before;
        MemorySize after = request.memory().get();
        return before.filter(it -> it.compareTo(after) > 0).or(() -> Optional.of(after));
    }

    private void check(Container container, ChangeRequest request, boolean force) {
        if (request.liftsMemory() && container.memoryLimit().isPresent())
            throw new Failure.Rejected(
                    "change-refused", "no engine lifts the memory limit of a container that exists; make it anew");
        request.name().ifPresent(name -> new Conflicts(mirror.snapshot()).checkName(name, id));
        if (request.memory().isEmpty() || force) return;
        long wanted = request.memory().get().bytes();
        admission.workingSet(container).ifPresent(used -> {
            if (wanted < used)
                throw new Failure.Conflict(
                                "memory-below-usage",
                                "the container uses " + new MemorySize(used) + " now; ?force=true sets "
                                        + request.memory().get() + " all the same")
                        .with("working_set_bytes", used)
                        .with("requested_bytes", wanted);
        });
    }

    private interface Step {
        void take(Container container) throws InterruptedException;
    }

    /// @param charge what the container will be charged for at most while this goes on
    private Container holding(
            String what,
            Function<Container, Optional<MemorySize>> charge,
            Duration longest,
            Departure departure,
            Step step)
            throws Exception {
        while (true) {
            Container before = present();
            Optional<MemorySize> limit = charge.apply(before);
            Optional<Container> done;
            try (Hold hold = departure.whileWaiting(() -> hold(what, before, limit, longest))) {
                done = turns.take(id, () -> {
                    Container now = present();
                    // What was asked for was right when it was asked; somebody else may have had their turn since.
                    if (!charge.apply(now).equals(limit) || charged(now) != charged(before)) return Optional.empty();
                    return Optional.of(carryOut(step, now, hold));
                });
            }
            if (done.isPresent()) return done.get();
        }
    }

    private Hold hold(String what, Container container, Optional<MemorySize> limit, Duration longest)
            throws InterruptedException {
        var ask = new Ask(what + " " + container.name(), Optional.of(id), limit);
        boolean changesWhatStands = what.equals("change") && !charged(container);
        if (!changesWhatStands) return admission.hold(ask, longest);
        Verdict verdict = admission.look(ask);
        if (!verdict.possible()) throw admission.refusal(ask, verdict);
        return Hold.NOTHING;
    }

    private static boolean charged(Container container) {
        return container.status().alive() || container.status() == Status.RESTARTING;
    }

    private Container carryOut(Step step, Container now, Hold hold) throws InterruptedException {
        try {
            step.take(now);
        } catch (Failure refused) {
            // While the engine refuses an inspect can show what it is about to take back, so: later, and once more.
            settling.settleLater(hold.handedOn(), id);
            throw refused;
        }
        try {
            return shown();
        } catch (Failure.EngineDown | Failure.EngineSlow unconfirmed) {
            settling.settle(hold.handedOn(), id);
            throw unconfirmed;
        }
    }

    private Container present() {
        return mirror.snapshot().container(id).orElseThrow(this::gone);
    }

    private Container shown() {
        try {
            return mirror.refresh(id).orElseThrow(this::gone);
        } catch (Failure.EngineDown | Failure.EngineSlow unconfirmed) {
            throw new Failure.EngineDown(
                    "done, not yet confirmed: the engine no longer answers about container " + id.shortId(),
                    unconfirmed);
        }
    }

    private Failure gone() {
        return new Failure.Conflict(
                "container-gone", "container " + id.shortId() + " was removed by somebody else meanwhile");
    }
}
