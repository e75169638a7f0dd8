package dev.berth.engine;

import dev.berth.model.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The fake engine's event bus, with what real ones do to events: lose, repeat, delay and reorder them.
public final class FakeEvents {
    private final Supplier<Instant> clock;
    private final List<EngineEvent> ring = new ArrayList<>();
    private final List<EngineEvent> held = new ArrayList<>();
    private final List<FakeStream<EngineEvent>> followers = new CopyOnWriteArrayList<>();
    private Consumer<EngineEvent> hearer = _ -> {};
    private boolean off;
    private boolean holding;
    private boolean doubling;
    private int dropping;

    FakeEvents(Supplier<Instant> clock) {
        this.clock = clock;
    }

    /// Hears of everything that happens, whether it is said or not.
    void hear(Consumer<EngineEvent> listener) {
        hearer = listener;
    }

    /// From now on nothing is said.
    public synchronized void off() {
        off = true;
    }

    public synchronized void on() {
        off = false;
    }

    /// From now on every event comes twice.
    public synchronized void doubled() {
        doubling = true;
    }

    public synchronized void dropNext(int count) {
        dropping = count;
    }

    /// From now on events are kept back.
    public synchronized void hold() {
        holding = true;
    }

    public synchronized void release() {
        holding = false;
        held.forEach(this::publish);
        held.clear();
    }

    /// Lets out what was kept back, the last first.
    public synchronized void releaseReversed() {
        Collections.reverse(held);
        release();
    }

    public synchronized int followers() {
        return followers.size();
    }

    /// Ends every stream, as a restart of the engine does.
    public synchronized void breakStreams() {
        followers.forEach(it -> it.breakOff(new Failure.EngineNonsense("the engine broke off", null)));
        followers.clear();
    }

    /// Says something, also what the fake itself never would.
    public void say(String type, String action, String id) {
        say(type, action, id, Map.of());
    }

    public void say(String type, String action, String id, Map<String, String> attributes) {
        Instant now = clock.get(); // takes the engine's lock, which comes before this one
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        var event = new EngineEvent(type, action, id, attributes, nanos);
        hearer.accept(event);
        add(event);
    }

    private synchronized void add(EngineEvent event) {
        if (off) return;
        if (dropping > 0) {
            dropping--;
            return;
        }
        ring.add(event);
        if (holding) held.add(event);
        else publish(event);
    }

    synchronized void forget() {
        ring.clear();
        held.clear();
    }

    synchronized EngineStream<EngineEvent> follow(Instant since) {
        long from = TimeUnit.SECONDS.toNanos(since.getEpochSecond()) + since.getNano();
        var following = new FollowersOwn();
        followers.add(following.stream);
        for (EngineEvent event : ring)
            if (event.timeNanos() >= from && !held.contains(event)) following.stream.give(event);
        return following.stream;
    }

    private void publish(EngineEvent event) {
        for (FakeStream<EngineEvent> follower : followers) {
            follower.give(event);
            if (doubling) follower.give(event);
        }
    }

    private final class FollowersOwn {
        private final FakeStream<EngineEvent> stream = new FakeStream<>(this::leave);

        private void leave() {
            followers.remove(stream);
        }
    }
}
