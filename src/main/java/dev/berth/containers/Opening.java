package dev.berth.containers;

import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.model.Status;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Holds back the first promise of memory after a life of this server that ended in the middle of something: a
/// start that it asked for may still be under way in the engine, and shows only when it is done.
final class Opening implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Opening.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final Mirror mirror;
    private final Pause pause;
    private final CountDownLatch open;
    private final Thread thread;

    Opening(Mirror mirror, boolean endedCleanly, Pause pause) {
        this.mirror = mirror;
        this.pause = pause;
        this.open = new CountDownLatch(endedCleanly ? 0 : 1);
        this.thread = Thread.ofVirtual().name("opening").unstarted(this::run);
    }

    void start() {
        if (open.getCount() > 0) thread.start();
    }

    /// @throws Failure.EngineDown if it takes longer than anybody should wait
    void await() throws InterruptedException {
        if (!open.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS))
            throw new Failure.EngineDown("what the last life of this server left is still being looked at", null);
    }

    private void run() {
        try {
            pause.sleep(PATIENCE);
            while (!looked()) pause.sleep(AGAIN);
            open.countDown();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean looked() {
        if (!mirror.snapshot().state().connected()) return false;
        try {
            for (Container container : mirror.snapshot().containers().values())
                if (container.status() != Status.RUNNING) mirror.refresh(container.id());
            return true;
        } catch (Failure away) {
            LOG.log(Level.DEBUG, "not yet open: {0}", away.detail());
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
