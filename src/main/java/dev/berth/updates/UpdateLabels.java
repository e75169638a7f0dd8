package dev.berth.updates;

import dev.berth.containers.CarriedVolumes;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.UpdateRule;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The labels by which updates are steered, and those that Berth writes on a successor.
final class UpdateLabels {
    static final String OURS = "berth.";
    /// Which update made it.
    static final String OPERATION = "berth.update.op";
    /// Which installation made it.
    static final String SERVER = "berth.update.server";
    /// The full id of the container whose place it takes.
    static final String FORERUNNER = "berth.update.of";
    /// How the forerunner was, and the restart policy it had, which no journal may be left to tell.
    static final String WAS = "berth.update.of.was";

    static final String POLICY = "berth.update.of.policy";
    /// The reference of one that had to be created from an image's id.
    static final String IMAGE = "berth.image";

    /// What is true of one container and not of its successor. The first two would have it swept as half made.
    private static final Set<String> OF_ONE_LIFE =
            Set.of("berth.op", "berth.start", OPERATION, SERVER, FORERUNNER, WAS, POLICY, IMAGE, CarriedVolumes.LABEL);

    private UpdateLabels() {}

    /// Those of a successor: whatever is lost, they tell what it is.
    static Map<String, String> of(Container forerunner, Successor.Origin origin) {
        return Map.of(
                OPERATION,
                origin.operation(),
                SERVER,
                origin.server(),
                FORERUNNER,
                forerunner.id().hex(),
                WAS,
                Pair.Was.of(forerunner).word(),
                POLICY,
                forerunner.restartPolicy().toString());
    }

    static boolean isOfOneLife(String label) {
        return OF_ONE_LIFE.contains(label);
    }

    /// What a container says itself; what its image says is ignored, as whoever builds an image must not
    /// steer hosts.
    static Optional<String> own(Container container, Optional<Image> image, String label) {
        return own(container.labels(), image.map(Image::labels).orElse(Map.of()), label);
    }

    static Optional<String> own(Map<String, String> labels, Map<String, String> ofImage, String label) {
        return Optional.ofNullable(labels.get(label)).filter(it -> !it.isBlank() && !it.equals(ofImage.get(label)));
    }

    /// What nobody can read is no consent.
    static UpdateRule rule(Container container, Optional<Image> image) {
        try {
            return own(container, image, UpdateRule.LABEL)
                    .map(UpdateRule::parse)
                    .orElse(UpdateRule.NOTIFY);
        } catch (Failure.Invalid unreadable) {
            return UpdateRule.OFF;
        }
    }

    /// Swarm and Kubernetes run containers that are theirs to replace.
    static Optional<String> foreignMaster(Map<String, String> labels) {
        for (String key : labels.keySet()) {
            if (key.startsWith("com.docker.swarm."))
                return Optional.of("it is a task of a Swarm service; update the service");
            if (key.startsWith("io.kubernetes.")) return Optional.of("Kubernetes runs it; update it there");
        }
        return Optional.empty();
    }
}
