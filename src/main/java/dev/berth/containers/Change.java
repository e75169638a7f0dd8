package dev.berth.containers;

import dev.berth.engine.EngineContainers;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import dev.berth.model.LimitsChange;
import java.lang.System.Logger.Level;

/// The limits and the policy in one call of the engine, which is all or nothing; then the name. What was changed before
/// a refusal is put back.
final class Change {
    private static final System.Logger LOG = System.getLogger(Change.class.getName());

    private final EngineContainers engine;
    private final Container before;
    private final ChangeRequest request;

    /// @param before what the container is now
    Change(EngineContainers engine, Container before, ChangeRequest request) {
        this.engine = engine;
        this.before = before;
        this.request = request;
    }

    void carryOut() {
        boolean limits = !request.limits().equals(LimitsChange.NOTHING);
        if (limits) engine.change(before.id(), request.limits());
        try {
            request.name().filter(it -> !it.equals(before.name())).ifPresent(it -> engine.rename(before.id(), it));
        } catch (Failure refused) {
            if (limits) putBack();
            throw refused;
        }
    }

    /// A limit that was not there cannot be taken away again; then it stays, and the log has it.
    private void putBack() {
        LimitsChange wanted = request.limits();
        var old = new LimitsChange(
                wanted.memory().flatMap(_ -> before.memoryLimit()),
                wanted.cpus().flatMap(_ -> before.cpuLimit()),
                wanted.pids().map(_ -> new LimitsChange.Pids(before.pidsLimit())),
                wanted.restartPolicy().map(_ -> before.restartPolicy()));
        try {
            if (!old.equals(LimitsChange.NOTHING)) engine.change(before.id(), old);
        } catch (Failure failure) {
            LOG.log(Level.WARNING, "the limits of {0} could not be put back: {1}", before.name(), failure.detail());
        }
    }
}
