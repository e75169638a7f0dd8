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
    /// @throws dev.berth.model.Failure.Rejected from `next`: `image-not-found`, `registry-denied` or `pull-refused`
    EngineStream<PullStep> pull(ImageRef reference, RegistryAuth auth);

    /// The digest that the registry holds for a reference now; moves no layer.
    ///
    /// @throws dev.berth.model.Failure.Rejected with `image-not-found` if the registry does not know it,
    ///     `registry-denied`, `registry-refused`, or `registry-unsupported` if this engine cannot ask
    Digest remoteDigest(ImageRef reference, RegistryAuth auth);

    /// Removes one tag, and the image with its last tag.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`image-in-use`)
    Removal remove(ImageRef reference, boolean force);

    /// Removes an image that has at most one repository's tags.
    Removal remove(ImageId id, boolean force);

    /// What a removal did, in the engine's order.
    record Removal(List<String> untagged, List<String> deleted) {}
}
