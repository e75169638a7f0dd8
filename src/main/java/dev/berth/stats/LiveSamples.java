package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Hands every sample to whoever follows its container. Nobody who is slow is waited for: he loses the oldest, and
/// is told how many.
public final class LiveSamples {
    private static final int MOST_WAITING = 16;

    private final Map<ContainerId, List<Subscription>> followers = new ConcurrentHashMap<>();
    private final Runnable joining;

    /// @param joining is told whenever somebody begins to follow
    public LiveSamples(Runnable joining) {
        this.joining = joining;
    }

    /// What comes to a follower.
    public sealed interface Item {
        /// How many samples were lost before it.
        long lost();

        record Sampled(Sample sample, long lost) implements Item {}

        /// The container is gone; nothing follows.
        record Ended(long lost) implements Item {}
    }

    /// Follows one container from now on, until it is closed.
    public Subscription follow(ContainerId id) {
        var subscription = new Subscription(id);
        followers.merge(id, List.of(subscription), LiveSamples::joined);
        joining.run();
        return subscription;
    }

    private static List<Subscription> joined(List<Subscription> some, List<Subscription> more) {
        List<Subscription> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /// Whether anybody follows any container.
    public boolean any() {
        return !followers.isEmpty();
    }

    /// How many subscriptions are open.
    public int count() {
        return followers.values().stream().mapToInt(List::size).sum();
    }

    /// Gives a sample to those who follow its container. It should be in the history by then: who comes late reads
    /// that first.
    public void offer(ContainerId id, Sample sample) {
        List<Subscription> all = followers.get(id);
        if (all != null) for (Subscription each : all) each.offer(sample);
    }

    /// Tells those who follow a container that it has been removed.
    public void end(ContainerId id) {
        for (Subscription each : followers.getOrDefault(id, List.of())) each.end();
    }

    /// The samples of one container on their way to one follower.
    public final class Subscription implements AutoCloseable {
        private final ContainerId id;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition something = lock.newCondition();
        private final ArrayDeque<Sample> waiting = new ArrayDeque<>(MOST_WAITING);
        private long lost;
        private boolean ended;

        private Subscription(ContainerId id) {
            this.id = id;
        }

        private void offer(Sample sample) {
            change(() -> {
                if (ended) return;
                if (waiting.size() == MOST_WAITING) {
                    waiting.removeFirst();
                    lost++;
                }
                waiting.addLast(sample);
            });
        }

        private void end() {
            change(() -> ended = true);
        }

        private void change(Runnable what) {
            lock.lock();
            try {
                what.run();
                something.signal();
            } finally {
                lock.unlock();
            }
        }

        /// The next sample, or the end after all of them; nothing if neither comes in time.
        public Optional<Item> next(Duration wait) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                for (long left = wait.toNanos(); waiting.isEmpty() && !ended; left = something.awaitNanos(left))
                    if (left <= 0) return Optional.empty();
                long before = lost;
                lost = 0;
                return Optional.of(
                        waiting.isEmpty() ? new Item.Ended(before) : new Item.Sampled(waiting.removeFirst(), before));
            } finally {
                lock.unlock();
            }
        }

        /// May be called twice.
        @Override
        public void close() {
            followers.computeIfPresent(id, (_, all) -> {
                List<Subscription> others =
                        all.stream().filter(it -> it != this).toList();
                return others.isEmpty() ? null : others;
            });
        }
    }
}
