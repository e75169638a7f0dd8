package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.model.Status;
import dev.berth.updates.Pair.Was;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds out what an update is about, and what stands against it, while nothing is changed yet.
final class Planner {
    private static final String NO_TAG = "it was created from an image's id, so there is no tag to follow";
    private static final int SHORTEST_ID = 6;

    private final Engine engine;
    private final Mirror mirror;
    private final Optional<ContainerId> ourselves;

    /// @param ourselves the container that Berth runs in
    Planner(Engine engine, Mirror mirror, Optional<ContainerId> ourselves) {
        this.engine = engine;
        this.mirror = mirror;
        this.ourselves = ourselves;
    }

    /// The reference that a container follows.
    ///
    /// @throws Failure.Conflict (`update-refused`) if it follows none, or is not ours to replace
    ImageRef reference(Container container) {
        refusal(container).ifPresent(why -> {
            throw refused(container, why);
        });
        String named = followed(container);
        if (isIdOf(container, named)) throw refused(container, NO_TAG);
        try {
            ImageRef reference = ImageRef.parse(named);
            if (reference.digest().isPresent())
                throw refused(container, "it was created from a digest, so there is nothing newer to follow");
            return reference;
        } catch (Failure.Invalid anId) {
            throw refused(container, NO_TAG);
        }
    }

    private String followed(Container container) {
        return UpdateLabels.own(container, image(container), UpdateLabels.IMAGE).orElse(container.image());
    }

    /// Also the start of one, as people type it; a repository of such a name would have a tag behind it.
    private static boolean isIdOf(Container container, String named) {
        String id = container.imageId().text();
        return named.startsWith("sha256:")
                || (named.length() >= SHORTEST_ID
                        && id.substring(id.indexOf(':') + 1).startsWith(named));
    }

    private Optional<String> refusal(Container container) {
        if (ourselves.equals(Optional.of(container.id())))
            return Optional.of("it is Berth's own container: pull the image, and make it anew as you made it");
        if (container.status() == Status.REMOVING || container.status() == Status.DEAD)
            return Optional.of("it is being removed");
        return UpdateLabels.foreignMaster(container.labels());
    }

    static Failure refused(Container container, String why) {
        return new Failure.Conflict("update-refused", container.name() + " cannot be updated: " + why);
    }

    private Optional<Image> image(Container container) {
        return mirror.snapshot().image(container.imageId());
    }

    /// A container and those that share its namespaces, each after all whose namespaces it shares.
    ///
    /// @throws Failure.Conflict (`update-refused`)
    List<Container> group(Container first) {
        Snapshot snapshot = mirror.snapshot();
        List<Container> group = new ArrayList<>(List.of(first));
        Set<ContainerId> ids = new HashSet<>(Set.of(first.id()));
        for (boolean grown = true; grown; ) {
            grown = false;
            for (Container other : snapshot.containers().values()) {
                boolean shares = other.relies().namespacesOf().stream().anyMatch(ids::contains);
                if (!shares || !ids.add(other.id())) continue;
                group.add(other);
                grown = true;
            }
        }
        List<Container> ordered = ordered(group, ids);
        for (Container one : ordered) {
            if (!one.id().equals(first.id()))
                refusal(one).ifPresent(why -> {
                    throw refused(first, one.name() + " shares its namespaces, and " + why);
                });
            refuseLinks(first, one, ids, snapshot);
        }
        return ordered;
    }

    private static List<Container> ordered(List<Container> group, Set<ContainerId> ids) {
        List<Container> ordered = new ArrayList<>();
        Set<ContainerId> placed = new HashSet<>();
        List<Container> left = new ArrayList<>(group);
        while (!left.isEmpty()) {
            Container next = left.stream()
                    .filter(it -> it.relies().namespacesOf().stream()
                            .noneMatch(other -> ids.contains(other) && !placed.contains(other)))
                    .findFirst()
                    .orElseThrow(
                            () -> refused(group.getFirst(), "containers share each other's namespaces in a circle"));
            left.remove(next);
            placed.add(next.id());
            ordered.add(next);
        }
        return ordered;
    }

    /// A legacy link is written into whoever has it, and would lead to the old one.
    private static void refuseLinks(Container first, Container one, Set<ContainerId> ids, Snapshot snapshot) {
        for (Container other : snapshot.containers().values())
            if (!ids.contains(other.id()) && other.relies().linkedTo().contains(one.name()))
                throw refused(
                        first,
                        other.name() + " links to " + one.name()
                                + " (--link), and would lose it; put both into a network of their own");
    }

    /// Everything that is needed to replace a group, read from the engine now.
    ///
    /// @param next the image for the first of them
    List<Pair> pairs(List<Container> group, Container first, Image next, Successor.Origin origin) {
        requirePlatform(first, next);
        List<Pair> pairs = new ArrayList<>();
        for (Container container : group) {
            boolean asked = container.id().equals(first.id());
            if (!asked && container.removesItself())
                throw refused(first, container.name() + " shares its namespaces and was made with --rm");
            pairs.add(pair(container, asked ? next : own(container), origin));
        }
        return pairs;
    }

    /// A pull brings what fits the engine, whatever platform the container was made for.
    ///
    /// @throws Failure.Conflict (`update-refused`) if the successor would run on another one
    void requirePlatform(Container container, Image next) {
        String wanted = image(container).map(Planner::platform).orElse(platform(next));
        if (!wanted.equals(platform(next)))
            throw refused(
                    container,
                    "it runs an image for " + wanted + ", and the newer one here is for " + platform(next)
                            + "; pull the image for its platform, and make it anew");
    }

    private static String platform(Image image) {
        return image.os() + "/" + image.architecture();
    }

    /// One that shares namespaces keeps its image: a tag that names another by now must not slip in without a gate.
    private Image own(Container container) {
        return image(container)
                .orElseThrow(() -> refused(container, "the image that it runs is not on this engine any more"));
    }

    private Pair pair(Container container, Image next, Successor.Origin origin) {
        Json inspect = engine.details().container(container.id(), true);
        Json inherited = engine.details().image(container.imageId(), true).get("Config");
        Json brought = engine.details().image(next.id(), true).get("Config");
        Optional<Successor> anew = container.removesItself()
                ? image(container)
                        .map(it -> Successor.of(inspect, ground(container, inspect, inherited, inherited, it, origin)))
                : Optional.empty();
        return new Pair(
                container.id(),
                container.name(),
                Was.of(container),
                container.restartPolicy(),
                container.removesItself(),
                inspect,
                Successor.of(inspect, ground(container, inspect, inherited, brought, next, origin)),
                anew,
                Optional.empty());
    }

    private Successor.Ground ground(
            Container container, Json inspect, Json inherited, Json brought, Image next, Successor.Origin origin) {
        String followed = followed(container);
        boolean asItWas = isIdOf(container, followed) || names(followed, next);
        Snapshot snapshot = mirror.snapshot();
        Set<String> ofOthers = new HashSet<>();
        List<String> sources = new ArrayList<>();
        for (String source : inspect.at("HostConfig", "VolumesFrom").texts()) {
            String named = source.split(":", -1)[0];
            snapshot.containers().values().stream()
                    .filter(it -> it.name().equals(named) || it.id().hex().startsWith(named))
                    .findFirst()
                    .ifPresent(it -> {
                        sources.add(source);
                        it.mounts().forEach(mount -> ofOthers.add(mount.destination()));
                    });
        }
        return new Successor.Ground(
                inherited,
                brought,
                asItWas ? followed : next.id().text(),
                next.id().text(),
                asItWas ? Optional.empty() : Optional.of(followed),
                ofOthers,
                sources,
                UpdateLabels.of(container, origin));
    }

    /// A tag that moves between the pull and the create must change nothing.
    private boolean names(String followed, Image image) {
        try {
            return mirror.snapshot()
                    .image(ImageRef.parse(followed))
                    .filter(it -> it.id().equals(image.id()))
                    .isPresent();
        } catch (Failure.Invalid noReference) {
            return false;
        }
    }
}
