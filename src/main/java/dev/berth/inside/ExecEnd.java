package dev.berth.inside;

import dev.berth.engine.EngineExecs;
import dev.berth.engine.ExecId;
import dev.berth.engine.ExecState;
import dev.berth.engine.ExecStream;
import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Ends commands whose client has gone. The engine does not: it lets them run on when the connection closes, and has no
/// call for it.
///
/// On the engine's own machine the processes are killed from outside, by their numbers. Elsewhere a second command does
/// it from inside, which takes a shell in the image; the first is found by a mark in its environment, since from inside
/// its number is another. Either way all that belongs to its session dies; what has begun a session of its own has
/// left.
final class ExecEnd {
    private static final System.Logger LOG = System.getLogger(ExecEnd.class.getName());
    private static final int ATTEMPTS = 12;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /// Nothing but what a shell has within itself. A command's first process has its parent outside, which looks like
    /// 0.
    private static final String SCRIPT = """
            but=$1
            for d in /proc/[0-9]*; do
              found=
              while read -r line || [ -n "$line" ]; do
                case $line in *"$but"*) ;; *"$0"*) found=1;; esac
              done <"$d/environ"
              [ "$found" ] && read -r stat <"$d/stat" || continue
              set -- ${stat##*) }
              [ "$2" = 0 ] && leaders="$leaders $4"
            done 2>/dev/null
            [ "$leaders" ] || exit 0
            for d in /proc/[0-9]*; do
              read -r stat <"$d/stat" || continue
              set -- ${stat##*) }
              case "$leaders " in *" $4 "*) kill -9 "${d#/proc/}";; esac
            done 2>/dev/null
            """;

    private final EngineExecs engine;
    private final Optional<ExecHost> host;
    private final Pause pause;

    /// @param host this machine, if it is the engine's
    ExecEnd(EngineExecs engine, Optional<ExecHost> host, Pause pause) {
        this.engine = engine;
        this.host = host;
        this.pause = pause;
    }

    /// A command that is to end.
    ///
    /// @param user who it runs as
    /// @param marks which commands may be ended with it, where they are looked for from inside
    record Doomed(ContainerId container, ExecId id, Optional<String> user, ExecMarks.Pattern marks) {}

    /// Waits until the command has ended, and sees to it that it does.
    void end(Doomed doomed) throws InterruptedException {
        Duration next = FIRST_PAUSE;
        Optional<Failure> last = Optional.empty();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Optional<ExecState> state = engine.inspect(doomed.id());
                if (state.isEmpty() || !state.get().running()) return;
                int pid = state.get().pid(); // none while it is being started
                if (pid > 0 && (host.isEmpty() || !host.get().kill(doomed.container(), pid, pause)))
                    killFromInside(doomed);
            } catch (Failure failure) {
                last = Optional.of(failure); // a paused container, an engine that is away: both may pass
            }
            pause.sleep(next);
            next = next.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? next.multipliedBy(2) : LONGEST_PAUSE;
        }
        LOG.log(
                Level.WARNING,
                "a command in container {0} could not be ended: {1}",
                doomed.container(),
                last.map(Failure::detail).orElse("it does not die"));
    }

    /// Kills whatever in its container has such a mark; as the same user, since another one may neither read the
    /// environment nor send a signal.
    void killFromInside(Doomed doomed) {
        var command = List.of(
                "sh", "-c", SCRIPT, doomed.marks().begins(), doomed.marks().but());
        var spec = new ExecSpec(command, List.of(), doomed.user(), Optional.empty(), false, false);
        ExecId id = engine.create(doomed.container(), spec);
        try (ExecStream stream = engine.start(id, false)) {
            while (stream.next().isPresent()) {
                // says nothing; its end is what matters
            }
        }
    }
}
