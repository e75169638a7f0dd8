package dev.berth.jobs;

import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Long work that can be watched, waited for and cancelled.
public final class Job {
    /// A pull changes several times in a millisecond; what counts is told by the item's end anyway.
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(500);

    private final String id;
    private final String kind;
    private final String requestedBy;
    private final InstantSource clock;
    private final Instant created;
    private final TreeMap<String, Item> items = new TreeMap<>();
    private final List<Runnable> onCancel = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private JobState state = JobState.QUEUED;
    private Optional<Instant> started = Optional.empty();
    private Optional<Instant> finished = Optional.empty();
    private Optional<String> detail = Optional.empty();
    private boolean cancelled;
    private final Feed feed;
    private Instant progressTold = Instant.EPOCH;
    private double percentTold;

    /// @param feed is told of every change, after it shows here
    Job(String id, String kind, String requestedBy, Iterable<String> itemNames, InstantSource clock, Feed feed) {
        this.feed = feed;
        this.id = id;
        this.kind = kind;
        this.requestedBy = requestedBy;
        this.clock = clock;
        this.created = clock.instant();
        for (String name : itemNames) items.put(name, Item.QUEUED);
    }

    public String id() {
        return id;
    }

    public synchronized JobView view() {
        return new JobView(
                id,
                kind,
                state,
                requestedBy,
                created,
                started,
                finished,
                detail,
                Collections.unmodifiableSortedMap(new TreeMap<>(items)));
    }

    /// Changes an item; an item that has ended stays as it is.
    public synchronized void item(String name, UnaryOperator<Item> change) {
        Item before = items.get(name);
        if (before == null || before.state().ended()) return;
        Item after = change.apply(before);
        items.put(name, after);
        if (after.state() != before.state())
            feed.publish(what("item")
                    .with("item", name)
                    .with("item_state", after.state().word())
                    .with("error", after.error()));
        else progressed();
    }

    /// The last step before a standstill may go untold until something else moves.
    private void progressed() {
        double percent = percent();
        Instant now = clock.instant();
        if (percent == percentTold || now.isBefore(progressTold.plus(BETWEEN_PROGRESS))) return;
        percentTold = percent;
        progressTold = now;
        feed.publish(what("progress"));
    }

    /// To a tenth, downwards.
    private double percent() {
        return Math.floor(view().percent() * 10) / 10;
    }

    void queued() {
        feed.publish(what("queued"));
    }

    private synchronized Happening what(String action) {
        return Happening.of(Kind.JOB, action)
                .with("id", id)
                .with("kind", kind)
                .with("state", state.word())
                .with("percent", percent())
                .with("requested_by", requestedBy);
    }

    /// Asks the work to end; returns at once. What has ended already stays as it is.
    public void cancel() {
        List<Runnable> actions;
        synchronized (this) {
            if (cancelled || state.ended()) return;
            cancelled = true;
            actions = List.copyOf(onCancel);
        }
        actions.forEach(Runnable::run);
    }

    public synchronized boolean cancelled() {
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

    /// Waits for the end; whether it has come.
    public boolean await(Duration limit) throws InterruptedException {
        return end.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    synchronized void begin() {
        state = JobState.RUNNING;
        started = Optional.of(clock.instant());
        feed.publish(what("running"));
    }

    /// Ends the job: whatever item has not ended by now shares its fate.
    ///
    /// @param fault what broke the work as a whole
    void finish(Optional<String> fault) {
        synchronized (this) {
            items.replaceAll((_, item) -> {
                if (item.state().ended()) return item;
                return cancelled ? item.cancelled() : item.failed(fault.orElse("was not done"));
            });
            boolean failed = fault.isPresent() || items.values().stream().anyMatch(it -> it.state() == JobState.FAILED);
            state = cancelled ? JobState.CANCELLED : failed ? JobState.FAILED : JobState.SUCCEEDED;
            detail = fault;
            finished = Optional.of(clock.instant());
            feed.publish(what(state.word()).with("detail", detail));
        }
        end.countDown();
    }

    synchronized Optional<Instant> finished() {
        return finished;
    }
}
