package dev.berth.containers;

import dev.berth.admission.Hold;
import dev.berth.mirror.Mirror;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// Gives held memory back once the mirror shows what became of it, however long the engine is away: what was asked of
/// one that then fell silent may still take effect.
final class Settling implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Settling.class.getName());
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Mirror mirror;
    private final Pause pause;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("settling").factory());

    Settling(Mirror mirror, Pause pause) {
        this.mirror = mirror;
        this.pause = pause;
    }

    /// Returns at once.
    void settle(Hold hold, ContainerId id) {
        begin(() -> untilShown(hold, id));
    }

    /// The same, but not before a second has passed.
    void settleLater(Hold hold, ContainerId id) {
        begin(() -> {
            pause.sleep(AGAIN);
            untilShown(hold, id);
        });
    }

    private interface Waiting {
        void run() throws InterruptedException;
    }

    private void begin(Waiting work) {
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                } catch (Failure.Cancelled stopping) {
                    LOG.log(Level.DEBUG, "the server stops; what it held ends with it");
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.log(Level.DEBUG, "the server stops; what it held ends with it");
        }
    }

    private void untilShown(Hold hold, ContainerId id) throws InterruptedException {
        while (!shown(id)) pause.sleep(AGAIN);
        hold.close();
    }

    private boolean shown(ContainerId id) {
        try {
            mirror.refresh(id);
            return true;
        } catch (Failure.EngineDown | Failure.EngineSlow | Failure.EngineNonsense away) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
