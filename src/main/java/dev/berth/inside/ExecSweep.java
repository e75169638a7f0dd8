package dev.berth.inside;

import dev.berth.engine.EngineExecs;
import dev.berth.engine.ExecId;
import dev.berth.engine.ExecState;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Ends the commands that an earlier life of this server left behind when it was killed: whoever waited for them lost
/// their connection with it.
///
/// Which commands there are the engine tells; whose they are, their environments. The mark alone would not do: what a
/// command starts inherits it, and what one left behind on purpose when it ended stays.
final class ExecSweep {
    private static final System.Logger LOG = System.getLogger(ExecSweep.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int MOST_TICKS = 30;

    /// A start that the last life still asked for may be under way in the engine: after this time it shows.
    private static final Duration LATE_STARTS = Duration.ofSeconds(3);

    private final EngineExecs engine;
    private final Mirror mirror;
    private final Optional<ExecHost> host;
    private final ExecEnd end;
    private final ExecMarks.Pattern marks;
    private final Executor threads;
    private final Pause pause;
    private final Set<ExecId> begun = new HashSet<>();

    /// @param host this machine, if it is the engine's
    /// @param threads one for each command that is being ended; whoever closes them ends the sweep
    ExecSweep(
            EngineExecs engine,
            Mirror mirror,
            Optional<ExecHost> host,
            ExecEnd end,
            ExecMarks.Pattern marks,
            Executor threads,
            Pause pause) {
        this.engine = engine;
        this.mirror = mirror;
        this.host = host;
        this.end = end;
        this.marks = marks;
        this.threads = threads;
        this.pause = pause;
    }

    /// Looks twice, and returns when it has.
    void run() {
        try {
            look();
            pause.sleep(LATE_STARTS);
            look();
        } catch (InterruptedException | RejectedExecutionException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        while (!mirror.snapshot().state().connected()) pause.sleep(TICK);
        List<ContainerId> left = mirror.snapshot().containers().values().stream()
                .filter(it -> it.status().alive())
                .map(Container::id)
                .toList();
        for (int tick = 0; ; tick++) {
            left = notYet(left, tick == MOST_TICKS);
            if (left.isEmpty() || tick == MOST_TICKS) return;
            pause.sleep(TICK);
        }
    }

    /// Those that have to be looked at once more.
    private List<ContainerId> notYet(List<ContainerId> containers, boolean last) {
        List<ContainerId> left = new ArrayList<>();
        for (ContainerId container : containers) {
            try {
                for (ExecId id : engine.list(container)) judge(container, id);
            } catch (Failure failure) {
                left.add(container); // one that is paused, or an engine that is away: both may pass
                LOG.log(
                        last ? Level.WARNING : Level.DEBUG,
                        "commands that an earlier life of this server left in container {0} may go on: {1}",
                        container.shortId(),
                        failure.detail());
            }
        }
        return left;
    }

    private void judge(ContainerId container, ExecId id) {
        Optional<ExecState> state = engine.inspect(id);
        if (begun.contains(id) || state.isEmpty() || !state.get().running()) return;
        int pid = state.get().pid();
        if (pid == 0) return; // is being started, by somebody now or by us before: the second look sees it
        var doomed = new ExecEnd.Doomed(container, id, state.get().user(), marks);
        Optional<String> environment = host.flatMap(it -> it.environment(container, pid));
        if (environment.isEmpty()) {
            end.killFromInside(doomed);
            begun.add(id);
        } else if (marks.fits(environment.get())) {
            begun.add(id);
            LOG.log(
                    Level.INFO,
                    "ending a command that an earlier life of this server left in container {0}",
                    container.shortId());
            threads.execute(() -> endNow(doomed));
        }
    }

    private void endNow(ExecEnd.Doomed doomed) {
        try {
            end.end(doomed);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}
