package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.images.Images;
import dev.berth.images.UpToDate;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import dev.berth.updates.UpdatePlan.Outcome;
import java.util.List;
import java.util.Optional;

/// Looks at what updates would do: asks the registry and the engine, and changes nothing.
final class Preview {
    private final Engine engine;
    private final Mirror mirror;
    private final Planner planner;
    private final UpToDate upToDate;

    Preview(Engine engine, Mirror mirror, Planner planner, UpToDate upToDate) {
        this.engine = engine;
        this.mirror = mirror;
        this.planner = planner;
        this.upToDate = upToDate;
    }

    /// Of several: what stands against one is part of the answer.
    UpdatePlan ofMany(Container container) throws InterruptedException {
        try {
            return of(container);
        } catch (Failure.Conflict | Failure.Rejected | Failure.Refused | Failure.NotFound why) {
            return UpdatePlan.skipped(container.name(), why.whole());
        }
    }

    /// @throws Failure.Conflict (`update-refused`)
    /// @throws Failure.Rejected if the registry cannot be asked
    UpdatePlan of(Container container) throws InterruptedException {
        ImageRef reference = planner.reference(container);
        List<Container> group = planner.group(container);
        Optional<Image> runs = mirror.snapshot().image(container.imageId());
        Optional<Image> here = mirror.snapshot().image(reference);
        Optional<String> before = runs.flatMap(it -> Images.digest(it, reference));
        Optional<String> there = before.or(() -> here.flatMap(it -> Images.digest(it, reference)))
                        .isPresent()
                ? upToDate.latest(reference).map(Digest::text)
                : Optional.empty();
        boolean newerHere = here.isPresent() && !here.get().id().equals(container.imageId());
        boolean newerThere = there.isPresent() && !there.equals(before);
        Optional<Image> next = here.filter(_ -> newerHere)
                .filter(it -> there.isEmpty() || Images.digest(it, reference).equals(there));
        next.ifPresent(it -> planner.requirePlatform(container, it));
        Json inspect = engine.details().container(container.id(), true);
        return new UpdatePlan(
                container.name(),
                newerHere || newerThere ? Outcome.UPDATE : Outcome.UNCHANGED,
                Optional.empty(),
                Optional.of(reference.toString()),
                before,
                there.or(() -> next.flatMap(it -> Images.digest(it, reference))).or(() -> before),
                next.map(it -> SuccessorConfig.changes(config(container.imageId()), config(it.id()))),
                group.stream()
                        .map(Container::name)
                        .filter(it -> !it.equals(container.name()))
                        .toList(),
                carried(inspect));
    }

    private static List<String> carried(Json inspect) {
        return inspect.get("Mounts").items().stream()
                .filter(it -> it.get("Type").textOrEmpty().equals("volume"))
                .map(it -> it.get("Name").textOrEmpty())
                .filter(ContainerId::isFull)
                .sorted()
                .toList();
    }

    private Json config(ImageId image) {
        return engine.details().image(image, true).get("Config");
    }
}
