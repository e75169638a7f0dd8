package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.attachments.VolumeRequestReader;
import dev.berth.attachments.Volumes;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.Volume;
import dev.berth.model.VolumeSpec;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// `/volume` and what is below it. Each request asks the engine.
final class VolumeRoutes {
    private final Volumes volumes;

    VolumeRoutes(Volumes volumes) {
        this.volumes = volumes;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/volume", Right.READ, Set.of(), _ -> Answer.state(list())),
                Route.post("/volume", Right.CREATE, Set.of("dry_run"), this::create),
                Route.post("/volume/prune", Right.REMOVE, Set.of("dry_run"), this::prune)
                        .withoutBody(),
                Route.get(
                        "/volume/{name}",
                        Right.READ,
                        Set.of(),
                        request -> Answer.state(view(volumes.one(request.parameter("name"))))),
                Route.delete("/volume/{name}", Right.REMOVE, Set.of("dry_run"), this::remove));
    }

    private Json list() {
        var list = new TreeMap<String, Json>();
        for (Volumes.Item item : volumes.list()) list.put(item.volume().name(), view(item));
        return new Json.Obj(list);
    }

    private static Json.Obj view(Volumes.Item item) {
        Volume volume = item.volume();
        return new ObjBuilder()
                .put("name", volume.name())
                .put("driver", volume.driver())
                .putText("mountpoint", volume.mountpoint())
                .put("labels", Json.of(volume.labels()))
                .putTime("created", volume.created())
                .put("used_by", Json.of(item.usedBy().containers()))
                .build();
    }

    private Answer create(Request request) {
        var faults = new Faults();
        VolumeSpec spec = VolumeRequestReader.read(request.json(faults), faults)
                .orElseThrow(() -> new Failure.Invalid(faults.found()));
        if (request.dryRun()) {
            volumes.check(spec);
            Json plan = new ObjBuilder()
                    .put("name", spec.name())
                    .putText("driver", spec.driver())
                    .put("labels", Json.of(spec.labels()))
                    .build();
            return Answer.json(
                    200,
                    new ObjBuilder().put("dry_run", true).put("create", plan).build());
        }
        Volumes.Item made = volumes.create(spec);
        return Answer.json(201, view(made))
                .with("Location", "/volume/" + made.volume().name());
    }

    private Answer remove(Request request) {
        String name = request.parameter("name");
        if (request.dryRun())
            return Answer.json(
                    200,
                    new ObjBuilder()
                            .put("dry_run", true)
                            .put("remove", volumes.removable(name).name())
                            .build());
        volumes.remove(name);
        return Answer.noContent();
    }

    private Answer prune(Request request) {
        boolean dryRun = request.dryRun();
        Volumes.Pruned pruned = dryRun ? volumes.prunable() : volumes.prune();
        var object = new ObjBuilder()
                .put("removed", pruned.names().stream().sorted().toList())
                .put("reclaimed_bytes", pruned.bytes());
        return Answer.json(200, (dryRun ? object.put("dry_run", true) : object).build());
    }
}
