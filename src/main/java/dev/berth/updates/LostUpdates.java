package dev.berth.updates;

import dev.berth.containers.Containers;
import dev.berth.containers.Reservation;
import dev.berth.engine.EngineContainers;
import dev.berth.jobs.Job;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.LimitsChange;
import dev.berth.model.RestartPolicy;
import dev.berth.updates.Pair.Was;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Updates of which only the labels on the successors are left, because the database with the journal was lost
/// in the middle of them. One of the two is made to run under the name, nothing is deleted, as labels are no
/// proof, and a job says what to look at.
final class LostUpdates {
    private static final System.Logger LOG = System.getLogger(LostUpdates.class.getName());

    private final EngineContainers engine;
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
            Optional<Container> old = forerunner(next);
            if (operation.isEmpty() || journaled.contains(operation) || old.isEmpty()) continue;
            if (server.equals(next.labels().get(UpdateLabels.SERVER)))
                lost.computeIfAbsent(operation, _ -> new ArrayList<>())
                        .add(new Remains(old.get(), next, name(operation, old.get(), next), operation));
            else
                LOG.log(
                        Level.WARNING,
                        "{0} is the successor of {1} in an update by another installation of Berth, which is under way"
                                + " or was broken off",
                        next.name(),
                        old.get().name());
        }
        for (List<Remains> family : lost.values()) {
            // Who lives in another's namespace was made after it.
            family.sort(Comparator.comparing(it -> it.old.created()));
            begin(family);
        }
    }

    /// A container and its successor.
    ///
    /// @param name what one of them has to be called
    private record Remains(Container old, Container next, String name, String operation) {
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
        String id = next.labels().getOrDefault(UpdateLabels.FORERUNNER, "");
        return mirror.snapshot().containers().values().stream()
                .filter(it -> it.id().hex().equals(id))
                .findFirst();
    }

    private static String name(String operation, Container old, Container next) {
        for (String name : List.of(next.name(), old.name()))
            for (String word : List.of(".berth-new-", ".berth-failed-", ".berth-old-"))
                if (name.endsWith(word + operation))
                    return name.substring(0, name.length() - word.length() - operation.length());
        return next.name();
    }

    private void begin(List<Remains> family) throws InterruptedException {
        List<ContainerId> ids = family.stream()
                .flatMap(it -> Stream.of(it.old.id(), it.next.id()))
                .toList();
        while (!families.takeOrWait(ids)) LOG.log(Level.WARNING, "two updates have containers in common: {0}", ids);
        List<String> names = family.stream().map(Remains::name).toList();
        jobs.start(Updates.KIND, "lost " + family.getFirst().operation, "recovery", names, job -> {
            try (Reservation _ = containers.reserve(ids)) {
                settle(job, family);
            } finally {
                families.letGo(ids);
            }
        });
    }

    private void settle(Job job, List<Remains> family) {
        boolean forward =
                family.stream().allMatch(it -> it.next.name().equals(it.name) && (runs(it.next) || !it.ran()));
        var found = new ArrayList<String>();
        for (Remains each : family.reversed()) if (!each.old.removesItself()) layAside(each, forward);
        for (Remains each : family) {
            if (!each.old.removesItself()) putInPlace(each, forward);
            String detail = "the journal of this update was lost; " + state(each, forward);
            found.add(each.name + ": " + detail);
            job.item(each.name, it -> it.failed(detail));
        }
        job.needsAttention(String.join("; ", found));
    }

    private static Container stays(Remains remains, boolean forward) {
        return forward ? remains.next : remains.old;
    }

    private void layAside(Remains remains, boolean forward) {
        Container left = stays(remains, !forward);
        if (runs(left)) engine.stop(left.id(), OptionalInt.empty());
        policy(left, RestartPolicy.NO);
        // One that never ran gets the name again by which it is known as half made, and goes.
        String word = left.startedAt().isEmpty() ? ".berth-new-" : ".berth-failed-";
        if (left.name().equals(remains.name)) engine.rename(left.id(), left.name() + word + remains.operation);
        mirror.refresh(left.id());
    }

    private void putInPlace(Remains remains, boolean forward) {
        Container stays = stays(remains, forward);
        if (!stays.name().equals(remains.name)) engine.rename(stays.id(), remains.name);
        if (remains.ran() && !runs(stays)) engine.start(stays.id());
        remains.policy().ifPresent(it -> policy(stays, it));
        if (remains.was().equals(Optional.of(Was.PAUSED))) engine.pause(stays.id());
        mirror.refresh(stays.id());
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

    private static boolean runs(Container container) {
        return Was.of(container).ran();
    }

    private void policy(Container container, RestartPolicy policy) {
        if (container.restartPolicy().equals(policy)) return;
        engine.change(
                container.id(),
                new LimitsChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(policy)));
    }
}
