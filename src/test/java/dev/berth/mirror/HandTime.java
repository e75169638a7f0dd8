package dev.berth.mirror;

import dev.berth.model.Alarm;
import dev.berth.model.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A clock that a test moves by hand, and sleeps that end when the test says so. Sleepers are known by their thread's
/// name.
public final class HandTime implements InstantSource, Pause {
    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(20);

    private final Map<String, Integer> begun = new HashMap<>();
    private final Map<String, Integer> wakes = new HashMap<>();
    private final Map<String, List<Duration>> slept = new HashMap<>();
    private final Set<String> free = new HashSet<>();
    private final Map<String, Duration> awaited = new HashMap<>();
    private int rings;
    private int asleep;
    private Instant now = Instant.parse("2026-02-01T00:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    public synchronized void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public synchronized void sleep(Duration duration) throws InterruptedException {
        String name = Thread.currentThread().getName();
        int mine = begun.merge(name, 1, Integer::sum);
        slept.computeIfAbsent(name, _ -> new ArrayList<>()).add(duration);
        asleep++;
        notifyAll();
        try {
            while (!free.contains(name) && wakes.getOrDefault(name, 0) < mine) wait();
            if (Thread.interrupted()) throw new InterruptedException();
        } finally {
            wakes.merge(name, mine, Math::max);
            asleep--;
            notifyAll();
        }
    }

    /// Never waits, so that rounds can be counted; what it was asked for is kept.
    @Override
    public Alarm alarm() {
        return new Alarm() {
            @Override
            public void await(Duration longest) {
                synchronized (HandTime.this) {
                    awaited.put(Thread.currentThread().getName(), longest);
                }
            }

            @Override
            public void ring() {
                synchronized (HandTime.this) {
                    rings++;
                }
            }
        };
    }

    /// How long this one was to wait for its alarm, the last time.
    public synchronized Optional<Duration> awaited(String name) {
        return Optional.ofNullable(awaited.get(name));
    }

    public synchronized void forgetAwaited() {
        awaited.clear();
    }

    /// How often any alarm has rung.
    public synchronized int rings() {
        return rings;
    }

    /// From now on this one's sleeps end at once.
    public synchronized void free(String name) {
        free.add(name);
        notifyAll();
    }

    public synchronized void hold(String name) {
        free.remove(name);
    }

    /// Ends this one's sleep, once it sleeps.
    public synchronized void wake(String name) {
        awaitSleep(name);
        wakes.put(name, begun.getOrDefault(name, 0));
        notifyAll();
    }

    /// Waits until this one sleeps.
    public synchronized void awaitSleep(String name) {
        until(() -> sleeps(name), name + " does not sleep");
    }

    /// Ends this one's sleep and waits until it sleeps again: what it does in between is done then.
    public synchronized void round(String name) {
        wake(name);
        awaitSleep(name);
    }

    /// How long this one was to sleep, each time.
    public synchronized List<Duration> slept(String name) {
        return List.copyOf(slept.getOrDefault(name, List.of()));
    }

    public synchronized int asleep() {
        return asleep;
    }

    private boolean sleeps(String name) {
        return begun.getOrDefault(name, 0) > wakes.getOrDefault(name, 0);
    }

    private void until(BooleanSupplier done, String complaint) {
        long end = System.currentTimeMillis() + PATIENCE;
        try {
            while (!done.getAsBoolean()) {
                long left = end - System.currentTimeMillis();
                if (left <= 0) throw new AssertionError(complaint);
                wait(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(complaint, interrupted);
        }
    }
}
