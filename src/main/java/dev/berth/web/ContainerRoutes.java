package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.admission.Verdict;
import dev.berth.containers.ChangeRequest;
import dev.berth.containers.ChangeRequestReader;
import dev.berth.containers.Containers;
import dev.berth.containers.CreateRequest;
import dev.berth.containers.CreateRequestReader;
import dev.berth.containers.Departure;
import dev.berth.containers.KeyedCreate;
import dev.berth.containers.RemovePlan;
import dev.berth.images.Freshness;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.stats.Stats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// `/container` and what is below it.
final class ContainerRoutes {
    private static final int LONGEST_GRACE_SECONDS = 3600;

    private final Mirror mirror;
    private final Stats stats;
    private final Containers containers;
    private final Freshness freshness;
    private final ContainerList list;

    ContainerRoutes(Mirror mirror, Stats stats, Containers containers, Freshness freshness) {
        this.mirror = mirror;
        this.stats = stats;
        this.containers = containers;
        this.freshness = freshness;
        this.list = new ContainerList(mirror, stats, freshness);
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                "/container",
                                Right.READ,
                                ContainerList.FILTERS,
                                request -> Answer.state(list.get(request.query())))
                        .atHand(list::isRendered),
                Route.post("/container", Right.CREATE, Set.of("wait", "dry_run"), this::create),
                Route.get("/container/{id}", Right.READ, Set.of("fields"), this::one),
                Route.patch("/container/{id}", Right.OPERATE, Set.of("force", "wait", "dry_run"), this::change),
                operation("start", Set.of("wait", "dry_run"), this::start),
                operation("restart", Set.of("timeout", "wait", "dry_run"), this::restart),
                operation("stop", Set.of("timeout"), this::stop),
                operation("pause", Set.of(), request -> shown(containers.pause(request.parameter("id")))),
                operation("unpause", Set.of(), request -> shown(containers.unpause(request.parameter("id")))),
                operation("kill", Set.of("signal"), this::kill),
                Route.delete(
                        "/container/{id}", Right.REMOVE, Set.of("timeout", "keep_volumes", "dry_run"), this::remove));
    }

    private Answer one(Request request) {
        Container container = mirror.known().container(request.parameter("id"));
        return Answer.state(ContainerList.only(view(container), ContainerList.fields(request.query())));
    }

    private Json.Obj view(Container container) {
        Snapshot snapshot = mirror.snapshot();
        return new ContainerView(snapshot, stats.table(), freshness.available(snapshot)).of(container);
    }

    private static Route operation(String verb, Set<String> query, Route.Handler handler) {
        return Route.post("/container/{id}/" + verb, Right.OPERATE, query, handler)
                .withoutBody();
    }

    private Answer shown(Container container) {
        return Answer.json(200, view(container));
    }

    private Answer start(Request request) {
        Duration longest = request.query().await();
        String id = request.parameter("id");
        if (request.dryRun()) return would(containers.look(id, Optional.empty()));
        return shown(containers.start(id, longest, departure(request)));
    }

    private Answer restart(Request request) {
        Duration longest = request.query().await();
        OptionalInt grace = request.query().seconds("timeout", LONGEST_GRACE_SECONDS);
        String id = request.parameter("id");
        if (request.dryRun()) return would(containers.look(id, Optional.empty()));
        return shown(containers.restart(id, grace, longest, departure(request)));
    }

    private Answer stop(Request request) {
        OptionalInt grace = request.query().seconds("timeout", LONGEST_GRACE_SECONDS);
        return shown(containers.stop(request.parameter("id"), grace));
    }

    private Answer kill(Request request) {
        Optional<String> signal = request.query().one("signal");
        if (signal.isPresent() && !signal.get().matches("(SIG)?[A-Z][A-Z0-9+-]{1,11}|[1-9][0-9]?"))
            throw new Failure.Invalid("signal", "must be a signal such as TERM, SIGHUP or 15");
        return shown(containers.kill(request.parameter("id"), signal));
    }

    private Answer change(Request request) {
        Duration longest = request.query().await();
        boolean force = request.query().flag("force");
        var faults = new Faults();
        Json body = request.json(faults);
        ChangeRequest wanted = ChangeRequestReader.read(body, containers.host(), faults)
                .orElseThrow(() -> new Failure.Invalid(faults.found()));
        String id = request.parameter("id");
        if (request.dryRun()) return would(containers.look(id, wanted.limits().memory()));
        return shown(containers.change(id, wanted, force, longest, departure(request)));
    }

    private static Answer would(Verdict verdict) {
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put("admitted", verdict.admitted())
                        .put("memory", MemoryView.of(verdict))
                        .build());
    }

    private static Departure departure(Request request) {
        var departure = new Departure();
        request.client().onGone(departure::gone);
        return departure;
    }

    private Answer create(Request request) throws InterruptedException {
        Duration longest = request.query().await();
        var faults = new Faults();
        Json body = request.json(faults);
        CreateRequest wanted = CreateRequestReader.read(body, containers.host(), faults)
                .orElseThrow(() -> new Failure.Invalid(faults.found()));
        if (request.dryRun()) return plan(wanted);
        Optional<String> auth = request.headers().first("X-Registry-Auth");
        Optional<String> key = request.headers().first("Idempotency-Key");
        Departure departure = departure(request);
        if (key.isEmpty()) {
            Container made = containers.create(wanted, auth, longest, departure);
            return created(containers.healthy(made, wanted, departure));
        }
        KeyedCreate keyed = containers.keyed(request.caller().name(), key.get(), body);
        return switch (containers.create(keyed, wanted, auth, longest, departure)) {
            case KeyedCreate.Made(Container made) -> {
                Container healthy = containers.healthy(made, wanted, departure);
                keyed.answered(view(healthy));
                yield created(healthy);
            }
            case KeyedCreate.Again(String id, Optional<String> answer) -> again(id, answer);
        };
    }

    private Answer created(Container made) {
        return Answer.json(201, view(made))
                .with("Location", "/container/" + made.id().hex());
    }

    /// The first answer, also when the container has been removed since.
    private Answer again(String id, Optional<String> answer) {
        Json first = answer.map(ContainerRoutes::kept)
                .orElseGet(() -> view(mirror.known().container(id)));
        return Answer.json(201, first).with("Location", "/container/" + id);
    }

    private static Json kept(String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        try {
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new IllegalStateException("a kept answer is no JSON", broken);
        }
    }

    private Answer plan(CreateRequest wanted) {
        Containers.CreatePlan plan = containers.plan(wanted);
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put("create", SpecView.of(plan.request()))
                        .put("pull", plan.pull())
                        .put("admitted", plan.memory().admitted())
                        .put("memory", MemoryView.of(plan.memory()))
                        .build());
    }

    private Answer remove(Request request) {
        String id = request.parameter("id");
        var grace = request.query().seconds("timeout", LONGEST_GRACE_SECONDS);
        boolean keepVolumes = request.query().flag("keep_volumes");
        if (!request.dryRun()) {
            containers.remove(id, grace, keepVolumes);
            return Answer.noContent();
        }
        RemovePlan plan = containers.planRemove(id, keepVolumes);
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("dry_run", true)
                        .put("remove", plan.container().id().hex())
                        .put("name", plan.container().name())
                        .put("stop", plan.stop())
                        .put("volumes", plan.volumes())
                        .build());
    }
}
