package dev.berth.containers;

import dev.berth.engine.EngineContainers;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Removes what a create of ours left half made when the server or the engine died in the middle of it.
final class Sweep implements AutoCloseable, ContainerListener {
    private static final System.Logger LOG = System.getLogger(Sweep.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    /// A start that the last server still asked for may be under way in the engine: it gets this many ticks to show.
    private static final int PATIENCE = 2;

    private final EngineContainers engine;
    private final Mirror mirror;
    private final OurLabels labels;
    private final Set<String> atWork;
    private final Pause pause;
    private final Map<ContainerId, Integer> suspects = new ConcurrentHashMap<>();
    private final Thread thread;

    /// @param atWork the operations under way, a live view
    Sweep(EngineContainers engine, Mirror mirror, OurLabels labels, Set<String> atWork, Pause pause) {
        this.engine = engine;
        this.mirror = mirror;
        this.labels = labels;
        this.atWork = atWork;
        this.pause = pause;
        this.thread = Thread.ofVirtual().name("sweep").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void changed(Container container) {
        if (labels.isHalfMade(container, Set.of())) suspects.putIfAbsent(container.id(), 0);
        else suspects.remove(container.id());
    }

    @Override
    public void removed(ContainerId id) {
        suspects.remove(id);
    }

    private void run() {
        try {
            while (true) {
                pause.sleep(TICK);
                if (mirror.snapshot().state().connected()) sweep();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweep() {
        for (ContainerId id : suspects.keySet()) {
            try {
                sweep(id);
            } catch (Failure failure) {
                LOG.log(Level.WARNING, "half-made container {0} stays for now: {1}", id.shortId(), failure.detail());
            } catch (RuntimeException fault) {
                LOG.log(Level.ERROR, "half-made container " + id.shortId() + " stays for now", fault);
            }
        }
    }

    private void sweep(ContainerId id) {
        var container = mirror.snapshot().container(id);
        if (container.isEmpty() || !labels.isHalfMade(container.get(), atWork)) return;
        Integer seen = suspects.computeIfPresent(id, (_, ticks) -> ticks + 1);
        if (seen == null || seen <= PATIENCE) return;
        var truth = mirror.refresh(id);
        if (truth.isEmpty() || !labels.isHalfMade(truth.get(), atWork)) return;
        LOG.log(
                Level.INFO,
                "removing container {0}, which was created but never started",
                truth.get().name());
        engine.remove(id, true, true);
        mirror.refresh(id);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
