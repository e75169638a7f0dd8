package dev.berth.mirror;

import dev.berth.engine.EngineEvent;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Says where to look because of an event; an event is never believed for more than that, but for a container's end.
final class EventHints {
    /// What an event asks for.
    interface Target {
        /// An event that is told once a look that begins after it has been applied.
        void heard(ContainerId id);

        void pulled(ImageRef reference);

        void look(ContainerId id);

        /// Now and a moment later: some engines report an update before they roll it back.
        void lookTwice(ContainerId id);

        void destroyed(ContainerId id);

        void outOfMemory(ContainerId id, Instant when);

        void look(ImageId id);

        void look(ImageRef reference);

        void listSoon();

        void listImagesSoon();

        void askHost();
    }

    /// What two looks alone do not show.
    private static final Set<String> TOLD = Set.of("create", "start", "die", "stop", "oom");

    private EventHints() {}

    static void follow(EngineEvent event, Target target) {
        switch (event.type()) {
            case "container" -> container(event, target);
            case "image" -> image(event, target);
            case "network" -> network(event, target);
            case "volume" -> target.listSoon();
            case "daemon" -> target.askHost();
            default -> {} // plugins, services, nodes: nothing that the mirror shows
        }
    }

    private static void container(EngineEvent event, Target target) {
        Optional<ContainerId> id = containerId(event.id());
        if (id.isEmpty()) {
            target.listSoon(); // prune has no container's id
            return;
        }
        if (TOLD.contains(event.action())) target.heard(id.get());
        switch (event.action()) {
            case "destroy" -> target.destroyed(id.get());
            case "update" -> target.lookTwice(id.get());
            case "oom" -> {
                target.outOfMemory(id.get(), time(event));
                target.look(id.get());
            }
            default -> target.look(id.get());
        }
    }

    private static void image(EngineEvent event, Target target) {
        Optional<ImageId> id = imageId(event.id());
        id.ifPresent(target::look);
        // Docker's pull has the reference in the place of the id; its `name` has lost the tag. Podman's has both.
        String named = id.isPresent() ? event.attributes().getOrDefault("name", "") : event.id();
        Optional<ImageRef> reference = reference(named);
        if (event.action().equals("pull")) reference.ifPresent(target::pulled);
        reference.ifPresent(target::look);
        if (event.action().equals("prune") || (id.isEmpty() && named.isEmpty())) target.listImagesSoon();
    }

    private static void network(EngineEvent event, Target target) {
        containerId(event.attributes().getOrDefault("container", "")).ifPresent(target::look);
        if (event.action().equals("destroy") || event.action().equals("prune")) target.listSoon();
    }

    private static Instant time(EngineEvent event) {
        return Instant.ofEpochSecond(0, event.timeNanos());
    }

    private static Optional<ContainerId> containerId(String text) {
        return ContainerId.isFull(text) ? Optional.of(new ContainerId(text)) : Optional.empty();
    }

    private static Optional<ImageId> imageId(String text) {
        String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        return ContainerId.isFull(hex) ? Optional.of(ImageId.parse(hex)) : Optional.empty();
    }

    private static Optional<ImageRef> reference(String text) {
        if (text.isEmpty() || text.startsWith("sha256:")) return Optional.empty();
        try {
            return Optional.of(ImageRef.parse(text));
        } catch (Failure.Invalid notAReference) {
            return Optional.empty(); // an untag's name can be a bare digest
        }
    }
}
