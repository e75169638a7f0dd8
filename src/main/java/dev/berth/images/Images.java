package dev.berth.images;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineImages;
import dev.berth.engine.RegistryAuth;
import dev.berth.feed.Feed;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.Mirror;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import dev.berth.model.Pause;
import dev.berth.model.Status;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// Brings images to the engine, up to date, and away.
public final class Images implements AutoCloseable {
    /// How often a question waits because a registry wants that.
    private static final int WAITS = 2;

    private final Engine engine;
    private final Mirror mirror;
    private final Jobs jobs;
    private final Registries registries;
    private final Freshness freshness;
    private final Pulls pulls;
    private final KeptImages kept = new KeptImages();
    private final Prune prune;
    private final Optional<UpdateCheck> check;

    /// @param feed is told of updates that have become available
    public Images(
            Engine engine,
            Mirror mirror,
            Jobs jobs,
            Feed feed,
            Registries registries,
            ImagesSettings settings,
            InstantSource clock,
            Pause pause,
            RandomGenerator random) {
        this.engine = engine;
        this.mirror = mirror;
        this.jobs = jobs;
        this.registries = registries;
        this.freshness = new Freshness(mirror, feed);
        this.pulls = new Pulls(engine.images(), settings.parallelPulls());
        this.prune = new Prune(engine.images(), mirror, kept, clock);
        this.check = settings.checkEvery().map(it -> new UpdateCheck(mirror, registries, freshness, it, pause, random));
    }

    /// Begins to look for updates, if that is wanted.
    public void start() {
        check.ifPresent(UpdateCheck::start);
    }

    /// What is known of newer images.
    public Freshness freshness() {
        return freshness;
    }

    /// Begins to pull some images; each is an item with a fate of its own.
    ///
    /// @param header the caller's credentials, as the engine's `X-Registry-Auth`; else those of the configuration
    ///     file
    /// @throws Failure.Invalid if the header is none
    public Job pull(Collection<ImageRef> references, Optional<String> header, String requestedBy) {
        Optional<RegistryAuth> given = header.map(Credentials::given);
        mirror.requireConnected();
        SequencedSet<ImageRef> wanted = new LinkedHashSet<>(references);
        String sameness = "pull " + new TreeSet<>(names(wanted))
                + given.map(RegistryAuth::header).orElse("");
        return jobs.start("pull", sameness, requestedBy, names(wanted), job -> {
            try (var downloads = downloads(given, job)) {
                new PullWork(mirror, downloads, job).pull(wanted);
            }
        });
    }

    private Downloads downloads(Optional<RegistryAuth> given, Job job) {
        var questions = registries.questions(given, WAITS, job::cancelled);
        return new Downloads(mirror, pulls, questions, freshness, Optional.of(job));
    }

    /// Brings images up to date for a job whose items are something else. Whoever takes it closes it.
    public UpToDate upToDate(Job job) {
        return new UpToDate(mirror, downloads(Optional.empty(), job));
    }

    /// The same for somebody who only wants to look, and does not wait for registries that are tired of questions.
    public UpToDate upToDate() {
        var questions = registries.questions(Optional.empty(), 0, () -> false);
        return new UpToDate(mirror, new Downloads(mirror, pulls, questions, freshness, Optional.empty()));
    }

    /// Begins to bring every tag up to date: only what the registry holds a newer digest of is pulled.
    public Job updateAll(String requestedBy) {
        mirror.requireConnected();
        List<ImageRef> tags = updatable();
        return jobs.start("updateall", "updateall", requestedBy, names(tags), job -> {
            try (var downloads = downloads(Optional.empty(), job)) {
                new PullWork(mirror, downloads, job).update(tags);
            }
        });
    }

    /// Every tag on this engine: what `updateAll` would look at.
    public List<ImageRef> updatable() {
        return mirror.known().images().values().stream()
                .flatMap(it -> it.tags().stream())
                .toList();
    }

    /// Makes sure that an image is here and returns it, with one pull at most.
    ///
    /// @param always asks the registry even if it is here
    /// @param never does not ask the registry at all
    /// @throws Failure.NotFound if it is not here and may not be pulled
    public Image require(ImageRef reference, boolean always, boolean never, Optional<String> header)
            throws InterruptedException {
        Optional<Image> here = mirror.snapshot().image(reference);
        if (here.isPresent() && !always) return here.get();
        if (never)
            return here.orElseThrow(() -> new Failure.NotFound(
                    "no-such-image", "the image '" + reference + "' is not here, and \"pull\" is \"never\""));
        RegistryAuth auth = header.isPresent() ? Credentials.given(header.get()) : registries.login(reference);
        try (var waiter = pulls.join(reference, auth, Pulls.ProgressListener.NONE)) {
            waiter.await();
        }
        return pulled(mirror, freshness, reference);
    }

    /// What the engine shows after a pull; a pull without an error that brought nothing is a failure.
    static Image pulled(Mirror mirror, Freshness freshness, ImageRef reference) {
        Image image = mirror.refresh(reference)
                .orElseThrow(() -> new Failure.Rejected(
                        "pull-refused",
                        "the engine pulled '" + reference + "' without an error, but does not have it"));
        Optional<Digest> digest = digest(image, reference).map(Digest::new);
        if (reference.digest().isEmpty() && digest.isPresent()) freshness.learned(reference, digest);
        return image;
    }

    /// Gives an image a further name, which another may have had, and returns it as it is shown from now on.
    ///
    /// @throws Failure.Invalid if the name has a digest
    public Image tag(String named, ImageRef name) {
        mirror.requireConnected();
        if (name.digest().isPresent()) throw new Failure.Invalid("an image is named without a digest");
        Image image = mirror.known().image(named);
        try {
            engine.images().tag(image.id(), name);
        } finally {
            mirror.refresh(name);
        }
        return mirror.refresh(image.id())
                .orElseThrow(() -> new Failure.NotFound("no-such-image", "the image has been removed meanwhile"));
    }

    /// What a prune would remove: tags, and ids of images without one.
    public List<String> prunable(PruneRule rule) {
        return prune.candidates(rule).stream()
                .flatMap(it -> Prune.items(it).stream())
                .sorted()
                .toList();
    }

    /// Images that a prune leaves, used or not, until it is closed.
    public Keeping keep(Collection<ImageId> ids) {
        return kept.keep(ids);
    }

    /// Closed by whoever needs the images no more.
    @FunctionalInterface
    public interface Keeping extends AutoCloseable {
        @Override
        void close();
    }

    /// Begins to remove the images that no container uses, running or not.
    public Job prune(PruneRule rule, String requestedBy) {
        mirror.requireConnected();
        List<Image> images = prune.candidates(rule);
        List<String> items =
                images.stream().flatMap(it -> Prune.items(it).stream()).toList();
        return jobs.start("prune", "prune " + rule, requestedBy, items, job -> prune.run(job, images));
    }

    /// Which tags and images a removal by this name is about; an image's id stands for the image with every tag of
    /// it.
    ///
    /// @throws Failure.Conflict if containers use it (`force` overrides stopped ones)
    public Removal plan(String named, boolean force) {
        Image image = mirror.known().image(named);
        List<ImageRef> tags = byReference(image, named).map(List::of).orElseGet(image::tags);
        boolean whole = tags.size() >= image.tags().size();
        if (whole) refuseIfUsed(image, force);
        return new Removal(image, tags, whole);
    }

    private static Optional<ImageRef> byReference(Image image, String named) {
        try {
            ImageRef reference = ImageRef.parse(named);
            return image.tags().stream().filter(reference::equals).findFirst();
        } catch (Failure.Invalid anId) {
            return Optional.empty();
        }
    }

    private void refuseIfUsed(Image image, boolean force) {
        var users = mirror.snapshot().using(image.id()).stream()
                .filter(it -> !force || it.status().alive() || it.status() == Status.RESTARTING)
                .map(it -> it.name() + " (" + it.status().word() + ")")
                .toList();
        if (users.isEmpty()) return;
        throw new Failure.Conflict("image-in-use", "used by " + String.join(", ", users)).with("containers", users);
    }

    /// Removes tags, and the image with the last of them.
    public Removed remove(String named, boolean force) {
        mirror.requireConnected();
        Removal removal = plan(named, force);
        List<String> untagged = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        List<EngineImages.Removal> done = new ArrayList<>();
        try {
            for (ImageRef tag : removal.tags()) done.add(engine.images().remove(tag, force));
            boolean dangling = removal.image().tags().isEmpty();
            if (dangling) done.add(engine.images().remove(removal.image().id(), force));
        } finally {
            mirror.refresh(removal.image().id());
        }
        for (EngineImages.Removal one : done) {
            untagged.addAll(one.untagged());
            deleted.addAll(one.deleted());
        }
        return new Removed(untagged, deleted);
    }

    /// What a removal is about.
    ///
    /// @param whole whether the image goes with its tags
    public record Removal(Image image, List<ImageRef> tags, boolean whole) {}

    /// What a removal did.
    public record Removed(List<String> untagged, List<String> deleted) {}

    private static List<String> names(Collection<ImageRef> references) {
        return references.stream().map(ImageRef::toString).toList();
    }

    /// The registry's digest of an image under a reference.
    public static Optional<String> digest(Image image, ImageRef reference) {
        return image.digests().stream()
                .filter(it -> it.sameRepository(reference))
                .flatMap(it -> it.digest().stream())
                .map(Digest::text)
                .findFirst();
    }

    /// Whether an image is what a registry calls a reference.
    public static boolean hasDigest(Image image, ImageRef reference, Digest digest) {
        return image.digests().stream()
                .anyMatch(it -> it.sameRepository(reference) && it.digest().equals(Optional.of(digest)));
    }

    /// Waiting for the pull; the item that hears of it is the caller's.
    static Item running(Item item, PullProgress progress) {
        return item.running().progress(progress.percent(), progress.currentBytes(), progress.totalBytes());
    }

    @Override
    public void close() {
        check.ifPresent(UpdateCheck::close);
        pulls.close();
    }
}
