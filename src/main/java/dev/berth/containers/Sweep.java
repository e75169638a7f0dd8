package dev.berth.containers;

import dev.berth.engine.EngineContainers;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Alarm;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Removes containers that were left behind when the server or the engine died in the middle of something. Nothing runs
/// as long as no container is under suspicion.
public final class Sweep implements AutoCloseable, ContainerListener {
    private static final System.Logger LOG = System.getLogger(Sweep.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);

    private final EngineContainers engine;
    private final Mirror mirror;
    private final Rule rule;
    private final Pause pause;
    private final Alarm suspicion;
    private final Map<ContainerId, Integer> suspects = new ConcurrentHashMap<>();
    private final Thread thread;

    /// What is swept.
    ///
    /// @param suspects whether a container may have been left behind, by what stands on itself; never waits
    /// @param convicts whether nobody is at work on it, either; never waits
    /// @param patience for how many seconds it is left in peace
    /// @param what it is, in words
    public record Rule(Predicate<Container> suspects, Predicate<Container> convicts, int patience, String what) {}

    /// @param name of the thread
    public Sweep(String name, EngineContainers engine, Mirror mirror, Rule rule, Pause pause) {
        this.engine = engine;
        this.mirror = mirror;
        this.rule = rule;
        this.pause = pause;
        this.suspicion = pause.alarm();
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void changed(Container container) {
        if (!rule.suspects().test(container)) suspects.remove(container.id());
        else if (suspects.putIfAbsent(container.id(), 0) == null) suspicion.ring();
    }

    @Override
    public void removed(ContainerId id) {
        suspects.remove(id);
    }

    private void run() {
        try {
            while (true) {
                if (suspects.isEmpty()) suspicion.await(LONG);
                pause.sleep(TICK);
                if (mirror.snapshot().state().connected()) suspects.keySet().forEach(this::look);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(ContainerId id) {
        try {
            sweep(id);
        } catch (Failure failure) {
            LOG.log(
                    Level.WARNING,
                    "container {0}, {1}, stays for now: {2}",
                    id.shortId(),
                    rule.what(),
                    failure.detail());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "container " + id.shortId() + ", " + rule.what() + ", stays for now", fault);
        }
    }

    private void sweep(ContainerId id) {
        Optional<Container> known = mirror.snapshot().container(id);
        if (known.filter(rule.convicts()).isEmpty()) return;
        Integer seen = suspects.computeIfPresent(id, (_, ticks) -> ticks + 1);
        if (seen == null || seen <= rule.patience()) return;
        Optional<Container> truth = mirror.refresh(id).filter(rule.convicts());
        if (truth.isEmpty()) return;
        LOG.log(Level.INFO, "removing container {0}, {1}", truth.get().name(), rule.what());
        engine.remove(id, true, true);
        mirror.refresh(id);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
