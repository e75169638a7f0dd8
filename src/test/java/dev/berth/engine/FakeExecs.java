package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.Status;
import dev.berth.model.TerminalSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Commands inside the fake engine's containers: a handful of programs, and the signal from inside. The engine
/// itself is the lock.
public final class FakeExecs implements EngineExecs {
    private static final int KILLED = 137;

    private final FakeEngine engine;
    private final FakeContainers containers;
    private final Map<ExecId, FakeExec> all = new LinkedHashMap<>();
    private int made;

    FakeExecs(FakeEngine engine, FakeContainers containers) {
        this.engine = engine;
        this.containers = containers;
    }

    @Override
    public ExecId create(ContainerId container, ExecSpec spec) {
        return engine.call(Call.EXEC_CREATE, () -> {
            FakeContainer inside = containers.get(container);
            if (inside.status == Status.PAUSED)
                throw new Failure.Conflict("container-busy", "the container is paused")
                        .saidByEngine("Container " + container + " is paused, unpause the container before exec");
            inside.demandAlive("is not running");
            var id = new ExecId(String.format("%064x", ++made));
            all.put(id, new FakeExec(container, spec));
            return id;
        });
    }

    @Override
    public ExecStream start(ExecId id, boolean tty) {
        return engine.call(Call.EXEC_START, () -> {
            FakeExec exec = get(id);
            if (exec.isSignal()) {
                all.values().stream().filter(exec::isMeantFor).forEach(it -> it.end(KILLED));
                exec.end(0);
            } else exec.begin(2000 + made);
            return exec;
        });
    }

    @Override
    public void resize(ExecId id, TerminalSize size) {
        engine.call(Call.EXEC_RESIZE, () -> {
            FakeExec exec = get(id);
            if (exec.state().pid() == 0 || !exec.state().running())
                throw new Failure.Rejected("exec-refused", "the engine could not start the command")
                        .saidByEngine("process does not exist");
            exec.size(size);
            return true;
        });
    }

    private FakeExec get(ExecId id) {
        return Optional.ofNullable(all.get(id))
                .orElseThrow(() -> new Failure.NotFound("no-such-exec", "the engine has forgotten the command"));
    }

    @Override
    public Optional<ExecState> inspect(ExecId id) {
        return engine.call(
                Call.EXEC_INSPECT, () -> Optional.ofNullable(all.get(id)).map(FakeExec::state));
    }

    @Override
    public List<ExecId> list(ContainerId container) {
        return engine.call(
                Call.EXEC_LIST,
                () -> all.entrySet().stream()
                        .filter(it -> it.getValue().isIn(container)
                                && it.getValue().state().running())
                        .map(Map.Entry::getKey)
                        .toList());
    }

    /// Commands that have begun and not ended, signals aside.
    public int running() {
        synchronized (engine) {
            return (int) all.values().stream()
                    .filter(it -> it.state().pid() > 0 && it.state().running())
                    .count();
        }
    }

    public int connections() {
        synchronized (engine) {
            return (int) all.values().stream().filter(FakeExec::connected).count();
        }
    }

    /// The latest size that a terminal was given.
    public Optional<TerminalSize> size() {
        synchronized (engine) {
            List<FakeExec> inOrder = new ArrayList<>(all.values());
            return inOrder.getLast().size();
        }
    }

    void breakStreams() {
        List<FakeExec> open;
        synchronized (engine) {
            open = List.copyOf(all.values());
        }
        open.forEach(FakeExec::breakOff);
    }
}
