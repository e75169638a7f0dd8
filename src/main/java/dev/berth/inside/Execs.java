package dev.berth.inside;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineExecs;
import dev.berth.engine.ExecId;
import dev.berth.engine.ExecStream;
import dev.berth.mirror.Mirror;
import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Runs commands inside containers. None outlives its client, its time or this server; one that this server's sudden
/// death left behind ends when it is back.
public final class Execs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Execs.class.getName());
    private static final int MOST = 256;

    /// The outputs that all commands together keep; less than what the heap has left.
    private static final long OUTPUT_BUDGET = 12L << 20;

    private static final Duration LAST_ENDS = Duration.ofSeconds(10);

    private final EngineExecs engine;
    private final Mirror mirror;
    private final ExecMarks marks;
    private final ExecEnd end;
    private final Optional<ExecSweep> sweep;
    private final TerminalSettings settings;
    private final Pause pause;
    private final AtomicLong outputBudget = new AtomicLong(OUTPUT_BUDGET);
    private final Set<ExecSession> sessions = new HashSet<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("exec").factory());
    private final Semaphore slots = new Semaphore(MOST);
    private boolean closed;

    /// @param sameMachine whether the engine's processes are processes of this machine
    /// @param server the id of this installation
    /// @param endedCleanly whether the last life of this server left nothing under way
    public Execs(
            Engine engine,
            Mirror mirror,
            boolean sameMachine,
            String server,
            boolean endedCleanly,
            TerminalSettings settings,
            Pause pause,
            RandomGenerator random) {
        this.engine = engine.execs();
        this.mirror = mirror;
        this.marks = new ExecMarks(server, random);
        Optional<ExecHost> host = sameMachine ? Optional.of(new ExecHost(Path.of("/proc"))) : Optional.empty();
        this.end = new ExecEnd(this.engine, host, pause);
        this.sweep = endedCleanly
                ? Optional.empty()
                : Optional.of(new ExecSweep(this.engine, mirror, host, end, marks.earlier(), threads, pause));
        this.settings = settings;
        this.pause = pause;
    }

    /// Begins to end what an earlier life of this server left behind.
    public void start() {
        sweep.ifPresent(it -> threads.execute(it::run));
    }

    /// How long a terminal may be without input and output.
    public Duration idle() {
        return settings.idle();
    }

    /// Starts a command, and returns when its process is there.
    ///
    /// @param container an id, a name or the beginning of an id
    /// @throws Failure.NotFound (`no-such-container`)
    /// @throws Failure.Conflict (`not-running`, `container-busy`)
    /// @throws Failure.Rejected (`exec-refused`) if the command cannot be started
    /// @throws Failure.Refused (`too-many-execs`)
    public ExecSession start(String container, ExecSpec spec) throws InterruptedException {
        ExecSession session = begin(container, spec);
        boolean started = false;
        try {
            session.awaitStart();
            started = true;
            return session;
        } finally {
            if (!started) session.end();
        }
    }

    /// Runs a command to its end.
    ///
    /// @param input what it reads
    /// @param limit how long it may take
    /// @param departure is told what to do when nobody waits for the answer any more
    /// @throws Failure.Overdue (`exec-timeout`) if it took longer; it has been ended then
    /// @throws Failure as of `start`
    public ExecResult run(
            String container, ExecSpec spec, Optional<byte[]> input, Duration limit, Consumer<Runnable> departure)
            throws InterruptedException {
        ExecSession session = begin(container, spec);
        try {
            departure.accept(session::end);
            return new ExecRun(session, outputBudget, threads, pause).run(input, limit);
        } finally {
            session.end();
        }
    }

    private ExecSession begin(String container, ExecSpec spec) {
        mirror.requireConnected();
        ContainerId id = mirror.known().container(container).id();
        enter();
        boolean begins = false;
        try {
            String mark = marks.next();
            ExecId exec = engine.create(id, spec.with(mark));
            ExecStream stream = engine.start(exec, spec.tty());
            var session = new ExecSession(engine, id, exec, spec, mark, stream, pause, this::leave);
            begins = true;
            if (!register(session)) session.end();
            return session;
        } finally {
            if (!begins) slots.release();
        }
    }

    private synchronized void enter() {
        if (closed) throw new Failure.Cancelled("the server is stopping");
        if (!slots.tryAcquire())
            throw new Failure.Refused("too-many-execs", "there are " + MOST + " commands and terminals already");
    }

    private synchronized boolean register(ExecSession session) {
        sessions.add(session);
        return !closed;
    }

    private void leave(ExecSession session) {
        threads.execute(() -> {
            try {
                session.letGo();
                end.end(session.doomed());
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            } finally {
                session.ended();
                forget(session);
            }
        });
    }

    private synchronized void forget(ExecSession session) {
        sessions.remove(session);
        slots.release();
    }

    /// Ends every command, and waits a while until they have.
    @Override
    public void close() {
        List<ExecSession> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(sessions);
        }
        left.forEach(ExecSession::end);
        try {
            if (!slots.tryAcquire(MOST, LAST_ENDS.toSeconds(), TimeUnit.SECONDS))
                LOG.log(Level.WARNING, "commands inside containers could not be ended in time");
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }
}
