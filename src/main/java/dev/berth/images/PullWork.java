package dev.berth.images;

import dev.berth.images.registry.RateLimit;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// The work of one job: every reference on a thread of its own, the number of pulls bounded by [Pulls].
final class PullWork {
    /// What these say is clearer than the engine's words.
    private static final Set<String> OURS = Set.of("registry-unreachable", "registry-limit");

    private final Mirror mirror;
    private final Downloads downloads;
    private final Job job;

    PullWork(Mirror mirror, Downloads downloads, Job job) {
        this.mirror = mirror;
        this.downloads = downloads;
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
            item(reference, it -> after(failure, it).failed(words(failure)));
        } catch (InterruptedException stopping) {
            item(reference, it -> it.failed("interrupted by the end of the server"));
        }
    }

    private static String words(Failure failure) {
        return OURS.contains(failure.code()) ? failure.detail() : failure.said();
    }

    private static Item after(Failure failure, Item item) {
        return failure.figures().get("retry_after_seconds") instanceof Long seconds
                ? item.with("retry_after_seconds", Json.of(seconds))
                : item;
    }

    private void pull(ImageRef reference) throws InterruptedException {
        Optional<String> before = mirror.snapshot().image(reference).flatMap(it -> Images.digest(it, reference));
        item(reference, it -> it.before(before));
        Image image = download(reference);
        item(reference, it -> it.succeeded(Images.digest(image, reference)));
    }

    private Image download(ImageRef reference) throws InterruptedException {
        return downloads.download(
                reference, (progress, started) -> item(reference, it -> started ? Images.running(it, progress) : it));
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
        switch (downloads.ask(tag, image.get(), rate -> item(tag, it -> with(rate, it)))) {
            case SAME -> item(tag, Item::unchanged);
            case UNKNOWN -> item(tag, it -> it.skipped("the registry does not know it"));
            case OTHER -> {
                Image after = download(tag);
                boolean same = after.id().equals(image.get().id());
                item(tag, it -> same ? it.unchanged() : it.succeeded(Images.digest(after, tag)));
            }
        }
    }

    private static Item with(RateLimit rate, Item item) {
        Item told = item;
        if (rate.limit().isPresent())
            told = told.with("ratelimit_limit", Json.of(rate.limit().getAsLong()));
        if (rate.remaining().isPresent())
            told = told.with("ratelimit_remaining", Json.of(rate.remaining().getAsLong()));
        Optional<Json> later = rate.retryAfter().map(it -> Json.of(it.toSeconds()));
        // What a registry wanted before it answered after all is over.
        if (later.isPresent() || told.more().containsKey("retry_after_seconds"))
            told = told.with("retry_after_seconds", later.orElse(Json.Null.VALUE));
        return told;
    }

    private void item(ImageRef reference, UnaryOperator<Item> change) {
        job.item(reference.toString(), change);
    }
}
