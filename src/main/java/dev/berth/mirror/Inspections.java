package dev.berth.mirror;

import dev.berth.model.Failure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Turns hints into inspects: whatever is hinted at is looked at once more, by an inspect that begins after the
/// hint.
///
/// Of one key at most one inspect is in flight, so that an old answer never overtakes a newer one; a storm of hints
/// on one key costs one inspect at a time.
final class Inspections<K> implements AutoCloseable {
    private final String name;
    private final Inspector<K> inspector;
    private final Semaphore places;
    private final ExecutorService threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final Map<K, Entry> entries = new HashMap<>();

    private static final class Entry {
        long wanted;
        long have;
        long failed;
        boolean busy;
        boolean gone;

        @Nullable
        Failure failure;
    }

    /// Looks at one key and applies what it saw; false if it does not exist.
    interface Inspector<K> {
        boolean inspect(K key) throws InterruptedException;
    }

    /// @param parallel how many inspects may be in flight in all
    Inspections(String name, int parallel, Inspector<K> inspector) {
        this.name = name;
        this.inspector = inspector;
        this.places = new Semaphore(parallel, true);
        this.threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name).factory());
    }

    /// Wants a look at a key that begins after now; the ticket can be awaited.
    long hint(K key) {
        lock.lock();
        try {
            Entry entry = entries.computeIfAbsent(key, _ -> new Entry());
            entry.wanted++;
            wake(key, entry);
            return entry.wanted;
        } finally {
            lock.unlock();
        }
    }

    /// Tries again what failed, once the engine answers again.
    void retryFailed() {
        lock.lock();
        try {
            for (var entry : List.copyOf(entries.entrySet()))
                if (!entry.getValue().busy && entry.getValue().have < entry.getValue().wanted)
                    wake(entry.getKey(), entry.getValue());
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the look that a ticket wants has been applied.
    ///
    /// @throws Failure what the engine answered instead, or `EngineSlow` when the limit is over
    void await(K key, long ticket, Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            Entry entry = entries.get(key);
            if (entry == null) return;
            while (entry.have < ticket) {
                if (entry.failed >= ticket && entry.failure != null) throw entry.failure;
                if (left <= 0) throw new Failure.EngineSlow("the engine did not show " + name + " " + key + " in time");
                left = progress.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Cancelled("interrupted while the engine was asked for " + name + " " + key);
        } finally {
            lock.unlock();
        }
    }

    private void wake(K key, Entry entry) {
        if (entry.busy || threads.isShutdown()) return;
        entry.busy = true;
        threads.execute(() -> work(key, entry));
    }

    private void work(K key, Entry entry) {
        try {
            while (true) {
                if (finished(key, entry)) return;
                places.acquire();
                try {
                    long looking = wantedNow(entry); // hints that came while we waited for a place are served too
                    boolean there = inspector.inspect(key);
                    applied(entry, looking, there);
                } finally {
                    places.release();
                }
            }
        } catch (Failure failure) {
            failed(entry, failure);
        } catch (InterruptedException closing) {
            failed(entry, new Failure.Cancelled("the server is stopping"));
        } catch (RuntimeException fault) {
            // A fault of ours: whoever waits for this look must hear of it, and the audit tries again.
            System.getLogger(Inspections.class.getName()).log(System.Logger.Level.ERROR, "looking at " + key, fault);
            failed(entry, new Failure.EngineNonsense("what the engine said of " + key + " was not understood", fault));
        }
    }

    private boolean finished(K key, Entry entry) {
        lock.lock();
        try {
            if (entry.have < entry.wanted) return false;
            entry.busy = false;
            if (entry.gone) entries.remove(key);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long wantedNow(Entry entry) {
        lock.lock();
        try {
            return entry.wanted;
        } finally {
            lock.unlock();
        }
    }

    private void applied(Entry entry, long looked, boolean there) {
        lock.lock();
        try {
            entry.have = looked;
            entry.gone = !there;
            entry.failure = null;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(Entry entry, Failure failure) {
        lock.lock();
        try {
            entry.failure = failure;
            entry.failed = entry.wanted;
            entry.busy = false;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS))
                System.getLogger(Inspections.class.getName())
                        .log(System.Logger.Level.WARNING, "inspects of " + name + " are still in flight");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
