package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The fake engine's images, and the registries it can reach. The engine itself is the lock.
public final class FakeImages implements EngineImages {
    private final FakeEngine engine;
    private final Map<ImageId, Image> local = new LinkedHashMap<>();
    private final Map<ImageRef, Digest> registry = new HashMap<>();
    private final Map<ImageRef, List<PullStep>> scripts = new HashMap<>();
    private final Map<ImageRef, Failure> lastWords = new HashMap<>();
    private RegistryConfig config = RegistryConfig.NONE;

    FakeImages(FakeEngine engine) {
        this.engine = engine;
    }

    // What a test does.

    /// A registry holds this reference now, in a version of its own.
    public Digest publish(String reference, int version) {
        synchronized (engine) {
            ImageRef parsed = ImageRef.parse(reference);
            var digest = new Digest("sha256:" + hash(parsed.repository() + " manifest " + version));
            registry.put(parsed, digest);
            return digest;
        }
    }

    public void unpublish(String reference) {
        synchronized (engine) {
            registry.remove(ImageRef.parse(reference));
        }
    }

    /// What pulls of a reference show, instead of the usual.
    public void script(String reference, List<PullStep> steps) {
        synchronized (engine) {
            scripts.put(ImageRef.parse(reference), steps);
        }
    }

    /// Pulls of a reference end with this, after all their steps.
    public void failAtEnd(String reference, Failure failure) {
        synchronized (engine) {
            lastWords.put(ImageRef.parse(reference), failure);
        }
    }

    /// The image is there, as if it had been pulled; published in its first version if it was not.
    public Image put(String reference) {
        return put(ImageRef.parse(reference));
    }

    /// The same with a health check of its own.
    public Image putChecked(String reference) {
        synchronized (engine) {
            Image it = put(reference);
            var checked = new Image(
                    it.id(),
                    it.created(),
                    it.sizeBytes(),
                    it.tags(),
                    it.digests(),
                    it.architecture(),
                    it.os(),
                    it.labels(),
                    true);
            local.put(it.id(), checked);
            return checked;
        }
    }

    /// Gives an image a further name, as somebody else's `docker tag` does.
    public void tag(ImageId id, String reference) {
        synchronized (engine) {
            name(id, ImageRef.parse(reference));
            engine.eventBus().say("image", "tag", id.text(), Map.of("name", reference));
        }
    }

    /// What the engine is told about registries from now on.
    public void configure(RegistryConfig registries) {
        synchronized (engine) {
            config = registries;
        }
    }

    /// An image came from a registry under a digest.
    public Image pushed(ImageId id, String reference) {
        synchronized (engine) {
            Image image = Optional.ofNullable(local.get(id)).orElseThrow();
            List<ImageRef> digests = new ArrayList<>(image.digests());
            digests.add(ImageRef.parse(reference));
            local.put(id, known(image, digests));
            return known(image, digests);
        }
    }

    private static Image known(Image image, List<ImageRef> digests) {
        return new Image(
                image.id(),
                image.created(),
                image.sizeBytes(),
                image.tags(),
                digests,
                image.architecture(),
                image.os(),
                image.labels(),
                image.healthCheck());
    }

    /// How the engine calls the only layer of an image.
    public static String layerOf(ImageId id) {
        return "sha256:" + hash("layer of " + id);
    }

    // What it does.

    @Override
    public List<ImageId> list() {
        return engine.call(Call.LIST_IMAGES, () -> List.copyOf(local.keySet()));
    }

    @Override
    public Optional<Image> inspect(ImageId id) {
        return engine.call(Call.INSPECT_IMAGE, () -> Optional.ofNullable(local.get(id)));
    }

    @Override
    public Optional<Image> inspect(ImageRef reference) {
        return engine.call(Call.INSPECT_IMAGE, () -> find(reference));
    }

    @Override
    public EngineStream<PullStep> pull(ImageRef reference, RegistryAuth auth) {
        return new LazyStream<>(() -> {
            var pull = new FakePull(engine);
            engine.call(Call.PULL, () -> {
                Digest digest = remote(reference);
                pull.begin(
                        steps(reference),
                        Optional.ofNullable(lastWords.get(reference)),
                        () -> arrive(reference, digest));
                return true;
            });
            return pull;
        });
    }

    @Override
    public Digest remoteDigest(ImageRef reference, RegistryAuth auth) {
        return engine.call(Call.DIGEST, () -> remote(reference));
    }

    @Override
    public RegistryConfig registryConfig() {
        return engine.call(Call.REGISTRY_CONFIG, () -> config);
    }

    @Override
    public void tag(ImageId id, ImageRef reference) {
        engine.call(Call.TAG_IMAGE, () -> {
            if (!local.containsKey(id)) throw missing(id.text());
            tag(id, reference.toString());
            return true;
        });
    }

    @Override
    public List<Layer> layers(ImageId id) {
        return engine.call(
                Call.LAYERS,
                () -> Optional.ofNullable(local.get(id))
                        .map(it -> List.of(new Layer(layerOf(id), it.sizeBytes())))
                        .orElse(List.of()));
    }

    @Override
    public Removal remove(ImageRef reference, boolean force) {
        return engine.call(Call.REMOVE_IMAGE, () -> {
            Image image = find(reference).orElseThrow(() -> missing(reference.toString()));
            if (reference.digest().isPresent()
                    && image.digests().size() + image.tags().size() > 1) {
                List<ImageRef> left = image.digests().stream()
                        .filter(it -> !it.equals(reference))
                        .toList();
                local.put(image.id(), known(image, left));
                return new Removal(List.of(reference.toString()), List.of());
            }
            if (image.tags().size() > 1) {
                unname(image.id(), reference);
                return new Removal(List.of(reference.toString()), List.of());
            }
            return delete(image, force);
        });
    }

    @Override
    public Removal remove(ImageId id, boolean force) {
        return engine.call(Call.REMOVE_IMAGE, () -> {
            Image image = Optional.ofNullable(local.get(id)).orElseThrow(() -> missing(id.text()));
            boolean several = Stream.concat(image.tags().stream(), image.digests().stream())
                            .map(ImageRef::repository)
                            .distinct()
                            .count()
                    > 1;
            if (several && !force)
                throw new Failure.Conflict("image-in-use", "the image " + id + " is in use")
                        .saidByEngine("image is referenced in multiple repositories");
            return delete(image, force);
        });
    }

    boolean isChecked(ContainerSpec spec, ImageId id) {
        Image image = local.get(id);
        boolean own = image != null && image.healthCheck();
        return spec.healthCheck()
                .map(it -> !it.disabled() && (it.test().isPresent() || own))
                .orElse(own);
    }

    boolean has(ImageId id) {
        return local.containsKey(id);
    }

    Optional<Image> find(ImageRef reference) {
        return local.values().stream()
                .filter(it -> reference.digest().isPresent()
                        ? it.digests().stream()
                                .anyMatch(one -> one.sameRepository(reference)
                                        && one.digest().equals(reference.digest()))
                        : it.tags().contains(reference))
                .findFirst();
    }

    Image put(ImageRef reference) {
        synchronized (engine) {
            if (reference.digest().isEmpty() && !registry.containsKey(reference)) publish(reference.toString(), 1);
            return arrive(reference, remote(reference));
        }
    }

    void forget() {
        local.clear();
    }

    static String hash(String text) {
        try {
            byte[] bytes = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Digest remote(ImageRef reference) {
        Optional<Digest> asked = reference
                .digest()
                .filter(digest -> registry.entrySet().stream()
                        .anyMatch(it -> it.getKey().sameRepository(reference)
                                && it.getValue().equals(digest)));
        return Optional.ofNullable(registry.get(reference))
                .or(() -> asked)
                .orElseThrow(() -> new Failure.Rejected("image-not-found", "the registry does not know " + reference)
                        .saidByEngine("manifest unknown"));
    }

    private List<PullStep> steps(ImageRef reference) {
        List<PullStep> script = scripts.get(reference);
        if (script != null) return script;
        return List.of(
                step("Pulling from " + reference.path(), ""),
                step("Pulling fs layer", "layer1"),
                new PullStep("Downloading", Optional.of("layer1"), OptionalLong.of(50), OptionalLong.of(100)),
                step("Download complete", "layer1"),
                step("Pull complete", "layer1"));
    }

    private static PullStep step(String status, String layer) {
        return new PullStep(
                status, Optional.of(layer).filter(it -> !it.isEmpty()), OptionalLong.empty(), OptionalLong.empty());
    }

    private Image arrive(ImageRef reference, Digest digest) {
        var id = new ImageId("sha256:" + hash("config of " + digest));
        var byDigest = new ImageRef(reference.domain(), reference.path(), Optional.empty(), Optional.of(digest));
        Image known = local.get(id);
        List<ImageRef> digests = new ArrayList<>(known == null ? List.of() : known.digests());
        if (!digests.contains(byDigest)) digests.add(byDigest);
        List<ImageRef> tags = known == null ? List.of() : known.tags();
        local.put(
                id,
                new Image(
                        id,
                        Optional.of("2026-01-01T00:00:00Z"),
                        1_000_000,
                        tags,
                        digests,
                        "amd64",
                        "linux",
                        Map.of(),
                        false));
        if (reference.digest().isEmpty()) name(id, reference);
        engine.eventBus().say("image", "pull", reference.toString(), Map.of("name", reference.repository()));
        return local.get(id);
    }

    private void name(ImageId id, ImageRef reference) {
        List.copyOf(local.keySet()).forEach(other -> unname(other, reference));
        Image image = local.get(id);
        if (image == null) throw missing(id.text());
        List<ImageRef> tags = new ArrayList<>(image.tags());
        tags.add(reference);
        local.put(id, tagged(image, tags));
    }

    private void unname(ImageId id, ImageRef reference) {
        Image image = local.get(id);
        if (image == null || !image.tags().contains(reference)) return;
        local.put(
                id,
                tagged(
                        image,
                        image.tags().stream()
                                .filter(it -> !it.equals(reference))
                                .toList()));
    }

    private static Image tagged(Image image, List<ImageRef> tags) {
        return new Image(
                image.id(),
                image.created(),
                image.sizeBytes(),
                List.copyOf(tags),
                image.digests(),
                image.architecture(),
                image.os(),
                image.labels(),
                image.healthCheck());
    }

    private Removal delete(Image image, boolean force) {
        boolean running = engine.uses(image.id(), true);
        if (running || (!force && engine.uses(image.id(), false)))
            throw new Failure.Conflict("image-in-use", "the image " + image.id() + " is in use")
                    .saidByEngine("conflict: unable to remove");
        local.remove(image.id());
        image.tags()
                .forEach(tag ->
                        engine.eventBus().say("image", "untag", image.id().text()));
        engine.eventBus().say("image", "delete", image.id().text());
        return new Removal(
                image.tags().stream().map(ImageRef::toString).toList(),
                List.of(image.id().text(), layerOf(image.id())));
    }

    private static Failure missing(String name) {
        return new Failure.NotFound("no-such-image", "there is no image " + name)
                .saidByEngine("No such image: " + name);
    }
}
