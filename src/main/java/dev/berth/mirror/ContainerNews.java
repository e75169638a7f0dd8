package dev.berth.mirror;

import dev.berth.engine.EngineEvent;
import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Tells the feed what became of a container: the difference between two looks, since that is what is true, and what
/// only the engine's events can tell in between. Called under the table's lock.
final class ContainerNews {
    /// Attributes of an event that are not labels of its container.
    private static final Set<String> NO_LABELS = Set.of("name", "image", "exitCode", "signal", "execDuration");

    private final Feed feed;
    private final Heard<ContainerId> heard = new Heard<>();
    /// Those whose want of memory a look has shown before its event came.
    private final Set<ContainerId> oomToldEarly = new HashSet<>();

    ContainerNews(Feed feed) {
        this.feed = feed;
    }

    Heard<ContainerId> heard() {
        return heard;
    }

    /// What nobody is told, as everything is looked at for the first time.
    void skip(ContainerId id) {
        var _ = heard.all(id);
    }

    void saw(Optional<Container> before, Container after) {
        List<EngineEvent> events = heard.due(after.id(), began(after));
        List<Happening> told = new ArrayList<>();
        if (before.isEmpty()) told.add(of(after, "created"));
        lives(before, after, events, told);
        before.ifPresent(it -> standing(it, after, told));
        told.forEach(feed::publish);
    }

    /// When the present life began, in the clock of the engine's events.
    private static long began(Container container) {
        return container
                .startedAt()
                .map(it -> TimeUnit.SECONDS.toNanos(it.getEpochSecond()) + it.getNano())
                .orElse(Long.MIN_VALUE);
    }

    private static long before(long time, List<EngineEvent> events, String action) {
        return events.stream()
                .filter(it -> it.action().equals(action) && it.timeNanos() < time)
                .count();
    }

    /// Ends and beginnings, in the order in which they must have been.
    private void lives(Optional<Container> before, Container after, List<EngineEvent> events, List<Happening> told) {
        boolean lived = before.isPresent() && before.get().status().alive();
        boolean lives = after.status().alive();
        boolean began =
                after.startedAt().isPresent() && !after.startedAt().equals(before.flatMap(Container::startedAt));
        long ooms = ooms(before, after, events);
        boolean stopped = has(events, "stop");
        long early = began ? Math.min(ooms, before(began(after), events, "oom")) : ooms;
        for (; early > 0; early--, ooms--) told.add(of(after, "oom"));
        if (lived && (began || !lives)) told.add(died(after, began ? exitCode(events) : after.exitCode()));
        if (stopped && (lived || !(began && !lives))) told.add(of(after, "stopped"));
        if (began) {
            oomToldEarly.remove(after.id());
            told.add(of(after, "started"));
            for (; ooms > 0; ooms--) told.add(of(after, "oom"));
            if (!lives) told.add(died(after, after.exitCode()));
            if (!lives && stopped && !lived) told.add(of(after, "stopped"));
        }
        boolean failed = !after.error().isEmpty()
                && !began
                && !lives
                && !before.map(Container::error).orElse("").equals(after.error());
        if (failed) told.add(of(after, "start_failed").with("error", after.error()));
    }

    /// One for each event; where a look has shown it first, its event is the one that is not told.
    private long ooms(Optional<Container> before, Container after, List<EngineEvent> events) {
        long count = events.stream().filter(it -> it.action().equals("oom")).count();
        if (count > 0) return oomToldEarly.remove(after.id()) ? count - 1 : count;
        boolean shown = after.oomKilled() && !before.map(Container::oomKilled).orElse(false);
        if (!shown || heard.waits(after.id(), "oom")) return 0;
        oomToldEarly.add(after.id());
        return 1;
    }

    /// What changes while the life goes on.
    private static void standing(Container before, Container after, List<Happening> told) {
        boolean same = before.startedAt().equals(after.startedAt());
        if (after.status() == Status.PAUSED && (!same || before.status() != Status.PAUSED))
            told.add(of(after, "paused"));
        if (same && before.status() == Status.PAUSED && after.status() == Status.RUNNING)
            told.add(of(after, "unpaused"));
        // An engine calls one that it ends unhealthy; its death says that better.
        if (after.status().alive()
                && after.health().isPresent()
                && !after.health().equals(before.health())
                && !after.health().get().equals("starting"))
            told.add(of(after, "health").with("health", after.health()));
        if (!before.name().equals(after.name())) told.add(of(after, "renamed").with("old_name", before.name()));
        List<String> changed = changed(before, after);
        if (!changed.isEmpty()) told.add(of(after, "updated").with("changed", changed));
    }

    private static List<String> changed(Container before, Container after) {
        List<String> changed = new ArrayList<>();
        if (!before.cpuLimit().equals(after.cpuLimit())) changed.add("cpu_percent_limit");
        if (!before.memoryLimit().equals(after.memoryLimit())) changed.add("mem_limit");
        if (!before.networks().keySet().equals(after.networks().keySet())) changed.add("networks");
        if (!before.pidsLimit().equals(after.pidsLimit())) changed.add("pids_limit");
        if (!before.restartPolicy().equals(after.restartPolicy())) changed.add("restart_policy");
        return changed;
    }

    /// It does not exist any more.
    void gone(Container last) {
        List<EngineEvent> events = heard.all(last.id());
        oomToldEarly.remove(last.id());
        for (EngineEvent event : events) if (event.action().equals("oom")) feed.publish(of(last, "oom"));
        if (last.status().alive()) feed.publish(died(last, exitCode(events)));
        if (has(events, "stop")) feed.publish(of(last, "stopped"));
        feed.publish(of(last, "removed"));
    }

    /// It is gone, and was so short a time there that no look has shown it: its events are all there is.
    void passed(ContainerId id) {
        List<EngineEvent> events = heard.all(id);
        if (events.isEmpty()) return;
        Map<String, String> attributes = events.getFirst().attributes();
        var labels = new TreeMap<>(attributes);
        labels.keySet().removeAll(NO_LABELS);
        String name = attributes.getOrDefault("name", "");
        String image = attributes.getOrDefault("image", "");
        boolean lives = false;
        for (EngineEvent event : events) {
            Optional<String> action = word(event.action());
            if (action.isEmpty()) continue;
            Happening what = of(id, name, image, labels, action.get());
            lives = action.get().equals("started") || (lives && !action.get().equals("died"));
            feed.publish(action.get().equals("died") ? ended(what, exitCode(event), false) : what);
        }
        if (lives) feed.publish(ended(of(id, name, image, labels, "died"), OptionalInt.empty(), false));
        feed.publish(of(id, name, image, labels, "removed"));
    }

    private static Optional<String> word(String action) {
        return switch (action) {
            case "create" -> Optional.of("created");
            case "start" -> Optional.of("started");
            case "die" -> Optional.of("died");
            case "stop" -> Optional.of("stopped");
            case "oom" -> Optional.of("oom");
            default -> Optional.empty();
        };
    }

    private static boolean has(List<EngineEvent> events, String action) {
        return events.stream().anyMatch(it -> it.action().equals(action));
    }

    /// Of the last end that was heard of.
    private static OptionalInt exitCode(List<EngineEvent> events) {
        for (EngineEvent event : events.reversed()) if (event.action().equals("die")) return exitCode(event);
        return OptionalInt.empty();
    }

    static OptionalInt exitCode(EngineEvent event) {
        String code = event.attributes().getOrDefault("exitCode", "");
        return code.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(code)) : OptionalInt.empty();
    }

    private static Happening died(Container container, OptionalInt exitCode) {
        return ended(of(container, "died"), exitCode, container.oomKilled());
    }

    private static Happening ended(Happening died, OptionalInt exitCode, boolean oomKilled) {
        return died.with("exit_code", exitCode).with("oom_killed", oomKilled);
    }

    private static Happening of(Container container, String action) {
        return of(container.id(), container.name(), container.image(), container.labels(), action)
                .with("status", container.status().word());
    }

    static Happening of(ContainerId id, String name, String image, Map<String, String> labels, String action) {
        return Happening.of(Kind.CONTAINER, action)
                .concerning(id, name)
                .labelled(labels)
                .with("id", id.hex())
                .with("short_id", id.shortId())
                .with("name", name)
                .with("image", image);
    }
}
