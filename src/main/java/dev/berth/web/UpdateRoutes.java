package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.updates.UpdatePlan;
import dev.berth.updates.Updates;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/// Updates of containers.
final class UpdateRoutes {
    private static final Set<String> QUERY = Set.of("dry_run", "wait");

    private final Updates updates;

    UpdateRoutes(Updates updates) {
        this.updates = updates;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/container/updateall", Right.UPDATE, QUERY, this::all)
                        .withoutBody(),
                Route.post("/container/{id}/update", Right.UPDATE, QUERY, this::one)
                        .withoutBody());
    }

    private Answer one(Request request) throws InterruptedException {
        String named = request.parameter("id");
        Duration wait = request.query().await();
        if (request.dryRun()) return planned(List.of(updates.plan(named)));
        return JobRoutes.accepted(updates.update(named, request.caller().name()), wait);
    }

    private Answer all(Request request) throws InterruptedException {
        Duration wait = request.query().await();
        if (request.dryRun()) return planned(updates.planAll());
        return JobRoutes.accepted(updates.updateAll(request.caller().name()), wait);
    }

    private static Answer planned(List<UpdatePlan> plans) {
        var all = new TreeMap<String, Json>();
        for (UpdatePlan plan : plans) all.put(plan.name(), json(plan));
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put("containers", new Json.Obj(all))
                        .build());
    }

    private static Json json(UpdatePlan plan) {
        return new ObjBuilder()
                .put("outcome", plan.outcome().name().toLowerCase(Locale.ROOT))
                .putText("reason", plan.why())
                .putText("image", plan.image())
                .putText("digest_before", plan.digestBefore())
                .putText("digest_after", plan.digestAfter())
                .put("changes", plan.changes().orElse(Json.Null.VALUE))
                .put("recreated_with_it", plan.follow())
                .put("anonymous_volumes", plan.volumes())
                .build();
    }
}
