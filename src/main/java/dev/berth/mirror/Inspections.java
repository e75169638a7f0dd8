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
    private final Runnable failing;
    private final ExecutorService threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    /// Only what is wanted and not yet seen: a key without an entry has been looked at for every ticket of it.
    private final Map<K, Entry> entries = new HashMap<>();
    /// Of all keys together, so that a key's tickets go on where they were when its entry comes back.
    private long tickets;
    private boolean closed;

    private static final class Entry {
        long wanted;
        long have;
        long failed;
        boolean busy;

        @Nullable
        Failure failure;

        Entry(long have) {
            this.have = have;
        }
    }

    /// Looks at one key and applies what it saw.
    interface Inspector<K> {
        void inspect(K key) throws InterruptedException;
    }

    /// @param parallel how many inspects may be in flight in all
    /// @param failing is run when a look has failed, under the lock: it must not wait
    Inspections(String name, int parallel, Inspector<K> inspector, Runnable failing) {
        this.name = name;
        this.inspector = inspector;
        this.failing = failing;
        this.places = new Semaphore(parallel, true);
        this.threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name).factory());
    }

    /// Wants a look at a key that begins after now; the ticket can be awaited.
    long hint(K key) {
        lock.lock();
        try {
            Entry entry = want(key);
            wake(key, entry);
            return entry.wanted;
        } finally {
            lock.unlock();
        }
    }

    /// Wants a look at each of them, without haste: one worker goes from one to the next, so that only the first
    /// look is on cold caches.
    void hintInTurn(List<K> keys) {
        lock.lock();
        try {
            if (!closed) threads.execute(() -> keys.forEach(this::lookHere));
        } finally {
            lock.unlock();
        }
    }

    private void lookHere(K key) {
        Entry entry;
        lock.lock();
        try {
            entry = want(key);
            if (!takes(entry)) return; // whoever is at work on it looks once more
        } finally {
            lock.unlock();
        }
        work(key, entry);
    }

    private Entry want(K key) {
        Entry entry = entries.computeIfAbsent(key, _ -> new Entry(tickets));
        entry.wanted = ++tickets;
        return entry;
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
                if (closed) throw new Failure.Cancelled("the server is stopping");
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
        if (takes(entry)) threads.execute(() -> work(key, entry));
    }

    /// Whether it is the caller's now to work on.
    private boolean takes(Entry entry) {
        if (entry.busy || closed) return false;
        entry.busy = true;
        entry.failure = null;
        return true;
    }

    private void work(K key, Entry entry) {
        try {
            while (!finished(key, entry)) {
                places.acquire();
                try {
                    look(key, entry);
                } finally {
                    places.release();
                }
            }
        } catch (InterruptedException closing) {
            givenUp(entry);
        }
    }

    private void look(K key, Entry entry) throws InterruptedException {
        long looking = begin(entry); // hints that came while we waited for a place are served too
        try {
            inspector.inspect(key);
            applied(entry, looking);
        } catch (Failure failure) {
            failed(entry, looking, failure);
        } catch (RuntimeException | Error fault) {
            // A fault of ours: whoever waits for this look must hear of it, and the audit tries again.
            System.getLogger(Inspections.class.getName()).log(System.Logger.Level.ERROR, "looking at " + key, fault);
            failed(
                    entry,
                    looking,
                    new Failure.EngineNonsense("what the engine said of " + key + " was not understood", fault));
        }
    }

    /// Whether nothing is left to do now: all is seen, or what is not has failed and waits for another try.
    private boolean finished(K key, Entry entry) {
        lock.lock();
        try {
            boolean seen = entry.have >= entry.wanted;
            if (!seen && (entry.failure == null || entry.failed < entry.wanted)) return false;
            entry.busy = false;
            if (seen) entries.remove(key);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long begin(Entry entry) {
        lock.lock();
        try {
            return entry.wanted;
        } finally {
            lock.unlock();
        }
    }

    private void applied(Entry entry, long looked) {
        lock.lock();
        try {
            entry.have = looked;
            entry.failure = null;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Only what was wanted before the look began has failed: a later hint wants a look of its own.
    private void failed(Entry entry, long looked, Failure failure) {
        lock.lock();
        try {
            entry.failure = failure;
            entry.failed = looked;
            progress.signalAll();
            failing.run();
        } finally {
            lock.unlock();
        }
    }

    private void givenUp(Entry entry) {
        lock.lock();
        try {
            entry.busy = false;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            threads.shutdownNow();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS))
                System.getLogger(Inspections.class.getName())
                        .log(System.Logger.Level.WARNING, "inspects of " + name + " are still in flight");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
