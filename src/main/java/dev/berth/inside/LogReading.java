package dev.berth.inside;

import dev.berth.engine.EngineStream;
import dev.berth.engine.LogQuery;
import dev.berth.engine.LogRecord;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import dev.berth.model.Pause;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// One client's reading of one log. Read by one thread, closed by any.
///
/// It reads what there is by itself, then takes what comes from the channel that all followers share. It joins them
/// before it reads, so that what the reading does not show any more is in the ring; what both show is dropped. If it
/// was so slow that the ring has lost something meanwhile, it reads once more.
public final class LogReading implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogReading.class.getName());
    private static final int BATCH = 48 << 10;
    /// Under load a follower takes what has come at this pace, instead of waking for every line.
    private static final long PACE_MILLIS = 20;

    private static final Duration AWAY = Duration.ofSeconds(1);
    /// A line may come a little after its time.
    private static final long LATE_MILLIS = 1000;
    /// Beyond it the last lines are the engine's last records.
    static final int LONGEST_TAIL = 100_000;

    private final Logs logs;
    private final ContainerId id;
    private final LogRequest request;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final List<LogLine> batch = new ArrayList<>();
    private int batchBytes;
    private LogProgress progress;
    private LineJoiner joiner = new LineJoiner(this::line);
    private long left = Long.MAX_VALUE;
    private long lastTaken;
    private long lost;
    private boolean catchingUp = true;
    private Optional<LogItem> last = Optional.empty();

    private volatile boolean closed;
    private volatile Optional<EngineStream<LogRecord>> own = Optional.empty();
    private volatile Optional<Logs.Membership> membership = Optional.empty();

    LogReading(
            Logs logs, ContainerId id, LogRequest request, InstantSource clock, Pause pause, RandomGenerator random) {
        this.logs = logs;
        this.id = id;
        this.request = request;
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        this.progress = new LogProgress(request.from().orElse(LogPosition.START));
    }

    void begin() {
        try {
            if (request.from().isEmpty() && request.tail().isPresent()) {
                int tail = request.tail().getAsInt();
                if (!request.follow()) left = tail;
                if (tail <= LONGEST_TAIL) {
                    beginAtTail(tail);
                    return;
                }
            }
            read();
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private void beginAtTail(int tail) {
        if (request.follow()) join();
        LogTail.Found found = LogTail.find(this::open, request, tail);
        own = Optional.empty();
        found.lines().forEach(this::deliver);
        progress = new LogProgress(found.start());
        boolean whole = !found.lines().isEmpty() || tail == 0 || found.start().nanos() == 0;
        if (whole && !request.follow()) last = Optional.of(new LogItem.End("complete"));
        if (whole && membership.isPresent() && !membership.get().cursor().overrun()) catchingUp = false;
        else if (!whole || request.follow()) read();
    }

    /// The next lines, or what else there is to say; waits for as long as told.
    ///
    /// @throws Failure if the engine broke off, and the client does not follow
    public LogItem next(Duration quiet) throws InterruptedException {
        long end = clock.millis() + quiet.toMillis();
        while (true) {
            if (lost > 0) return gap();
            if (!batch.isEmpty()) return delivered();
            if (last.isPresent()) return last.get();
            if (closed) return new LogItem.End("closed");
            long wait = end - clock.millis();
            if (catchingUp) history();
            else if (wait <= 0) return new LogItem.Quiet();
            else live(Duration.ofMillis(wait));
        }
    }

    private LogItem gap() {
        long gap = lost;
        lost = 0;
        return new LogItem.Gap(gap);
    }

    private LogItem delivered() {
        List<LogLine> lines = List.copyOf(batch);
        batch.clear();
        batchBytes = 0;
        return new LogItem.Lines(lines);
    }

    // What there is.

    private void join() {
        if (membership.isEmpty()) membership = logs.join(id);
        if (closed) leave();
    }

    /// Begins a reading of its own.
    private void read() {
        if (request.follow()) join();
        progress.again();
        joiner = new LineJoiner(this::line);
        LogQuery query = LogQuery.all();
        long since = Math.max(progress.since().orElse(0), request.since().orElse(0));
        if (since > 0) query = query.since(since);
        if (request.until().isPresent()) query = query.until(request.until().getAsLong());
        if (request.from().isEmpty()
                && request.tail().orElse(0) > LONGEST_TAIL
                && progress.position().nanos() == 0)
            query = query.tail(request.tail().getAsInt());
        open(query);
    }

    private EngineStream<LogRecord> open(LogQuery query) {
        EngineStream<LogRecord> stream = logs.engine().logs().read(id, query);
        own = Optional.of(stream);
        if (closed) stream.close(); // by somebody who came too early to see this stream
        return stream;
    }

    private void history() throws InterruptedException {
        try {
            if (own.isEmpty()) read();
            EngineStream<LogRecord> stream = own.orElseThrow();
            while (batchBytes < BATCH && left > 0) {
                Optional<LogRecord> record = stream.next();
                if (record.isEmpty()) {
                    joiner.end();
                    caughtUp();
                    return;
                }
                joiner.add(record.get());
            }
            if (left <= 0) caughtUp();
        } catch (Failure.NotFound gone) {
            if (!request.follow()) throw gone;
            last = Optional.of(new LogItem.End("removed"));
        } catch (Failure broken) {
            endOwn();
            if (Thread.currentThread().isInterrupted()) throw new InterruptedException("while the engine was read");
            if (!request.follow() || closed) throw broken;
            LOG.log(System.Logger.Level.DEBUG, "log of {0}: {1}", id.shortId(), broken.detail());
            if (logs.gone(id)) last = Optional.of(new LogItem.End("removed"));
            else pause.sleep(AWAY.plusMillis(random.nextLong(AWAY.toMillis())));
        }
    }

    /// What was there has been read.
    private void caughtUp() {
        endOwn();
        if (closed) return;
        if (!request.follow()) {
            last = Optional.of(new LogItem.End("complete"));
            return;
        }
        if (membership.isPresent()) catchingUp = membership.get().cursor().overrun();
        else {
            membership = logs.begin(id, progress.position());
            catchingUp = membership.isEmpty(); // somebody else was first: what has come since is in no ring of ours
        }
        if (closed) leave();
        else if (catchingUp) rejoin();
        else progress.again();
    }

    private void line(Output output, long nanos, byte[] stamped, boolean cut) {
        progress.take(output, nanos).ifPresent(it -> deliver(new LogLine(output, nanos, stamped, cut, it)));
    }

    private void deliver(LogLine line) {
        if (left <= 0 || !request.wants(line)) return;
        left--;
        batch.add(line);
        batchBytes += line.weight();
    }

    // What is to come.

    private void live(Duration wait) throws InterruptedException {
        Logs.Membership member = membership.orElse(null);
        if (member == null) throw new IllegalStateException("nothing is followed");
        long since = clock.millis() - lastTaken;
        if (since >= 0 && since < PACE_MILLIS) pause.sleep(Duration.ofMillis(PACE_MILLIS - since));
        if (request.lossless() && member.cursor().overrun()) {
            rejoin();
            catchingUp = true;
            return;
        }
        LogRing.Taken taken = member.cursor().take(request.outputs(), BATCH, untilAtMost(wait));
        lastTaken = clock.millis();
        for (LogLine line : taken.lines())
            if (progress.take(line.output(), line.nanos()).isPresent()) deliver(line);
        if (taken.end().isPresent())
            last = Optional.of(new LogItem.End(taken.end().get()));
        else if (over(taken)) last = Optional.of(new LogItem.End("until"));
        lost += taken.lost();
    }

    /// Whether everything up to `until` has come, or would have.
    private boolean over(LogRing.Taken taken) {
        if (request.until().isEmpty()) return false;
        long end = millis(request.until().getAsLong()) + LATE_MILLIS;
        return taken.lines().isEmpty()
                ? clock.millis() > end
                : millis(taken.lines().getLast().nanos()) > end;
    }

    private Duration untilAtMost(Duration quiet) {
        if (request.until().isEmpty()) return quiet;
        long millis = millis(request.until().getAsLong()) + LATE_MILLIS + 1 - clock.millis();
        return quiet.toMillis() < millis ? quiet : Duration.ofMillis(Math.max(1, millis));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    // Ends.

    private void endOwn() {
        own.ifPresent(EngineStream::close);
        own = Optional.empty();
    }

    /// At what comes next, as some of what has come since was lost, or was never shared.
    private void rejoin() {
        Optional<Logs.Membership> fresh = logs.join(id);
        leave();
        membership = fresh;
        if (closed) leave();
    }

    private void leave() {
        membership.ifPresent(Logs.Membership::close);
        membership = Optional.empty();
    }

    /// Ends what is open on the engine. May be called twice.
    @Override
    public void close() {
        closed = true;
        own.ifPresent(EngineStream::close);
        membership.ifPresent(Logs.Membership::close);
    }
}
