package dev.berth.images;

import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.Digest;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Which containers and images of one moment are behind what is known of the registries; never changes.
public final class AvailableUpdates {
    private final Snapshot snapshot;
    private final Map<ImageRef, Digest> latest;
    private final Function<String, Optional<ImageRef>> references;
    private final long version;
    private final Map<ImageRef, ImageId> tags = new HashMap<>();

    /// @param references reads what a container was made from
    /// @param version grows with what is known of registries
    AvailableUpdates(
            Snapshot snapshot,
            Map<ImageRef, Digest> latest,
            Function<String, Optional<ImageRef>> references,
            long version) {
        this.snapshot = snapshot;
        this.latest = latest;
        this.references = references;
        this.version = version;
        for (Image image : snapshot.images().values()) for (ImageRef tag : image.tags()) tags.put(tag, image.id());
    }

    public long version() {
        return version;
    }

    boolean isOf(Snapshot other, long known) {
        return version == known && snapshot.version() == other.version();
    }

    /// Whether the reference that a container was made from names another image by now, here or at its
    /// registry. Nothing if that cannot be known: nobody has asked yet, the image was made here, or the
    /// reference names one digest for good.
    public Optional<Boolean> of(Container container) {
        Optional<ImageRef> reference = tagOf(container);
        if (reference.isEmpty()) return Optional.empty();
        ImageId here = tags.get(reference.get());
        if (here != null && !here.equals(container.imageId())) return Optional.of(true);
        return snapshot.image(container.imageId()).flatMap(it -> isBehind(it, reference.get()));
    }

    /// Whether a registry has a newer image under one of an image's tags. Nothing if none of them is known.
    public Optional<Boolean> of(Image image) {
        List<Boolean> known = image.tags().stream()
                .flatMap(it -> isBehind(image, it).stream())
                .toList();
        return known.isEmpty() ? Optional.empty() : Optional.of(known.contains(true));
    }

    /// Every tag that a registry could be asked for: it names an image here, or a container was made from
    /// it, and that image came from there.
    Collection<ImageRef> askable() {
        var all = new HashMap<ImageRef, Image>();
        for (Container container : snapshot.containers().values())
            tagOf(container)
                    .ifPresent(it -> snapshot.image(container.imageId()).ifPresent(image -> all.put(it, image)));
        for (Image image : snapshot.images().values()) for (ImageRef tag : image.tags()) all.put(tag, image);
        return all.entrySet().stream()
                .filter(it -> Images.digest(it.getValue(), it.getKey()).isPresent())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// The image here that a newer one of this tag would replace, if there is one: what the tag names, or
    /// what a container that was made from it runs.
    Optional<Image> behind(ImageRef tag) {
        Optional<Image> named = Optional.ofNullable(tags.get(tag)).flatMap(it -> snapshot.image(it));
        return named.filter(it -> isBehind(it, tag).orElse(false))
                .or(() -> snapshot.containers().values().stream()
                        .filter(it -> tagOf(it).equals(Optional.of(tag)))
                        .filter(it -> of(it).orElse(false))
                        .flatMap(it -> snapshot.image(it.imageId()).stream())
                        .findFirst());
    }

    private Optional<ImageRef> tagOf(Container container) {
        return references.apply(container.image()).filter(it -> it.digest().isEmpty());
    }

    private Optional<Boolean> isBehind(Image image, ImageRef tag) {
        Digest there = latest.get(tag);
        if (there == null) return Optional.empty();
        List<Digest> here = image.digests().stream()
                .filter(it -> it.sameRepository(tag))
                .flatMap(it -> it.digest().stream())
                .toList();
        return here.isEmpty() ? Optional.empty() : Optional.of(!here.contains(there));
    }
}
