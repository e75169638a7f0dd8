package dev.berth.images;

import dev.berth.engine.EngineImages;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/// Removes images that no container uses, one by one: an engine's own prune does not know which are to be
/// kept, and does not say what became of each.
final class Prune {
    private final EngineImages engine;
    private final Mirror mirror;
    private final KeptImages kept;
    private final InstantSource clock;

    /// @param kept images that stay, used or not
    Prune(EngineImages engine, Mirror mirror, KeptImages kept, InstantSource clock) {
        this.engine = engine;
        this.mirror = mirror;
        this.kept = kept;
        this.clock = clock;
    }

    /// What would go now.
    List<Image> candidates(PruneRule rule) {
        Snapshot snapshot = mirror.known();
        return snapshot.images().values().stream()
                .filter(it -> rule.fits(it, clock.instant()) && isFree(it.id(), snapshot))
                .toList();
    }

    private boolean isFree(ImageId id, Snapshot snapshot) {
        return snapshot.using(id).isEmpty() && !kept.has(id);
    }

    /// The names of the items of an image: its tags, or its id if it has none.
    static List<String> items(Image image) {
        return image.tags().isEmpty()
                ? List.of(image.id().text())
                : image.tags().stream().map(ImageRef::toString).toList();
    }

    void run(Job job, List<Image> images) {
        for (Image image : images) {
            if (job.cancelled()) return;
            remove(job, image);
        }
    }

    /// An image goes with its last tag; whatever fails leaves the tags that are left.
    private void remove(Job job, Image image) {
        List<String> items = items(image);
        List<EngineImages.Layer> layers = new ArrayList<>();
        Set<String> deleted = new HashSet<>();
        int done = 0;
        try {
            for (String item : items) job.item(item, Item::running);
            layers.addAll(engine.layers(image.id()));
            for (ImageRef tag : image.tags()) {
                demandFree(image);
                deleted.addAll(engine.remove(tag, false).deleted());
                if (++done < items.size()) job.item(items.get(done - 1), it -> it.succeeded(Optional.empty()));
            }
            deleted.addAll(removeRest(image));
            String last = items.getLast();
            job.item(
                    last,
                    it -> it.with("reclaimed_bytes", reclaimed(layers, deleted)).succeeded(Optional.empty()));
        } catch (Failure.Conflict | Failure.NotFound changed) {
            // Somebody uses it, or has removed it, since we looked.
            for (String item : items) job.item(item, it -> it.skipped(changed.said()));
        } catch (Failure failure) {
            for (String item : items) job.item(item, it -> it.failed(failure.said()));
        } finally {
            mirror.refresh(image.id());
        }
    }

    private void demandFree(Image image) {
        if (!isFree(image.id(), mirror.snapshot()))
            throw new Failure.Conflict("image-in-use", "it is in use, or to be kept, since the prune began");
    }

    /// An image without a tag may still have names by digest. An engine refuses an id that stands for several.
    private List<String> removeRest(Image image) {
        Optional<Image> left = mirror.refresh(image.id());
        if (left.isEmpty()) return List.of();
        if (!left.get().tags().isEmpty())
            throw new Failure.Conflict("image-in-use", "it has got a further tag since the prune began");
        demandFree(image);
        List<ImageRef> names = left.get().digests();
        if (names.stream().map(ImageRef::repository).distinct().count() < 2)
            return engine.remove(image.id(), false).deleted();
        return names.stream()
                .flatMap(it -> engine.remove(it, false).deleted().stream())
                .toList();
    }

    /// Null where the engine does not say which layers are gone.
    private static Json reclaimed(List<EngineImages.Layer> layers, Set<String> deleted) {
        OptionalLong bytes =
                gone(layers, deleted).mapToLong(EngineImages.Layer::sizeBytes).reduce(Long::sum);
        return bytes.isPresent() ? Json.of(bytes.getAsLong()) : Json.Null.VALUE;
    }

    private static Stream<EngineImages.Layer> gone(List<EngineImages.Layer> layers, Set<String> deleted) {
        return layers.stream().filter(it -> deleted.contains(it.name()));
    }
}
