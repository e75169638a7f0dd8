package dev.berth.inside;

import dev.berth.engine.EngineExecs;
import dev.berth.engine.ExecId;
import dev.berth.engine.ExecOutput;
import dev.berth.engine.ExecState;
import dev.berth.engine.ExecStream;
import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.model.TerminalSize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A command that runs inside a container, with us at its other end. It is ended when we leave.
public final class ExecSession {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    private static final int STARTS_WITHIN = 400; // looks, so 40 s

    /// The engine ends the stream some moments before it knows how the command ended.
    private static final int ENDS_WITHIN = 100; // looks, so 10 s

    private static final int LONGEST_WORDS = 8 << 10;

    private final EngineExecs engine;
    private final ContainerId container;
    private final ExecId id;
    private final ExecSpec spec;
    private final String mark;
    private final ExecStream stream;
    private final Pause pause;
    private final Consumer<ExecSession> ending;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean leaving;

    /// @param mark the variable in its environment by which it is found
    /// @param ending what ends it; must not wait, and calls `ended` once it is over
    ExecSession(
            EngineExecs engine,
            ContainerId container,
            ExecId id,
            ExecSpec spec,
            String mark,
            ExecStream stream,
            Pause pause,
            Consumer<ExecSession> ending) {
        this.engine = engine;
        this.container = container;
        this.id = id;
        this.spec = spec;
        this.mark = mark;
        this.stream = stream;
        this.pause = pause;
        this.ending = ending;
    }

    ExecEnd.Doomed doomed() {
        return new ExecEnd.Doomed(container, id, spec.user(), ExecMarks.one(mark));
    }

    /// Waits for output; nothing at the end, and when it is being ended.
    public Optional<byte[]> next() {
        return output().map(ExecOutput::bytes);
    }

    Optional<ExecOutput> output() {
        return stream.next();
    }

    /// Waits until the command, or what lies before it, has taken them.
    ///
    /// @throws Failure when it takes nothing any more
    public void write(byte[] bytes) {
        stream.write(bytes);
    }

    public void endInput() {
        stream.endInput();
    }

    /// Changes the size of its terminal; one that has just ended has none.
    public void resize(TerminalSize size) {
        try {
            engine.resize(id, size);
        } catch (Failure.Rejected | Failure.NotFound | Failure.Conflict refused) {
            if (engine.inspect(id).filter(ExecState::running).isPresent() && !left()) throw refused;
        }
    }

    /// Waits until its process is there.
    ///
    /// @throws Failure.Rejected (`exec-refused`) if there never will be one
    void awaitStart() throws InterruptedException {
        for (int looks = 0; looks < STARTS_WITHIN; looks++) {
            Optional<ExecState> state = engine.inspect(id);
            if (state.isEmpty() || state.get().pid() > 0) return;
            if (state.get().neverBegan()) throw refusal(words());
            rest(looks);
        }
        throw new Failure.EngineSlow("the engine did not start the command in time");
    }

    private String words() {
        var words = new ByteArrayOutputStream();
        for (var next = output(); next.isPresent() && words.size() < LONGEST_WORDS; next = output())
            words.writeBytes(next.get().bytes());
        return words.toString(StandardCharsets.UTF_8);
    }

    static Failure refusal(String engineWords) {
        return new Failure.Rejected("exec-refused", "the engine could not start the command")
                .saidByEngine(engineWords.strip());
    }

    /// How it ended, once its output has.
    ///
    /// @throws Failure.EngineNonsense if it goes on, or nobody knows any more
    public int exitCode() throws InterruptedException {
        ExecState state = awaitEnd();
        OptionalInt code = state.exitCode();
        return code.orElseThrow(() -> new Failure.EngineNonsense("the engine did not say how the command ended", null));
    }

    ExecState awaitEnd() throws InterruptedException {
        for (int looks = 0; looks < ENDS_WITHIN; looks++) {
            Optional<ExecState> state = engine.inspect(id);
            if (state.isEmpty()) break;
            if (!state.get().running()) return state.get();
            rest(looks);
        }
        throw new Failure.EngineNonsense("the engine let go of a command that has not ended", null);
    }

    private void rest(int looks) throws InterruptedException {
        Duration next = FIRST_PAUSE.multipliedBy(1L << Math.min(looks / 4, 5));
        pause.sleep(next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE);
    }

    /// Leaves the command: its process is killed if it has not ended by itself. Returns at once; may be called twice.
    public void end() {
        synchronized (this) {
            if (leaving) return;
            leaving = true;
        }
        ending.accept(this);
    }

    /// Whether it is being ended, or has been.
    public synchronized boolean left() {
        return leaving;
    }

    void letGo() {
        stream.close();
    }

    void ended() {
        ended.countDown();
    }

    boolean awaitEnded(Duration longest) throws InterruptedException {
        return ended.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
}
