package dev.berth.inside;

import dev.berth.engine.ExecOutput;
import dev.berth.engine.ExecState;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// One command from its start to its end, with what it wrote.
final class ExecRun {
    private static final int MOST_OUTPUT = 1 << 20;
    private static final int PIECE = 32 << 10;
    private static final Duration DEATH = Duration.ofSeconds(10);

    private final ExecSession session;
    private final ExecutorService threads;
    private final Pause pause;
    private final ExecText stdout;
    private final ExecText stderr;
    private volatile boolean late;

    ExecRun(ExecSession session, AtomicLong outputBudget, ExecutorService threads, Pause pause) {
        this.session = session;
        this.threads = threads;
        this.pause = pause;
        this.stdout = new ExecText(MOST_OUTPUT, outputBudget);
        this.stderr = new ExecText(MOST_OUTPUT, outputBudget);
    }

    ExecResult run(Optional<byte[]> input, Duration limit) throws InterruptedException {
        Future<?> watch = threads.submit(() -> watch(limit));
        Optional<Future<?>> feeding = input.map(it -> threads.submit(() -> feed(it)));
        try {
            for (Optional<ExecOutput> next = session.output(); next.isPresent(); next = session.output())
                (next.get().error() ? stderr : stdout).add(next.get().bytes());
            return result(limit);
        } finally {
            watch.cancel(true);
            feeding.ifPresent(it -> it.cancel(true));
            stdout.giveBack();
            stderr.giveBack();
        }
    }

    private ExecResult result(Duration limit) throws InterruptedException {
        if (late) throw tooLate(limit);
        if (session.left()) throw new Failure.Cancelled("the command was ended before its time");
        ExecState state = session.awaitEnd();
        if (late) throw tooLate(limit);
        if (state.neverBegan()) throw ExecSession.refusal(stdout.text() + stderr.text());
        return new ExecResult(
                state.exitCode()
                        .orElseThrow(
                                () -> new Failure.EngineNonsense("the engine did not say how the command ended", null)),
                stdout.text(),
                stderr.text(),
                stdout.truncated() || stderr.truncated());
    }

    private Failure tooLate(Duration limit) throws InterruptedException {
        boolean dead = session.awaitEnded(DEATH);
        return new Failure.Overdue(
                        "exec-timeout",
                        "the command took longer than " + limit.toSeconds() + " s"
                                + (dead ? " and was ended" : " and is being ended"))
                .with("timeout_seconds", limit.toSeconds())
                .with("stdout", stdout.text())
                .with("stderr", stderr.text());
    }

    private void watch(Duration limit) {
        try {
            pause.sleep(limit);
            late = true;
            session.end();
        } catch (InterruptedException inTime) {
            Thread.currentThread().interrupt();
        }
    }

    private void feed(byte[] input) {
        try {
            for (int at = 0; at < input.length; at += PIECE)
                session.write(Arrays.copyOfRange(input, at, Math.min(input.length, at + PIECE)));
            session.endInput();
        } catch (Failure notWanted) {
            // A command need not read what it is given; how it ends tells whether it minded.
        }
    }
}
