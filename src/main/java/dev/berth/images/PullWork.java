package dev.berth.images;

import dev.berth.engine.EngineImages;
import dev.berth.engine.RegistryAuth;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.mirror.Mirror;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The work of one job: every reference on a thread of its own, the number of pulls bounded by [Pulls].
final class PullWork {
    /// Questions to registries in flight; a host with hundreds of tags must not ask them all at once.
    private static final int QUESTIONS = 4;

    private final EngineImages engine;
    private final Mirror mirror;
    private final Pulls pulls;
    private final Function<ImageRef, RegistryAuth> auth;
    private final Job job;
    private final java.util.concurrent.Semaphore questions = new java.util.concurrent.Semaphore(QUESTIONS, true);

    PullWork(EngineImages engine, Mirror mirror, Pulls pulls, Function<ImageRef, RegistryAuth> auth, Job job) {
        this.engine = engine;
        this.mirror = mirror;
        this.pulls = pulls;
        this.auth = auth;
        this.job = job;
    }

    void pull(Collection<ImageRef> references) {
        each(references, this::pull);
    }

    void update(Collection<ImageRef> tags) {
        each(tags, this::update);
    }

    private interface Step {
        void run(ImageRef reference) throws InterruptedException;
    }

    private void each(Collection<ImageRef> references, Step step) {
        try (var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("pull item").factory())) {
            for (ImageRef reference : references) threads.execute(() -> guarded(reference, step));
        }
    }

    private void guarded(ImageRef reference, Step step) {
        try {
            if (!job.cancelled()) step.run(reference);
        } catch (Failure.Cancelled cancelled) {
            if (!job.cancelled()) item(reference, it -> it.failed(cancelled.detail()));
        } catch (Failure failure) {
            item(reference, it -> it.failed(failure.engineMessage().orElse(failure.detail())));
        } catch (InterruptedException stopping) {
            item(reference, it -> it.failed("interrupted by the end of the server"));
        }
    }

    private void pull(ImageRef reference) throws InterruptedException {
        Optional<String> before = mirror.snapshot().image(reference).flatMap(it -> Images.digest(it, reference));
        item(reference, it -> it.before(before));
        Image image = download(reference);
        item(reference, it -> it.succeeded(Images.digest(image, reference)));
    }

    private Image download(ImageRef reference) throws InterruptedException {
        if (job.cancelled()) throw new Failure.Cancelled("cancelled before its pull began");
        try (var waiter = pulls.join(
                reference,
                auth.apply(reference),
                (progress, started) -> item(reference, it -> started ? Images.running(it, progress) : it))) {
            job.onCancel(waiter::close);
            waiter.await();
        }
        return Images.pulled(mirror, reference);
    }

    private void update(ImageRef tag) throws InterruptedException {
        Optional<Image> image = mirror.snapshot().image(tag);
        if (image.isEmpty()) {
            item(tag, it -> it.skipped("the tag is gone"));
            return;
        }
        Optional<String> here = Images.digest(image.get(), tag);
        item(tag, it -> it.running().before(here));
        if (here.isEmpty()) {
            // Made here and never pushed. A stranger's image of the same name in a public registry must not replace it.
            item(tag, it -> it.skipped("a local image: it has no digest of a registry"));
            return;
        }
        switch (ask(tag, image.get())) {
            case SAME -> item(tag, Item::unchanged);
            case UNKNOWN -> item(tag, it -> it.skipped("the registry does not know it"));
            case OTHER -> {
                Image after = download(tag);
                boolean same = after.id().equals(image.get().id());
                item(tag, it -> same ? it.unchanged() : it.succeeded(Images.digest(after, tag)));
            }
        }
    }

    private enum Answer {
        SAME,
        OTHER,
        UNKNOWN
    }

    private Answer ask(ImageRef tag, Image image) throws InterruptedException {
        questions.acquire();
        try {
            Digest there = engine.remoteDigest(tag, auth.apply(tag));
            boolean same = image.digests().stream()
                    .anyMatch(it -> it.sameRepository(tag) && it.digest().equals(Optional.of(there)));
            return same ? Answer.SAME : Answer.OTHER;
        } catch (Failure.Rejected refused) {
            // An engine that cannot ask (Podman; Docker behind a mirror) can still pull, and a pull of what is here
            // moves no
            // layer. If the registry is the trouble, the pull says so.
            return refused.code().equals("image-not-found") ? Answer.UNKNOWN : Answer.OTHER;
        } finally {
            questions.release();
        }
    }

    private void item(ImageRef reference, UnaryOperator<Item> change) {
        job.item(reference.toString(), change);
    }
}
