package dev.berth.updates;

import dev.berth.containers.Containers;
import dev.berth.containers.Reservation;
import dev.berth.engine.EngineContainers;
import dev.berth.jobs.Job;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.RestartPolicy;
import dev.berth.updates.Pair.Was;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Updates of which only the labels on the successors are left, because the database with the journal was lost
/// in the middle of them. One of the two is made to run under the name, nothing is deleted, as labels are no
/// proof, and a job says what to look at.
final class LostUpdates {
    private static final System.Logger LOG = System.getLogger(LostUpdates.class.getName());

    private final EngineContainers engine;
    private final Ensure ensure;
    private final Mirror mirror;
    private final Containers containers;
    private final Jobs jobs;
    private final Families families;
    private final String server;

    /// @param server the id of this installation: those of others are theirs
    LostUpdates(
            EngineContainers engine,
            Mirror mirror,
            Containers containers,
            Jobs jobs,
            Families families,
            String server) {
        this.engine = engine;
        this.ensure = new Ensure(
                engine,
                mirror,
                id -> new Failure.NotFound("no-such-container", id.shortId() + " was removed by somebody else"));
        this.mirror = mirror;
        this.containers = containers;
        this.jobs = jobs;
        this.families = families;
        this.server = server;
    }

    /// @param journaled the operations that the journal knows
    void settle(Set<String> journaled) throws InterruptedException {
        Map<String, List<Remains>> lost = new TreeMap<>();
        for (Container next : mirror.snapshot().containers().values()) {
            String operation = next.labels().getOrDefault(UpdateLabels.OPERATION, "");
            if (operation.isEmpty() || journaled.contains(operation)) continue;
            forerunner(next).ifPresent(old -> {
                if (server.equals(next.labels().get(UpdateLabels.SERVER)))
                    lost.computeIfAbsent(operation, _ -> new ArrayList<>()).add(new Remains(old, next, operation));
                else
                    LOG.log(
                            Level.WARNING,
                            "{0} is the successor of {1} in an update by another installation of Berth, which is under"
                                    + " way or was broken off",
                            next.name(),
                            old.name());
            });
        }
        for (List<Remains> family : lost.values()) {
            // Who lives in another's namespace was made after it.
            family.sort(Comparator.comparing(it -> it.old.created()));
            begin(family);
        }
    }

    /// A container and its successor, as they were found.
    private record Remains(Container old, Container next, String operation) {
        /// What one of them has to be called.
        String name() {
            return TemporaryName.within(next.name(), operation)
                    .or(() -> TemporaryName.within(old.name(), operation))
                    .orElse(next.name());
        }

        /// How the old one was when its update began.
        Optional<Was> was() {
            return Was.parse(next.labels().getOrDefault(UpdateLabels.WAS, ""));
        }

        boolean ran() {
            return was().map(Was::ran).orElse(true);
        }

        Optional<RestartPolicy> policy() {
            return Optional.ofNullable(next.labels().get(UpdateLabels.POLICY)).map(RestartPolicy::parse);
        }
    }

    private Optional<Container> forerunner(Container next) {
        return Optional.ofNullable(next.labels().get(UpdateLabels.FORERUNNER))
                .filter(ContainerId::isFull)
                .flatMap(it -> mirror.snapshot().container(new ContainerId(it)));
    }

    private void begin(List<Remains> family) throws InterruptedException {
        List<ContainerId> ids = family.stream()
                .flatMap(it -> Stream.of(it.old.id(), it.next.id()))
                .toList();
        while (!families.takeOrWait(ids)) LOG.log(Level.WARNING, "two updates have containers in common: {0}", ids);
        List<String> names = family.stream().map(Remains::name).toList();
        jobs.start(Updates.KIND, "lost " + family.getFirst().operation, "recovery", names, job -> {
            try (Reservation _ = containers.reserve(ids, names)) {
                settle(job, family);
            } finally {
                families.letGo(ids);
            }
        });
    }

    private void settle(Job job, List<Remains> family) {
        boolean forward = family.stream()
                .allMatch(it ->
                        it.next.name().equals(it.name()) && (Was.of(it.next).ran() || !it.ran()));
        var found = new ArrayList<String>();
        for (Remains each : family.reversed()) if (!each.old.removesItself()) layAside(each, forward);
        for (Remains each : family) {
            if (!each.old.removesItself()) putInPlace(each, forward);
            String detail = "the journal of this update was lost; " + state(each, forward);
            found.add(each.name() + ": " + detail);
            job.item(each.name(), it -> it.failed(detail));
        }
        job.needsAttention(String.join("; ", found));
    }

    private static Container stays(Remains remains, boolean forward) {
        return forward ? remains.next : remains.old;
    }

    private void layAside(Remains remains, boolean forward) {
        Container left = stays(remains, !forward);
        ensure.stands(left.id());
        ensure.restarts(left.id(), RestartPolicy.NO);
        // One that never ran gets the name again by which it is known as half made, and goes.
        TemporaryName word = left.startedAt().isEmpty() ? TemporaryName.NEW : TemporaryName.FAILED;
        if (left.name().equals(remains.name())) ensure.called(left.id(), word.of(left.name(), remains.operation));
    }

    private void putInPlace(Remains remains, boolean forward) {
        ContainerId stays = stays(remains, forward).id();
        ensure.called(stays, remains.name());
        if (remains.ran()) ensure.runs(stays);
        remains.policy().ifPresent(it -> ensure.restarts(stays, it));
        if (remains.was().equals(Optional.of(Was.PAUSED))) engine.pause(stays);
        mirror.refresh(stays);
    }

    private String state(Remains remains, boolean forward) {
        String other = stays(remains, !forward).id().shortId();
        if (remains.old.removesItself())
            return "it was made with --rm, so neither " + remains.old.id().shortId() + " nor its successor "
                    + remains.next.id().shortId() + " is touched: remove one of them and see to the name of the other";
        if (!forward && remains.next.startedAt().isEmpty()) return "its successor never ran and goes";
        return (forward ? "its successor" : "the container itself") + " has the name, and "
                + (forward ? "the one before it, " : "a successor, ") + other
                + ", is left: remove it when you have looked at it";
    }
}
