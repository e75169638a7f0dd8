package dev.berth.containers;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Image;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Volumes that nobody named, and that an update has carried over to a container. To the engine they have a
/// name since, and would stay behind when the container goes; a label of ours says that they are its own.
public final class CarriedVolumes {
    /// Their names, comma-separated.
    public static final String LABEL = "berth.volumes.anonymous";

    private CarriedVolumes() {}

    /// Only names that engines make up, and nothing that an image says: it could name anybody's.
    public static Set<String> of(Container container, Optional<Image> image) {
        return read(container.labels(), image.map(Image::labels).orElse(Map.of()));
    }

    public static Set<String> read(Map<String, String> labels, Map<String, String> ofImage) {
        String value = labels.getOrDefault(LABEL, "");
        var names = new TreeSet<String>();
        if (value.equals(ofImage.get(LABEL))) return names;
        for (String name : value.split(",", -1)) if (ContainerId.isFull(name)) names.add(name);
        return names;
    }
}
