package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.admission.Admission;
import dev.berth.admission.MemoryFigures;
import dev.berth.admission.Waiting;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.Host;
import dev.berth.stats.SampleTable;
import dev.berth.stats.Sampling;
import dev.berth.stats.Stats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// `/info` and `/health`.
final class InfoRoutes {
    private final Mirror mirror;
    private final Stats stats;
    private final Admission admission;
    private final InstantSource clock;
    private final String hostname;
    private final String version;

    /// @param hostname of this machine, shown until the engine has told its own
    InfoRoutes(Mirror mirror, Stats stats, Admission admission, InstantSource clock, String hostname, String version) {
        this.mirror = mirror;
        this.stats = stats;
        this.admission = admission;
        this.clock = clock;
        this.hostname = hostname;
        this.version = version;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/info", Right.READ, Set.of(), _ -> Answer.json(200, info())),
                Route.open("/health/live", _ -> Answer.json(200, up())),
                Route.open("/health/ready", _ -> ready()));
    }

    private static Json up() {
        return new ObjBuilder().put("status", "up").build();
    }

    private Answer ready() {
        var state = mirror.snapshot().state();
        if (state.connected()) return Answer.json(200, up());
        String reason = "the engine is " + state.kind().word()
                + state.message().map(it -> ": " + it).orElse("");
        return Answer.json(
                503,
                new ObjBuilder().put("status", "down").put("reason", reason).build());
    }

    private Json info() {
        Snapshot snapshot = mirror.snapshot();
        SampleTable samples = stats.table();
        Instant now = clock.instant();
        List<Waiting> line = snapshot.host().isPresent() ? admission.line() : List.of();
        return new ObjBuilder()
                .put("hostname", snapshot.host().map(Host::hostname).orElse(hostname))
                .put("time", now)
                .put("version", version)
                .put("cpus", snapshot.host().map(it -> Json.of(it.cpus())).orElse(Json.Null.VALUE))
                .put("engine", engine(snapshot))
                .put("memory", memory(snapshot))
                .put("containers", byStatus(snapshot))
                .put("images", snapshot.images().size())
                .put("waiting", line.size())
                .put("line", new Json.Arr(line.stream().map(InfoRoutes::json).toList()))
                .put("stats", sampling(samples, now))
                .build();
    }

    private static Json engine(Snapshot snapshot) {
        return new ObjBuilder()
                .put("state", snapshot.state().kind().word())
                .put("since", snapshot.state().since())
                .putText("message", snapshot.state().message())
                .putText("name", snapshot.host().map(Host::engineName))
                .putText("version", snapshot.host().map(Host::engineVersion))
                .putText("api_version", snapshot.host().map(Host::apiVersion))
                .build();
    }

    private static Json json(Waiting waiting) {
        return new ObjBuilder()
                .put("position", waiting.position())
                .put("what", waiting.what())
                .put("requested_bytes", waiting.requestedBytes())
                .put("since", waiting.since())
                .build();
    }

    private Json memory(Snapshot snapshot) {
        Optional<MemoryFigures> figures = snapshot.known() ? admission.figures() : Optional.empty();
        var object = new ObjBuilder();
        put(object, "physical_bytes", figures, MemoryFigures::physicalBytes);
        put(object, "capacity_bytes", figures, MemoryFigures::capacityBytes);
        put(object, "limits_bytes", figures, MemoryFigures::limitsBytes);
        put(object, "unlimited_bytes", figures, MemoryFigures::unlimitedBytes);
        put(object, "held_bytes", figures, MemoryFigures::heldBytes);
        put(object, "committed_bytes", figures, MemoryFigures::committedBytes);
        put(object, "available_bytes", figures, MemoryFigures::availableBytes);
        put(object, "overcommitted_bytes", figures, MemoryFigures::overcommittedBytes);
        put(object, "queued_bytes", figures, MemoryFigures::queuedBytes);
        put(object, "used_bytes", figures, MemoryFigures::usedBytes);
        return object.build();
    }

    private static void put(
            ObjBuilder object, String name, Optional<MemoryFigures> figures, ToLongFunction<MemoryFigures> figure) {
        object.put(
                name, figures.map(it -> OptionalLong.of(figure.applyAsLong(it))).orElse(OptionalLong.empty()));
    }

    private static Json byStatus(Snapshot snapshot) {
        var counts = new TreeMap<String, Json>();
        for (Container container : snapshot.containers().values())
            counts.merge(container.status().word(), Json.of(1), (a, b) -> Json.of(a.wholeOr(0) + b.wholeOr(0)));
        return new Json.Obj(counts);
    }

    private Json sampling(SampleTable samples, Instant now) {
        Sampling sampling = stats.sampling();
        return new ObjBuilder()
                .put("source", sampling.source())
                .put("interval_seconds", sampling.interval().toSeconds())
                .put(
                        "age_seconds",
                        samples.newest()
                                .map(it -> Json.of(
                                        Math.max(0, Duration.between(it, now).toMillis()) / 1000.0))
                                .orElse(Json.Null.VALUE))
                .put(
                        "cost_seconds",
                        sampling.cost().map(it -> Json.of(it.toNanos() / 1e9)).orElse(Json.Null.VALUE))
                .build();
    }
}
