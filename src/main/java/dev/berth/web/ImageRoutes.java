package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.images.Images;
import dev.berth.images.PruneRule;
import dev.berth.jobs.Job;
import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `/image` and what is below it.
final class ImageRoutes {
    private static final int MOST_NAMES = 1000;
    private static final Duration OLDEST = Duration.ofDays(3650);

    private final Mirror mirror;
    private final Images images;

    ImageRoutes(Mirror mirror, Images images) {
        this.mirror = mirror;
        this.images = images;
    }

    List<Route> routes() {
        Set<String> jobQuery = Set.of("wait", "dry_run");
        return List.of(
                Route.get(
                        "/image",
                        Right.READ,
                        Set.of(),
                        _ -> Answer.state(view(mirror.known()).list())),
                Route.post("/image", Right.PULL, jobQuery, this::pull),
                Route.get("/image/updateall", Right.PULL, jobQuery, this::updateAll)
                        .withoutHead(),
                Route.post("/image/updateall", Right.PULL, jobQuery, this::updateAll)
                        .withoutBody(),
                Route.post(
                                "/image/prune",
                                Right.REMOVE_IMAGE,
                                Set.of("dangling", "older_than", "wait", "dry_run"),
                                this::prune)
                        .withoutBody(),
                Route.post("/image/{id...}/tag", Right.PULL, Set.of("dry_run"), this::tag),
                Route.get("/image/{id...}", Right.READ, Set.of(), this::one),
                Route.delete("/image/{id...}", Right.REMOVE_IMAGE, Set.of("force", "dry_run"), this::remove));
    }

    private Answer one(Request request) {
        Snapshot snapshot = mirror.known();
        return Answer.state(view(snapshot).of(snapshot.image(request.parameter("id"))));
    }

    private ImageView view(Snapshot snapshot) {
        return new ImageView(snapshot, images.freshness().available(snapshot));
    }

    private Answer tag(Request request) {
        var faults = new Faults();
        var body = Fields.of(request.json(faults), "", faults);
        Optional<ImageRef> name = body.parsed("tag", ImageRef::parse);
        if (body.raw("tag").isEmpty()) faults.add("tag", "is required: the image's further name");
        if (name.flatMap(ImageRef::digest).isPresent()) faults.add("tag", "must be a name without a digest");
        body.refuseUnknown();
        faults.throwIfAny();
        String id = request.parameter("id");
        ImageRef tag = name.orElseThrow(() -> new Failure.Invalid(faults.found()));
        if (request.dryRun()) return wouldTag(mirror.known(), id, tag);
        Image image = images.tag(id, tag);
        return Answer.json(200, view(mirror.snapshot()).of(image));
    }

    private static Answer wouldTag(Snapshot snapshot, String id, ImageRef tag) {
        Image image = snapshot.image(id);
        Optional<String> loser = snapshot.image(tag)
                .map(it -> it.id().text())
                .filter(it -> !it.equals(image.id().text()));
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put("id", image.id().text())
                        .put("tag", tag.toString())
                        .putText("taken_from", loser)
                        .build());
    }

    private Answer prune(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        boolean dangling =
                request.query().one("dangling").isEmpty() || request.query().flag("dangling");
        var rule = new PruneRule(dangling, request.query().span("older_than", OLDEST));
        if (!request.dryRun())
            return JobRoutes.accepted(images.prune(rule, request.caller().name()), wait);
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put("removed", images.prunable(rule))
                        .put("reclaimed_bytes", Json.Null.VALUE)
                        .build());
    }

    private Answer pull(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        var faults = new Faults();
        var body = Fields.of(request.json(faults), "", faults);
        List<ImageRef> references = names(body, faults);
        body.refuseUnknown();
        faults.throwIfAny();
        if (request.dryRun()) return plan(references);
        Job job = images.pull(
                references,
                request.headers().first("X-Registry-Auth"),
                request.caller().name());
        return JobRoutes.accepted(job, wait);
    }

    /// A string, or a list of strings.
    private static List<ImageRef> names(Fields body, Faults faults) {
        Optional<Json> value = body.raw("image_name");
        if (value.isEmpty()) {
            faults.add("image_name", "is required: the name of an image, or a list of them");
            return List.of();
        }
        if (value.get() instanceof Json.Str)
            return body.parsed("image_name", ImageRef::parse).stream().toList();
        List<ImageRef> names = body.list(
                        "image_name",
                        (item, at) -> body.text(item, at).flatMap(text -> faults.parse(at, () -> ImageRef.parse(text))))
                .orElse(List.of());
        if (value.get().items().isEmpty() && value.get() instanceof Json.Arr)
            faults.add("image_name", "must not be empty");
        if (names.size() > MOST_NAMES) faults.add("image_name", "has more than " + MOST_NAMES + " names");
        return names;
    }

    private Answer updateAll(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        if (request.dryRun()) return plan(images.updatable());
        Job job = images.updateAll(request.caller().name());
        return JobRoutes.accepted(job, wait);
    }

    private static Answer plan(List<ImageRef> references) {
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put(
                                "pull",
                                references.stream()
                                        .map(ImageRef::toString)
                                        .distinct()
                                        .sorted()
                                        .toList())
                        .build());
    }

    private Answer remove(Request request) {
        String id = request.parameter("id");
        boolean force = request.query().flag("force");
        if (request.dryRun()) {
            Images.Removal plan = images.plan(id, force);
            return Answer.json(
                    200,
                    new ObjBuilder()
                            .put("dry_run", true)
                            .put(
                                    "untagged",
                                    plan.tags().stream().map(ImageRef::toString).toList())
                            .put(
                                    "deleted",
                                    plan.whole() ? List.of(plan.image().id().text()) : List.<String>of())
                            .build());
        }
        Images.Removed removed = images.remove(id, force);
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("untagged", removed.untagged())
                        .put("deleted", removed.deleted())
                        .build());
    }
}
