package dev.berth.updates;

import dev.berth.containers.Sweep;
import dev.berth.model.Container;
import dev.berth.model.Status;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Which containers are successors that nobody waits for any more: an engine may carry out a create long after whoever
/// asked for it has gone. Only what bears a temporary name of ours, was made by this installation, and never ran.
final class Leftovers {
    private static final int PATIENCE = 3;

    private final String server;
    private final Supplier<Optional<Set<String>>> resumed;
    private final Set<String> active = ConcurrentHashMap.newKeySet();
    private final Set<String> over = ConcurrentHashMap.newKeySet();

    /// @param server the id of this installation
    /// @param resumed the operations that an earlier life has left; nothing as long as that is not known
    Leftovers(String server, Supplier<Optional<Set<String>>> resumed) {
        this.server = server;
        this.resumed = resumed;
    }

    Sweep.Rule rule() {
        return new Sweep.Rule(this::isLeftover, this::isNobodys, PATIENCE, "a successor that was never started");
    }

    void active(String operation) {
        active.add(operation);
    }

    void over(String operation) {
        active.remove(operation);
        over.add(operation);
    }

    private boolean isLeftover(Container container) {
        String operation = operation(container);
        return !operation.isEmpty()
                && server.equals(container.labels().get(UpdateLabels.SERVER))
                && container.status() == Status.CREATED
                && container.startedAt().isEmpty()
                && TemporaryName.NEW.isOf(container.name(), operation);
    }

    private boolean isNobodys(Container container) {
        String operation = operation(container);
        Optional<Set<String>> left = resumed.get();
        boolean old = left.isPresent() && !left.get().contains(operation);
        return isLeftover(container) && !active.contains(operation) && (old || over.contains(operation));
    }

    private static String operation(Container container) {
        return container.labels().getOrDefault(UpdateLabels.OPERATION, "");
    }
}
