package dev.berth.updates;

import dev.berth.engine.EngineContainers;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.model.Status;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Removes successors that nobody waits for any more: an engine may carry out a create long after whoever asked
/// for it has gone. Only what bears a temporary name of ours, was made by this installation, and never ran.
final class Leftovers implements ContainerListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int PATIENCE = 3;

    private final EngineContainers engine;
    private final Mirror mirror;
    private final String server;
    private final Supplier<Optional<Set<String>>> resumed;
    private final Pause pause;
    private final Set<String> active = ConcurrentHashMap.newKeySet();
    private final Set<String> over = ConcurrentHashMap.newKeySet();
    private final Map<ContainerId, Integer> suspects = new ConcurrentHashMap<>();
    private final Thread thread =
            Thread.ofVirtual().name("leftovers of updates").unstarted(this::run);

    /// @param server the id of this installation
    /// @param resumed the operations that an earlier life has left; nothing as long as that is not known
    Leftovers(
            EngineContainers engine,
            Mirror mirror,
            String server,
            Supplier<Optional<Set<String>>> resumed,
            Pause pause) {
        this.engine = engine;
        this.mirror = mirror;
        this.server = server;
        this.resumed = resumed;
        this.pause = pause;
    }

    void start() {
        thread.start();
    }

    void active(String operation) {
        active.add(operation);
    }

    void over(String operation) {
        active.remove(operation);
        over.add(operation);
    }

    @Override
    public void changed(Container container) {
        if (isLeftover(container)) suspects.putIfAbsent(container.id(), 0);
        else suspects.remove(container.id());
    }

    @Override
    public void removed(ContainerId id) {
        suspects.remove(id);
    }

    private boolean isLeftover(Container container) {
        String operation = container.labels().getOrDefault(UpdateLabels.OPERATION, "");
        return !operation.isEmpty()
                && server.equals(container.labels().get(UpdateLabels.SERVER))
                && container.status() == Status.CREATED
                && container.startedAt().isEmpty()
                && TemporaryName.NEW.isOf(container.name(), operation);
    }

    private boolean isNobodys(Container container) {
        String operation = container.labels().getOrDefault(UpdateLabels.OPERATION, "");
        Optional<Set<String>> left = resumed.get();
        boolean old = left.isPresent() && !left.get().contains(operation);
        return isLeftover(container) && !active.contains(operation) && (old || over.contains(operation));
    }

    private void run() {
        try {
            while (true) {
                pause.sleep(TICK);
                if (mirror.snapshot().state().connected()) suspects.keySet().forEach(this::look);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(ContainerId id) {
        try {
            Optional<Container> container = mirror.snapshot().container(id);
            if (container.isEmpty() || !isNobodys(container.get())) return;
            Integer seen = suspects.computeIfPresent(id, (_, ticks) -> ticks + 1);
            if (seen == null || seen <= PATIENCE) return;
            Optional<Container> truth = mirror.refresh(id);
            if (truth.isEmpty() || !isNobodys(truth.get())) return;
            LOG.log(
                    Level.INFO,
                    "removing {0}, a successor that was never started",
                    truth.get().name());
            engine.remove(id, true, true);
            mirror.refresh(id);
        } catch (Failure failure) {
            LOG.log(Level.WARNING, "successor {0} stays for now: {1}", id.shortId(), failure.detail());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
