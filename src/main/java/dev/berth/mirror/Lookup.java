package dev.berth.mirror;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Finds what a person means by a name, a reference or the beginning of an id.
final class Lookup {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{1,64}");
    private static final String DIGEST_PREFIX = "sha256:";

    private Lookup() {}

    static Container container(Map<ContainerId, Container> all, String named) {
        String name = named.startsWith("/") ? named.substring(1) : named;
        if (ContainerId.isFull(name)) {
            Container byId = all.get(new ContainerId(name));
            if (byId != null) return byId;
        }
        for (Container container : all.values()) if (container.name().equals(name)) return container;
        List<Container> fitting = beginning(named, all.values(), it -> it.id().hex());
        return only(
                fitting,
                "no-such-container",
                "no container is called '" + named + "'",
                fitting.stream().map(it -> it.id().hex() + " " + it.name()).toList());
    }

    static Image image(Map<ImageId, Image> all, String named) {
        Optional<Image> byReference = reference(named).flatMap(it -> image(all, it));
        if (byReference.isPresent()) return byReference.get();
        List<Image> fitting = beginning(named, all.values(), it -> it.id().hex());
        return only(
                fitting,
                "no-such-image",
                "no image is called '" + named + "'",
                fitting.stream().map(it -> it.id() + " " + it.tags()).toList());
    }

    static Optional<Image> image(Map<ImageId, Image> all, ImageRef reference) {
        return all.values().stream().filter(it -> holds(it, reference)).findFirst();
    }

    /// Whether a reference names this image: by digest where it has one, else by tag.
    static boolean holds(Image image, ImageRef reference) {
        Collection<ImageRef> names = reference.digest().isPresent() ? image.digests() : image.tags();
        return names.stream()
                .anyMatch(it -> it.sameRepository(reference)
                        && (reference.digest().isPresent()
                                ? it.digest().equals(reference.digest())
                                : it.tag().equals(reference.tag())));
    }

    private static Optional<ImageRef> reference(String named) {
        try {
            return Optional.of(ImageRef.parse(named));
        } catch (Failure.Invalid notAReference) {
            return Optional.empty(); // then it may still be an id
        }
    }

    /// Those whose id begins as a person wrote it.
    private static <T> List<T> beginning(String named, Collection<T> all, Function<T, String> id) {
        String prefix = hexOf(named);
        if (prefix.isEmpty()) return List.of();
        return all.stream().filter(it -> id.apply(it).startsWith(prefix)).toList();
    }

    /// The hex digits of an id or its beginning, with or without `sha256:`; empty if it is none.
    private static String hexOf(String named) {
        String hex = named.startsWith(DIGEST_PREFIX) ? named.substring(DIGEST_PREFIX.length()) : named;
        return HEX.matcher(hex).matches() ? hex : "";
    }

    private static <T> T only(List<T> fitting, String code, String none, List<String> names) {
        if (fitting.isEmpty()) throw new Failure.NotFound(code, none);
        if (fitting.size() > 1)
            throw new Failure.Conflict("ambiguous-id", "this beginning of an id fits " + fitting.size())
                    .with("candidates", names);
        return fitting.getFirst();
    }
}
