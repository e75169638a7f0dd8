package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.attachments.NetworkRequestReader;
import dev.berth.attachments.Networks;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// `/network` and what is below it. Each request asks the engine.
final class NetworkRoutes {
    private static final int KEY_LENGTH = 10;

    private final Networks networks;

    NetworkRoutes(Networks networks) {
        this.networks = networks;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/network", Right.READ, Set.of(), _ -> Answer.state(list())),
                Route.post("/network", Right.CREATE, Set.of("dry_run"), this::create),
                Route.post("/network/prune", Right.REMOVE, Set.of("dry_run"), this::prune)
                        .withoutBody(),
                Route.get(
                        "/network/{id}",
                        Right.READ,
                        Set.of(),
                        request -> Answer.state(view(networks.one(request.parameter("id"))))),
                Route.delete("/network/{id}", Right.REMOVE, Set.of("dry_run"), this::remove));
    }

    private Json list() {
        List<Networks.Item> items = networks.list();
        var keys = ShortIds.of(items.stream().map(it -> it.network().id()).toList(), KEY_LENGTH);
        var list = new TreeMap<String, Json>();
        for (Networks.Item item : items)
            list.put(keys.getOrDefault(item.network().id(), item.network().id()), view(item));
        return new Json.Obj(list);
    }

    private static Json.Obj view(Networks.Item item) {
        Network network = item.network();
        return new ObjBuilder()
                .put("id", network.id())
                .put("short_id", network.shortId())
                .put("name", network.name())
                .put("driver", network.driver())
                .put(
                        "subnets",
                        network.ranges().stream().map(Network.Range::subnet).toList())
                .putText("gateway", gateway(network.ranges()))
                .put("internal", network.internal())
                .put("labels", Json.of(network.labels()))
                .putTime("created", network.created())
                .put("used_by", Json.of(item.usedBy().containers()))
                .build();
    }

    private static Optional<String> gateway(List<Network.Range> ranges) {
        return ranges.stream().flatMap(it -> it.gateway().stream()).findFirst();
    }

    private Answer create(Request request) {
        var faults = new Faults();
        NetworkSpec spec = NetworkRequestReader.read(request.json(faults), faults)
                .orElseThrow(() -> new Failure.Invalid(faults.found()));
        if (request.dryRun()) {
            networks.check(spec);
            return Answer.json(
                    200,
                    new ObjBuilder()
                            .put("dry_run", true)
                            .put("create", plan(spec))
                            .build());
        }
        Networks.Item made = networks.create(spec);
        return Answer.json(201, view(made))
                .with("Location", "/network/" + made.network().id());
    }

    private static Json plan(NetworkSpec spec) {
        return new ObjBuilder()
                .put("name", spec.name())
                .putText("driver", spec.driver())
                .put(
                        "subnets",
                        spec.ranges().stream().map(Network.Range::subnet).toList())
                .putText("gateway", gateway(spec.ranges()))
                .put("internal", spec.internal())
                .put("labels", Json.of(spec.labels()))
                .build();
    }

    private Answer remove(Request request) {
        String id = request.parameter("id");
        if (request.dryRun())
            return Answer.json(
                    200,
                    new ObjBuilder()
                            .put("dry_run", true)
                            .put("remove", networks.removable(id).name())
                            .build());
        networks.remove(id);
        return Answer.noContent();
    }

    private Answer prune(Request request) {
        boolean dryRun = request.dryRun();
        List<Network> removed = dryRun ? networks.prunable() : networks.prune();
        var object = new ObjBuilder()
                .put("removed", removed.stream().map(Network::name).sorted().toList())
                .put("reclaimed_bytes", 0); // a network takes none
        return Answer.json(200, (dryRun ? object.put("dry_run", true) : object).build());
    }
}
