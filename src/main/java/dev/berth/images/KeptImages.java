package dev.berth.images;

import dev.berth.model.ImageId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Images that a prune leaves though no container uses them: something under way needs them.
final class KeptImages {
    private final Map<ImageId, Integer> keepers = new ConcurrentHashMap<>();

    /// Until it is closed.
    Images.Keeping keep(Collection<ImageId> ids) {
        List<ImageId> all = List.copyOf(ids);
        all.forEach(it -> keepers.merge(it, 1, Integer::sum));
        return () -> all.forEach(it -> keepers.computeIfPresent(it, (_, count) -> count == 1 ? null : count - 1));
    }

    boolean has(ImageId id) {
        return keepers.containsKey(id);
    }
}
