package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Volume;
import dev.berth.model.VolumeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The volume calls of Docker's API.
final class DockerVolumes implements EngineVolumes {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final Duration READ = Duration.ofSeconds(10);
    /// An engine looks for a driver that is not there for half a minute.
    private static final Duration PATIENT = Duration.ofMinutes(2);
    /// Deleting files is disk work.
    private static final Duration PRUNE = Duration.ofMinutes(10);
    /// From here on a prune means anonymous ones unless told otherwise.
    private static final Negotiation.Version ALL_IS_A_FILTER = new Negotiation.Version(1, 42);

    private final Conversation conversation;

    DockerVolumes(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public List<Volume> list() {
        return list(Request.get("/volumes", "list the volumes"));
    }

    @Override
    public List<Volume> unused() {
        return list(Request.get("/volumes", "list the unused volumes").query("filters", "{\"dangling\":[\"true\"]}"));
    }

    private List<Volume> list(Request request) {
        Json all = conversation.demand(request.within(READ));
        return Conversation.read(
                "a volume",
                () -> all.get("Volumes").items().stream()
                        .map(DockerVolumes::volume)
                        .toList());
    }

    @Override
    public Optional<Volume> inspect(String name) {
        try {
            Json json = conversation.ask(Request.get("/volumes/" + Request.segment(name), "inspect a volume")
                    .within(READ));
            return Optional.of(Conversation.read("a volume", () -> volume(json)));
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return Optional.empty();
            throw Refusals.unexpected(refused, "inspect a volume");
        }
    }

    @Override
    public Volume create(VolumeSpec spec) {
        var body = new ObjBuilder().put("Name", spec.name()).put("Labels", Json.of(spec.labels()));
        spec.driver().ifPresent(it -> body.put("Driver", it));
        try {
            Json made = conversation.ask(Request.post("/volumes/create", "create a volume")
                    .body(body.build())
                    .within(PATIENT));
            return Conversation.read("a volume", () -> volume(made));
        } catch (Refused refused) {
            Failure failure = refused.status() == CONFLICT
                    ? new Failure.Conflict("volume-exists", "there is a volume '" + spec.name() + "' already")
                    : new Failure.Rejected("volume-refused", "the engine refused to create the volume");
            throw failure.saidByEngine(refused.message());
        }
    }

    @Override
    public void remove(String name) {
        try {
            conversation.call(Request.delete("/volumes/" + Request.segment(name), "remove a volume")
                    .within(PATIENT));
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return;
            Failure failure = refused.status() == CONFLICT
                    ? new Failure.Conflict("volume-in-use", "the volume is in use")
                    : new Failure.Rejected("volume-refused", "the engine refused to remove the volume");
            throw failure.saidByEngine(refused.message());
        }
    }

    @Override
    public Pruned prune() {
        Request prune =
                Request.post("/volumes/prune", "remove the unused volumes").within(PRUNE);
        boolean filter =
                Negotiation.Version.parse(conversation.greeting().apiVersion()).compareTo(ALL_IS_A_FILTER) >= 0;
        Json done = conversation.demand(filter ? prune.query("filters", "{\"all\":[\"true\"]}") : prune);
        return new Pruned(
                done.get("VolumesDeleted").texts(), done.get("SpaceReclaimed").wholeOr(0));
    }

    private static Volume volume(Json json) {
        return new Volume(
                json.get("Name").someText().orElseThrow(() -> new Failure.Invalid("it has no name")),
                json.get("Driver").textOrEmpty(),
                json.get("Mountpoint").someText(),
                ContainerJson.texts(json.get("Labels")),
                ContainerJson.time(json.get("CreatedAt")));
    }
}
