package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The container calls of Docker's API.
final class DockerContainers implements EngineContainers {
    private static final int NOT_FOUND = 404;

    /// Storage drivers and volume plugins take their time.
    private static final Duration PATIENT = Duration.ofMinutes(3);
    /// What a stop takes beyond the grace it was given.
    private static final Duration AFTER_GRACE = Duration.ofSeconds(30);
    /// A container's own grace is not known here.
    private static final Duration OWN_GRACE = Duration.ofMinutes(15);

    private final Conversation conversation;
    private volatile @Nullable LogDriver logDriver;

    DockerContainers(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public List<Listed> list() {
        Json all = conversation.demand(
                Request.get("/containers/json", "list the containers").query("all", "1"));
        return Conversation.read(
                "a container",
                () -> all.items().stream().map(DockerContainers::listed).toList());
    }

    @Override
    public Optional<Container> inspect(ContainerId id) {
        try {
            Json json = conversation.ask(Request.get("/containers/" + id + "/json", "inspect a container"));
            return Optional.of(Conversation.read("a container", () -> ContainerJson.read(json)));
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return Optional.empty();
            throw Refusals.container(refused, id, "inspect it");
        }
    }

    @Override
    public ContainerId create(ContainerSpec spec) {
        var body = CreateJson.body(spec, logDriver());
        Request create = Request.post("/containers/create", "create a container")
                .body(body)
                .within(PATIENT);
        ContainerId id;
        try {
            Request named = spec.name().map(name -> create.query("name", name)).orElse(create);
            Json answer = conversation.ask(named);
            id = Conversation.read(
                    "a container", () -> new ContainerId(answer.get("Id").textOrEmpty()));
        } catch (Refused refused) {
            throw Refusals.create(refused);
        }
        connect(id, spec.networks());
        return id;
    }

    @Override
    public void start(ContainerId id) {
        try {
            conversation.call(Request.post("/containers/" + id + "/start", "start a container")
                    .within(PATIENT));
        } catch (Refused refused) {
            throw Refusals.start(refused, id);
        }
    }

    @Override
    public void stop(ContainerId id, OptionalInt graceSeconds) {
        Request stop = Request.post("/containers/" + id + "/stop", "stop a container");
        try {
            conversation.call(
                    graceSeconds.isPresent()
                            ? stop.query("t", String.valueOf(graceSeconds.getAsInt()))
                                    .within(AFTER_GRACE.plusSeconds(graceSeconds.getAsInt()))
                            : stop.within(OWN_GRACE));
        } catch (Refused refused) {
            throw Refusals.container(refused, id, "stop it");
        }
    }

    @Override
    public void remove(ContainerId id, boolean force, boolean volumes) {
        try {
            conversation.call(Request.delete("/containers/" + id, "remove a container")
                    .query("force", String.valueOf(force))
                    .query("v", String.valueOf(volumes))
                    .within(PATIENT));
        } catch (Refused refused) {
            boolean gone = refused.status() == NOT_FOUND && refused.hasMessage();
            if (!gone && !Refusals.alreadyGoing(refused)) throw Refusals.container(refused, id, "remove it");
        }
    }

    @Override
    public EngineStream<StatsRecord> stats(ContainerId id) {
        return new LazyStream<>(() -> new TranslatedStream<>(
                conversation.stream(Request.get("/containers/" + id + "/stats", "follow a container's statistics")
                        .query("stream", "true")),
                Conversation.reading("statistics", StatsJson::read),
                refused -> Refusals.container(refused, id, "measure it")));
    }

    /// The engine's default; asked once for each time it was met.
    private String logDriver() {
        Engine.Greeting now = conversation.greeting();
        LogDriver known = logDriver;
        if (known != null && known.of().equals(now)) return known.name();
        Json info = conversation.demand(Request.get("/info", "ask for the engine's log driver"));
        String name = info.get("LoggingDriver").textOrEmpty();
        logDriver = new LogDriver(now, name);
        return name;
    }

    private record LogDriver(Engine.Greeting of, String name) {}

    /// A create takes one network before API 1.44, so the others follow; a container that lacks one is not kept.
    private void connect(ContainerId id, List<String> networks) {
        try {
            for (String network : networks.stream().skip(1).toList())
                conversation.call(Request.post(
                                "/networks/" + Request.segment(network) + "/connect",
                                "connect a container to a network")
                        .body(new ObjBuilder().put("Container", id.hex()).build()));
        } catch (Refused refused) {
            throw undone(id, Refusals.create(refused));
        } catch (Failure failure) {
            throw undone(id, failure);
        }
    }

    private Failure undone(ContainerId id, Failure why) {
        try {
            remove(id, true, true);
        } catch (Failure alsoFailed) {
            why.addSuppressed(alsoFailed);
        }
        return why;
    }

    private static Listed listed(Json json) {
        String name = json.get("Names").texts().stream()
                .filter(it -> it.lastIndexOf('/') <= 0) // a deeper one is a link's alias
                .findFirst()
                .orElse("");
        Optional<ImageId> image = json.get("ImageID").someText().map(ImageId::parse);
        return new Listed(
                new ContainerId(json.get("Id").textOrEmpty()),
                ContainerJson.withoutSlash(name),
                json.get("State").textOrEmpty(),
                image);
    }
}
