package dev.berth.engine;

import dev.berth.model.Digest;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.util.List;
import java.util.Optional;

/// What an engine does with images.
public interface EngineImages {
    /// The ids of all images, dangling ones included, intermediate layers not.
    List<ImageId> list();

    Optional<Image> inspect(ImageId id);

    Optional<Image> inspect(ImageRef reference);

    /// Downloads; the stream ends when the image is there. Opened by the first `next`; closing it before its end
    /// cancels the download. An error that the engine reports inside the stream is thrown by `next`.
    ///
    /// @throws dev.berth.model.Failure.Rejected from `next`: `image-not-found`, `registry-denied`,
    ///     `registry-unreachable` or `pull-refused`
    /// @throws dev.berth.model.Failure.Refused from `next`: `registry-limit`
    EngineStream<PullStep> pull(ImageRef reference, RegistryAuth auth);

    /// The digest that the registry holds for a reference now; moves no layer.
    ///
    /// @throws dev.berth.model.Failure.Rejected with `image-not-found` if the registry does not know it,
    ///     `registry-denied`, `registry-unreachable`, `registry-refused`, or `registry-unsupported` if this engine
    ///     cannot ask
    /// @throws dev.berth.model.Failure.Refused with `registry-limit` if the registry has been asked too often
    Digest remoteDigest(ImageRef reference, RegistryAuth auth);

    /// What the engine was told about registries; nothing where it does not say.
    RegistryConfig registryConfig();

    /// Gives an image a further name. An image that had it loses it.
    ///
    /// @param reference with a tag and without a digest
    /// @throws dev.berth.model.Failure.NotFound (`no-such-image`)
    void tag(ImageId id, ImageRef reference);

    /// The layers of an image, the lowest first.
    ///
    /// @return nothing if the image is gone
    List<Layer> layers(ImageId id);

    /// Removes one tag, and the image with its last tag.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`image-in-use`)
    Removal remove(ImageRef reference, boolean force);

    /// Removes an image that has at most one repository's tags.
    Removal remove(ImageId id, boolean force);

    /// A layer of an image.
    ///
    /// @param name under which a removal tells that it is gone, on engines that do tell
    record Layer(String name, long sizeBytes) {}

    /// What a removal did, in the engine's order.
    record Removal(List<String> untagged, List<String> deleted) {}
}
