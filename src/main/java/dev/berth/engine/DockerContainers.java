package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import dev.berth.model.LimitsChange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
    private final ContainerCreation creation;

    DockerContainers(Conversation conversation) {
        this.conversation = conversation;
        this.creation = new ContainerCreation(conversation, id -> remove(id, true, true));
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
            if (refused.status() != NOT_FOUND) throw Refusals.container(refused, id, "inspect it");
            // Whoever hears that it is gone never looks again: only an answer about this very container says so.
            if (refused.hasMessage() && refused.message().contains(id.hex())) return Optional.empty();
            throw Refusals.unexpected(refused, "inspect container " + id);
        }
    }

    @Override
    public ContainerId create(ContainerSpec spec) {
        return creation.create(spec);
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
        try {
            conversation.call(graceful(
                    Request.post("/containers/" + id + "/stop", "stop a container"), graceSeconds, AFTER_GRACE));
        } catch (Refused refused) {
            throw Refusals.container(refused, id, "stop it");
        }
    }

    @Override
    public void restart(ContainerId id, OptionalInt graceSeconds) {
        try {
            conversation.call(graceful(
                    Request.post("/containers/" + id + "/restart", "restart a container"), graceSeconds, PATIENT));
        } catch (Refused refused) {
            throw Refusals.start(refused, id);
        }
    }

    @Override
    public void pause(ContainerId id) {
        try {
            conversation.call(Request.post("/containers/" + id + "/pause", "pause a container"));
        } catch (Refused refused) {
            Failure failure = Refusals.state(refused, id, "pause it");
            if (!failure.code().equals(Refusals.ALREADY_PAUSED)) throw failure;
        }
    }

    @Override
    public void unpause(ContainerId id) {
        try {
            conversation.call(Request.post("/containers/" + id + "/unpause", "unpause a container"));
        } catch (Refused refused) {
            Failure failure = Refusals.state(refused, id, "unpause it");
            if (!failure.code().equals(Refusals.NOT_PAUSED)) throw failure;
            boolean alive = inspect(id).map(it -> it.status().alive()).orElse(false);
            if (!alive) throw Refusals.notRunning(failure);
        }
    }

    @Override
    public void kill(ContainerId id, Optional<String> signal) {
        Request kill = Request.post("/containers/" + id + "/kill", "send a signal to a container");
        try {
            conversation.call(signal.map(it -> kill.query("signal", it)).orElse(kill));
        } catch (Refused refused) {
            throw Refusals.state(refused, id, "send it a signal");
        }
    }

    @Override
    public void change(ContainerId id, LimitsChange change) {
        try {
            conversation.call(Request.post("/containers/" + id + "/update", "change a container's limits")
                    .body(ChangeJson.body(change)));
        } catch (Refused refused) {
            throw Refusals.change(refused, id);
        }
    }

    @Override
    public void rename(ContainerId id, String name) {
        try {
            conversation.call(Request.post("/containers/" + id + "/rename", "rename a container")
                    .query("name", name));
        } catch (Refused refused) {
            if (!Refusals.ownName(refused)) throw Refusals.rename(refused, id);
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

    /// @param beyond what it takes when the grace is over
    private static Request graceful(Request request, OptionalInt graceSeconds, Duration beyond) {
        if (graceSeconds.isEmpty()) return request.within(OWN_GRACE);
        return request.query("t", String.valueOf(graceSeconds.getAsInt()))
                .within(beyond.plusSeconds(graceSeconds.getAsInt()));
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
