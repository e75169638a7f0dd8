package dev.berth.images;

import dev.berth.images.registry.RateLimit;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/// The work of one job: every reference on a thread of its own, the number of pulls bounded by [Pulls].
final class PullWork {
    /// What these say is clearer than the engine's words.
    private static final Set<String> OURS = Set.of("registry-unreachable", "registry-limit");

    private final Mirror mirror;
    private final Pulls pulls;
    private final Questions questions;
    private final Freshness freshness;
    private final Job job;
    private final Map<ImageRef, Joined> joined = new ConcurrentHashMap<>();

    /// @param begun false while the pull queues behind others
    private record Joined(Pulls.Waiter waiter, AtomicBoolean begun) {}

    PullWork(Mirror mirror, Pulls pulls, Questions questions, Freshness freshness, Job job) {
        this.mirror = mirror;
        this.pulls = pulls;
        this.questions = questions;
        this.freshness = freshness;
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
        return OURS.contains(failure.code())
                ? failure.detail()
                : failure.engineMessage().orElse(failure.detail());
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
        questions.await(reference);
        if (job.cancelled()) throw new Failure.Cancelled("cancelled before its pull began");
        var begun = new AtomicBoolean();
        try (var waiter = pulls.join(reference, questions.login(reference), (progress, started) -> {
            begun.set(started);
            item(reference, it -> started ? Images.running(it, progress) : it);
        })) {
            job.onCancel(waiter::close);
            joined.put(reference, new Joined(waiter, begun));
            if (questions.isHeldBack(reference)) leaveAlone(reference.domain());
            waiter.await();
        } catch (Failure.Refused limited) {
            questions.limited(reference);
            leaveAlone(reference.domain());
            throw limited;
        } catch (Failure.Cancelled left) {
            throw job.cancelled() || !questions.isHeldBack(reference) ? left : questions.refusal(reference);
        } finally {
            joined.remove(reference);
        }
        return Images.pulled(mirror, freshness, reference);
    }

    /// Pulls of ours that still stand in line must not ask a registry that answers no more.
    private void leaveAlone(String registry) {
        joined.forEach((reference, one) -> {
            if (reference.domain().equals(registry) && !one.begun().get())
                one.waiter().close();
        });
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
        try {
            Optional<Digest> there = questions.latest(tag, rate -> item(tag, it -> with(rate, it)));
            freshness.learned(tag, there);
            if (there.isEmpty()) return Answer.UNKNOWN;
            return Images.hasDigest(image, tag, there.get()) ? Answer.SAME : Answer.OTHER;
        } catch (Failure.Rejected refused) {
            if (!isToBePulledAllTheSame(refused, tag)) throw refused;
            return Answer.OTHER;
        }
    }

    /// An engine that cannot ask (Podman; Docker behind a mirror) can still pull, and a pull of what is here moves no
    /// layer. If the registry is the trouble, the pull says so.
    static boolean isToBePulledAllTheSame(Failure.Rejected refused, ImageRef tag) {
        boolean mirrored = tag.domain().equals("docker.io");
        return mirrored || !refused.code().equals("registry-unreachable");
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
