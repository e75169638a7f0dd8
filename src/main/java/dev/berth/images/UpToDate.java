package dev.berth.images;

import dev.berth.jobs.Job;
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
    private final Pulls pulls;
    private final Questions questions;
    private final Freshness freshness;
    private final Optional<Job> job;
    private final Map<ImageRef, FutureTask<Image>> known = new ConcurrentHashMap<>();

    /// @param job whose cancelling ends the pulls
    UpToDate(Mirror mirror, Pulls pulls, Questions questions, Freshness freshness, Optional<Job> job) {
        this.mirror = mirror;
        this.pulls = pulls;
        this.questions = questions;
        this.freshness = freshness;
        this.job = job;
    }

    /// Hears how a pull gets on; must not wait for anything.
    @FunctionalInterface
    public interface Progress {
        /// @param percent 0 to 100, never running backwards
        void moved(double percent, OptionalLong currentBytes, OptionalLong totalBytes);
    }

    /// What a reference names after the registry was asked, and what it has that is newer was pulled. An
    /// image that was
    /// made here, or that the registry does not know, stays as it is.
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
        if (here.isPresent() && Images.digest(here.get(), reference).isEmpty()) return here.get();
        if (here.isPresent()) {
            Optional<Digest> there = Optional.empty();
            try {
                there = latest(reference);
                if (there.isEmpty() || Images.hasDigest(here.get(), reference, there.get())) return here.get();
            } catch (Failure.Rejected refused) {
                if (!PullWork.isToBePulledAllTheSame(refused, reference)) throw refused;
            }
        }
        return download(reference, progress);
    }

    /// What the registry calls a reference now; nothing if it does not know it.
    public Optional<Digest> latest(ImageRef reference) throws InterruptedException {
        Optional<Digest> there = questions.latest(reference, _ -> {});
        freshness.learned(reference, there);
        return there;
    }

    private Image download(ImageRef reference, Progress progress) throws InterruptedException {
        questions.await(reference);
        try (var waiter = pulls.join(
                reference,
                questions.login(reference),
                (it, _) -> progress.moved(it.percent(), it.currentBytes(), it.totalBytes()))) {
            job.ifPresent(it -> it.onCancel(waiter::close));
            waiter.await();
        } catch (Failure.Refused limited) {
            questions.limited(reference);
            throw limited;
        }
        return Images.pulled(mirror, freshness, reference);
    }

    @Override
    public void close() {
        questions.close();
    }
}
