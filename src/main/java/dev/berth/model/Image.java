package dev.berth.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An image as one inspect of the engine showed it.
///
/// @param created as the image says, RFC 3339; none where it does not say
/// @param sizeBytes on disk, as this engine's image store counts
/// @param tags the references that name it
/// @param digests repository and digest for each registry it came from or went to
/// @param healthCheck whether it brings a health check
public record Image(
        ImageId id,
        Optional<String> created,
        long sizeBytes,
        List<ImageRef> tags,
        List<ImageRef> digests,
        String architecture,
        String os,
        Map<String, String> labels,
        boolean healthCheck) {}
