package dev.berth.jobs;

import dev.berth.feed.EventId;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Long work that can be watched, waited for and cancelled.
public final class Job {
    /// A pull changes several times in a millisecond; what counts is told by the item's end anyway.
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(500);
    /// The same for the disk.
    private static final Duration BETWEEN_WRITES = Duration.ofSeconds(1);

    private final Surroundings around;
    private final Changes changes = new Changes();
    private final List<Runnable> onCancel = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    /// What readers see, without a lock: none of them holds the job up.
    private volatile Look shown;
    private volatile boolean cancelled;
    /// How it ends, from when that is certain. It is shown when it is on the disk: no restart takes an end back.
    private Optional<JobView> settled = Optional.empty();
    private Instant progressTold = Instant.EPOCH;
    private double percentTold;
    private Instant written = Instant.EPOCH;

    /// A job as it was seen.
    ///
    /// @param change counts this job's changes
    /// @param id of the change, among those of all jobs
    public record Look(long change, EventId id, JobView view) {}

    /// @param row as it begins, or as an earlier life of the server left it
    Job(JobTable.Row row, Surroundings around) {
        this.around = around;
        this.cancelled = row.cancelled();
        this.shown = new Look(0, around.change(0), row.view());
        if (!row.view().state().ended()) return;
        settled = Optional.of(row.view());
        end.countDown();
    }

    public String id() {
        return view().id();
    }

    public JobView view() {
        return shown.view();
    }

    public Look look() {
        return shown;
    }

    /// Waits until there is something newer to see; whether that came in time.
    public boolean awaitNewer(Look than, Duration limit) throws InterruptedException {
        return changes.awaitBeyond(than.change(), limit);
    }

    /// What the disk should say.
    synchronized JobTable.Row row() {
        return new JobTable.Row(settled.orElseGet(this::view), cancelled);
    }

    /// Those who follow all jobs see it from now on.
    synchronized void appear() {
        show(view());
    }

    private void show(JobView view) {
        changes.add(mine -> around.changes().add(all -> shown = new Look(mine, around.change(all), view)));
    }

    private void write() {
        written = around.clock().instant();
        around.kept().soon(this);
    }

    /// Changes an item; an item that has ended stays as it is.
    public synchronized void item(String name, UnaryOperator<Item> change) {
        Item before = view().items().get(name);
        if (before == null || before.state().ended() || settled.isPresent()) return;
        Item after = change.apply(before);
        if (after.equals(before)) return;
        show(view().with(name, after));
        if (after.state() == before.state()) {
            progressed();
            return;
        }
        around.feed()
                .publish(what("item")
                        .with("item", name)
                        .with("item_state", after.state().word())
                        .with("error", after.error()));
        write();
    }

    /// The last step before a standstill may go untold, and unwritten, until something else moves.
    private void progressed() {
        Instant now = around.clock().instant();
        if (!now.isBefore(written.plus(BETWEEN_WRITES))) write();
        double percent = percent();
        if (percent == percentTold || now.isBefore(progressTold.plus(BETWEEN_PROGRESS))) return;
        percentTold = percent;
        progressTold = now;
        around.feed().publish(what("progress"));
    }

    /// To a tenth, downwards.
    private double percent() {
        return Math.floor(view().percent() * 10) / 10;
    }

    synchronized void queued() {
        appear();
        around.feed().publish(what("queued"));
    }

    private Happening what(String action) {
        JobView view = view();
        return Happening.of(Kind.JOB, action)
                .with("id", view.id())
                .with("kind", view.kind())
                .with("state", view.state().word())
                .with("percent", percent())
                .with("requested_by", view.requestedBy());
    }

    /// Says that somebody has to look at what it left; it fails, however it ends.
    public synchronized void needsAttention(String detail) {
        if (settled.isPresent()) return;
        show(view().needingAttention(detail));
        write();
    }

    /// Asks the work to end; returns at once. What has ended already stays as it is.
    public void cancel() {
        List<Runnable> actions;
        synchronized (this) {
            if (cancelled || settled.isPresent()) return;
            cancelled = true;
            write();
            actions = List.copyOf(onCancel);
        }
        actions.forEach(Runnable::run);
    }

    public boolean cancelled() {
        return cancelled;
    }

    /// Runs `action` when the job is cancelled, at once if it already is.
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                onCancel.add(action);
                return;
            }
        }
        action.run();
    }

    /// Waits for the end; whether it has come. It is on the disk then.
    public boolean await(Duration limit) throws InterruptedException {
        return end.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    synchronized void begin() {
        show(view().running(around.clock().instant()));
        around.feed().publish(what("running"));
        write();
    }

    /// Ends the job: whatever item has not ended by now shares its fate.
    ///
    /// @param fault what broke the work as a whole
    void finish(Optional<String> fault) {
        settle(fault);
        around.kept().now(List.of(this));
        showEnd();
    }

    /// Decides the end, which is not shown yet.
    synchronized void settle(Optional<String> fault) {
        settled = Optional.of(view().ended(cancelled, fault, around.clock().instant()));
    }

    void showEnd() {
        synchronized (this) {
            show(settled.orElseThrow());
            around.feed().publish(what(view().state().word()).with("detail", view().detail()));
        }
        end.countDown();
    }

    boolean allItemsEnded() {
        return view().items().values().stream().allMatch(it -> it.state().ended());
    }

    boolean hasEnded() {
        return view().state().ended();
    }
}
