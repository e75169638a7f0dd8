package dev.berth.images;

import dev.berth.mirror.Mirror;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Brings images up to date for work whose items are something else: each reference once, however many want
/// it.
public final class UpToDate implements AutoCloseable {
    private final Mirror mirror;
    private final Downloads downloads;
    private final Map<ImageRef, FutureTask<Image>> known = new ConcurrentHashMap<>();

    UpToDate(Mirror mirror, Downloads downloads) {
        this.mirror = mirror;
        this.downloads = downloads;
    }

    /// Hears how a pull gets on; must not wait for anything.
    @FunctionalInterface
    public interface Progress {
        /// @param percent 0 to 100, never running backwards
        void moved(double percent, OptionalLong currentBytes, OptionalLong totalBytes);
    }

    /// What a reference names after the registry was asked, and what it has that is newer was pulled. An image
    /// that was made here, or that the registry does not know, stays as it is.
    ///
    /// @param progress hears of the pull, if this is what begins it
    /// @throws Failure why it cannot be said or got
    public Image of(ImageRef reference, Progress progress) throws InterruptedException {
        var mine = new FutureTask<>(() -> found(reference, progress));
        FutureTask<Image> other = known.putIfAbsent(reference, mine);
        if (other == null) mine.run();
        try {
            return (other == null ? mine : other).get();
        } catch (ExecutionException broken) {
            if (broken.getCause() instanceof Failure failure) throw failure;
            if (broken.getCause() instanceof InterruptedException) throw new InterruptedException();
            throw new IllegalStateException("the image of " + reference, broken);
        }
    }

    private Image found(ImageRef reference, Progress progress) throws InterruptedException {
        Optional<Image> here = mirror.snapshot().image(reference);
        if (here.isPresent() && isToStay(here.get(), reference)) return here.get();
        return downloads.download(
                reference, (it, _) -> progress.moved(it.percent(), it.currentBytes(), it.totalBytes()));
    }

    private boolean isToStay(Image here, ImageRef reference) throws InterruptedException {
        return Images.digest(here, reference).isEmpty()
                || downloads.ask(reference, here, _ -> {}) != Downloads.Answer.OTHER;
    }

    /// What the registry calls a reference now; nothing if it does not know it.
    public Optional<Digest> latest(ImageRef reference) throws InterruptedException {
        return downloads.latest(reference, _ -> {});
    }

    @Override
    public void close() {
        downloads.close();
    }
}
