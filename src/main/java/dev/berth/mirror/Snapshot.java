package dev.berth.mirror;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Host;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Everything that was known of the engine at one moment; never changes.
///
/// @param version grows with every change
/// @param known whether everything was looked at at least once; before that nothing can be said
/// @param host none before the engine was met
public record Snapshot(
        long version,
        EngineState state,
        boolean known,
        Optional<Host> host,
        SortedMap<ContainerId, Container> containers,
        SortedMap<ImageId, Image> images) {

    public Optional<Container> container(ContainerId id) {
        return Optional.ofNullable(containers.get(id));
    }

    /// The container that a person means: by full id, by name, or by an id prefix that fits only one.
    ///
    /// @throws dev.berth.model.Failure.NotFound if there is none
    /// @throws dev.berth.model.Failure.Conflict if a prefix fits several
    public Container container(String named) {
        return Lookup.container(containers, named);
    }

    /// The image that a person means: by full id, by reference, or by an id prefix that fits only one.
    ///
    /// @throws dev.berth.model.Failure.NotFound if there is none
    /// @throws dev.berth.model.Failure.Conflict if a prefix fits several
    public Image image(String named) {
        return Lookup.image(images, named);
    }

    /// The image that a reference names on this engine.
    public Optional<Image> image(ImageRef reference) {
        return Lookup.image(images, reference);
    }

    public Optional<Image> image(ImageId id) {
        return Optional.ofNullable(images.get(id));
    }

    /// The containers made from an image, running or not.
    public List<Container> using(ImageId image) {
        return containers.values().stream()
                .filter(it -> it.imageId().equals(image))
                .toList();
    }
}
