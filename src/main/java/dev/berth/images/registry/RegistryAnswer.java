package dev.berth.images.registry;

import dev.berth.model.Digest;

/// What a registry said when it was asked what a tag is.
public sealed interface RegistryAnswer {
    /// The tag is this.
    record Known(Digest digest, RateLimit rate) implements RegistryAnswer {}

    /// There is no such tag.
    record Unknown(RateLimit rate) implements RegistryAnswer {}

    /// It has been asked too often.
    record Limited(RateLimit rate) implements RegistryAnswer {}

    /// It could not be asked from here, or said nothing that can be used; another may have more luck.
    record Unusable(String why) implements RegistryAnswer {}
}
