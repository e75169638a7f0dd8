package dev.berth.admission;

import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.stats.SampleTable;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;

/// Tells the feed when more is committed than may be, and when that is over. What containers without a limit use moves
/// without any word, so it is looked at now and then.
public final class Overcommitment implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Overcommitment.class.getName());
    private static final Duration EACH = Duration.ofSeconds(5);

    private final Admission admission;
    private final Supplier<SampleTable> samples;
    private final Feed feed;
    private final Pause pause;
    private final Thread thread = Thread.ofVirtual().name("overcommitment").unstarted(this::run);
    private boolean over;

    /// @param samples the latest of every container, without asking for newer ones: nobody looks at them
    public Overcommitment(Admission admission, Supplier<SampleTable> samples, Feed feed, Pause pause) {
        this.admission = admission;
        this.samples = samples;
        this.feed = feed;
        this.pause = pause;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                pause.sleep(EACH);
                look();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            admission.figures(samples).ifPresent(this::compare);
        } catch (Failure unknown) {
            LOG.log(Level.DEBUG, "the host''s memory is not known: {0}", unknown.detail());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "looking at what is committed failed", fault);
        }
    }

    private void compare(MemoryFigures figures) {
        boolean now = figures.overcommittedBytes() > 0;
        if (now == over) return;
        over = now;
        feed.publish(Happening.of(Kind.ADMISSION, now ? "overcommitted" : "recovered")
                .with("overcommitted_bytes", figures.overcommittedBytes())
                .with("committed_bytes", figures.committedBytes())
                .with("capacity_bytes", figures.capacityBytes()));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
