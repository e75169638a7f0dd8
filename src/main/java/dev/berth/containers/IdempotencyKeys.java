package dev.berth.containers;

import dev.berth.containers.KeyTable.OwnedKey;
import dev.berth.containers.KeyTable.Row;
import dev.berth.model.Failure;
import dev.berth.store.Database;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/// Remembers for a day which container a create with an `Idempotency-Key` led to, so that a retry makes no second one,
/// whatever died in between.
public final class IdempotencyKeys {
    private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");

    private final KeyTable table;
    private final InstantSource clock;
    private final Set<OwnedKey> running = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    public IdempotencyKeys(Database database, InstantSource clock) {
        this.table = new KeyTable(database);
        this.clock = clock;
    }

    /// What is known of a key.
    public sealed interface Entry {}

    /// Nobody has used the key: do it, and tell the attempt how it ended.
    public record Fresh(Attempt attempt) implements Entry {}

    /// It is not known how an earlier attempt ended: look for a container with the label `berth.op` = `operation`, and
    /// tell this attempt.
    public record Unfinished(Attempt attempt, String operation) implements Entry {}

    /// An earlier attempt succeeded.
    ///
    /// @param answer what was answered, if it was kept
    public record Done(String container, Optional<String> answer) implements Entry {}

    /// Looks a key up and takes it if it is free, on the disk before this returns. Waits while another attempt with the
    /// same key and body is under way.
    ///
    /// @param operation what the container's label will say
    /// @throws Failure.Conflict if the key was used with another body
    public Entry begin(String caller, String key, String bodyHash, String operation) throws InterruptedException {
        if (!KEY.matcher(key).matches())
            throw new Failure.Invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
        var id = new OwnedKey(caller, key);
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<Row> row = table.find(id, clock.instant());
                if (row.isPresent() && !row.get().bodyHash().equals(bodyHash)) throw reused(key);
                if (row.isPresent() && row.get().container().isPresent())
                    return new Done(row.get().container().get(), row.get().answer());
                if (!running.contains(id)) return taken(id, row, bodyHash, operation);
                while (running.contains(id)) ended.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private Entry taken(OwnedKey id, Optional<Row> unfinished, String bodyHash, String operation) {
        Row row = unfinished.orElseGet(() -> new Row(bodyHash, operation, Optional.empty(), Optional.empty()));
        if (unfinished.isEmpty()) table.write(id, row, clock.instant());
        running.add(id);
        var attempt = new Attempt(id, row);
        return unfinished.isEmpty() ? new Fresh(attempt) : new Unfinished(attempt, row.operation());
    }

    private static Failure reused(String key) {
        return new Failure.Conflict(
                "idempotency-key-reused",
                "the Idempotency-Key '" + key + "' was used with another body; take a new key for a new request");
    }

    /// Keeps the answer to a create that succeeded, for its retries.
    public void answered(String caller, String key, String answer) {
        table.answered(new OwnedKey(caller, key), answer);
    }

    /// The right to do what a key stands for, until it is told how that ended.
    public final class Attempt implements AutoCloseable {
        private final OwnedKey id;
        private final Row row;
        private boolean over;

        private Attempt(OwnedKey id, Row row) {
            this.id = id;
            this.row = row;
        }

        /// Keeps the container for retries. If that fails, the attempt ends undecided.
        public void succeeded(String container) {
            end(() -> table.write(
                    id,
                    new Row(row.bodyHash(), row.operation(), Optional.of(container), Optional.empty()),
                    clock.instant()));
        }

        /// Ends without knowing whether a container was or will be made: the next one with this key gets [Unfinished].
        public void undecided() {
            end(() -> {});
        }

        /// A failure, unless something else was said before: the key is free again.
        @Override
        public void close() {
            end(() -> table.remove(id, row.operation()));
        }

        private void end(Runnable write) {
            lock.lock();
            try {
                if (over) return;
                over = true;
                try {
                    write.run();
                } finally {
                    running.remove(id);
                    ended.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
