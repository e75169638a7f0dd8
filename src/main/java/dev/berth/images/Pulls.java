package dev.berth.images;

import dev.berth.engine.EngineImages;
import dev.berth.engine.EngineStream;
import dev.berth.engine.PullStep;
import dev.berth.engine.RegistryAuth;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Runs every pull once, however many wait for it, and a few at a time.
///
/// Pulls are shared only by callers with the same credentials: else the right of the second one would go untested.
final class Pulls implements AutoCloseable {
    private final EngineImages engine;
    private final Map<Key, Pull> running = new HashMap<>();
    /// Who waits for a place; guarded, as `places` is, by `running`.
    private final Deque<Pull> line = new ArrayDeque<>();
    private int places;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("pull").factory());

    private record Key(ImageRef reference, RegistryAuth auth) {}

    /// @param parallel how many pulls may run at once; the others queue, first come, first served
    Pulls(EngineImages engine, int parallel) {
        this.engine = engine;
        this.places = parallel;
    }

    /// Joins the running pull of this reference, or begins one.
    Waiter join(ImageRef reference, RegistryAuth auth, ProgressListener listener) {
        synchronized (running) {
            var key = new Key(reference, auth);
            Pull pull = running.get(key);
            if (pull == null) {
                pull = new Pull(key);
                running.put(key, pull);
                line.add(pull);
            }
            Waiter waiter = pull.join(listener);
            admit();
            return waiter;
        }
    }

    /// Called with `running`'s lock held.
    private void admit() {
        while (places > 0 && !line.isEmpty() && !threads.isShutdown()) {
            Pull next = line.remove();
            places--;
            threads.execute(next::run);
        }
    }

    /// Hears of a pull's progress; must not wait for anything.
    interface ProgressListener {
        ProgressListener NONE = (_, _) -> {};

        /// @param started false while the pull queues behind others
        void progress(PullProgress progress, boolean started);
    }

    /// One who waits for a pull. When the last one leaves, the pull is cancelled and no more bytes move.
    final class Waiter implements AutoCloseable {
        private final Pull pull;
        private final ProgressListener listener;
        private boolean left;

        private Waiter(Pull pull, ProgressListener listener) {
            this.pull = pull;
            this.listener = listener;
        }

        /// Waits for the end.
        ///
        /// @throws Failure why the image did not come, `Cancelled` after `close`
        void await() throws InterruptedException {
            synchronized (pull) {
                while (!pull.ended && !left) pull.wait();
                if (left) throw new Failure.Cancelled("the pull was cancelled");
                if (pull.failure.isPresent()) throw pull.failure.get();
            }
        }

        @Override
        public void close() {
            synchronized (running) {
                synchronized (pull) {
                    if (left) return;
                    left = true;
                    pull.waiters.remove(this);
                    pull.notifyAll();
                    if (pull.waiters.isEmpty() && !pull.ended) pull.cancel();
                }
            }
        }
    }

    /// One download. Its fields are guarded by itself; `running`'s lock is taken before it.
    private final class Pull {
        private final Key key;
        private final PullProgress progress = new PullProgress();
        private final List<Waiter> waiters = new ArrayList<>();
        private Optional<EngineStream<PullStep>> stream = Optional.empty();
        private Optional<Failure> failure = Optional.empty();
        private boolean started;
        private boolean cancelled;
        private boolean ended;

        Pull(Key key) {
            this.key = key;
        }

        Waiter join(ProgressListener listener) {
            synchronized (this) {
                var waiter = new Waiter(this, listener);
                waiters.add(waiter);
                listener.progress(progress, started);
                return waiter;
            }
        }

        /// A newcomer must not join what is being cancelled: it leaves the table at once. Called with both locks
        /// held.
        void cancel() {
            cancelled = true;
            running.remove(key, this);
            if (line.remove(this)) ended(Optional.empty());
            else stream.ifPresent(EngineStream::close);
        }

        void run() {
            Optional<Failure> outcome = Optional.of(new Failure.EngineNonsense("the pull broke; see the log", null));
            try {
                download();
                outcome = Optional.empty();
            } catch (Failure refused) {
                outcome = Optional.of(refused);
            } catch (RuntimeException fault) {
                System.getLogger(Pulls.class.getName()).log(Level.ERROR, "the pull of " + key.reference(), fault);
            } finally {
                end(outcome);
            }
        }

        private void download() {
            synchronized (this) {
                if (cancelled) return;
                started = true;
                stream = Optional.of(engine.pull(key.reference(), key.auth()));
                tell();
            }
            try (var steps = stream.orElseThrow()) {
                for (var step = steps.next(); step.isPresent(); step = steps.next()) {
                    synchronized (this) {
                        progress.follow(step.get());
                        tell();
                    }
                }
            }
        }

        private void tell() {
            for (Waiter waiter : waiters) waiter.listener.progress(progress, started);
        }

        private void end(Optional<Failure> outcome) {
            synchronized (running) {
                running.remove(key, this);
                places++;
                admit();
                synchronized (this) {
                    ended(outcome);
                }
            }
        }

        private void ended(Optional<Failure> outcome) {
            ended = true;
            failure = cancelled ? Optional.of(new Failure.Cancelled("the pull was cancelled")) : outcome;
            notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (running) {
            for (Pull pull : List.copyOf(running.values()))
                synchronized (pull) {
                    pull.cancel();
                }
        }
        threads.shutdown();
        try {
            if (!threads.awaitTermination(2, TimeUnit.SECONDS)) threads.shutdownNow();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            threads.shutdownNow();
        }
    }
}
