package dev.berth.engine;

import dev.berth.engine.wire.Address;
import dev.berth.engine.wire.Request;
import dev.berth.engine.wire.TlsFolder;
import dev.berth.engine.wire.Wire;
import dev.berth.json.Json;
import dev.berth.model.Host;
import dev.berth.model.MemorySize;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// An engine that speaks Docker's API: Docker itself, or Podman's imitation.
public final class DockerEngine implements Engine {
    private static final Duration PING = Duration.ofSeconds(10);

    private final Wire wire;
    private final Conversation conversation;
    private final DockerContainers containers;
    private final DockerImages images;
    private final DockerNetworks networks;
    private final DockerVolumes volumes;
    private final DockerFiles files;
    private final DockerExecs execs;
    private final DockerLogs logs;
    private final DockerDetails details;
    private final DockerVerbatim verbatim;

    private DockerEngine(Wire wire, EngineTimes times) {
        this.wire = wire;
        this.conversation = new Conversation(wire, times);
        this.containers = new DockerContainers(conversation);
        this.images = new DockerImages(conversation);
        this.networks = new DockerNetworks(conversation);
        this.volumes = new DockerVolumes(conversation);
        this.files = new DockerFiles(conversation);
        this.execs = new DockerExecs(conversation);
        this.logs = new DockerLogs(conversation);
        this.details = new DockerDetails(conversation);
        this.verbatim = new DockerVerbatim(conversation);
    }

    /// Opens no connection yet.
    ///
    /// @param times where it is counted how long the engine takes
    /// @throws dev.berth.model.Failure.Invalid if the TLS files cannot be read
    public static DockerEngine at(EngineSettings settings, EngineTimes times) {
        boolean tls = settings.address() instanceof Address.Tcp tcp && tcp.tls();
        return new DockerEngine(
                new Wire(
                        settings.address(),
                        tls
                                ? Optional.of(TlsFolder.context(settings.tlsFolder(), settings.verify()))
                                : Optional.empty(),
                        settings.verify()),
                times);
    }

    @Override
    public Greeting connect() {
        return conversation.meet();
    }

    @Override
    public Host host() {
        Greeting greeting = conversation.greeting();
        Json info = conversation.demand(Request.get("/info", "ask about the engine's host"));
        return Conversation.read(
                "a host",
                () -> new Host(
                        info.get("ID").textOrEmpty(),
                        greeting.engineName(),
                        info.get("ServerVersion").someText().orElse(greeting.engineVersion()),
                        greeting.apiVersion(),
                        info.get("Name").textOrEmpty(),
                        (int) info.get("NCPU").wholeOr(0),
                        new MemorySize(info.get("MemTotal").wholeOr(0)),
                        info.get("KernelVersion").textOrEmpty()));
    }

    @Override
    public void ping() {
        conversation.bare(
                Request.get("/_ping", "ask whether the engine answers").within(PING));
    }

    @Override
    public EngineContainers containers() {
        return containers;
    }

    @Override
    public EngineImages images() {
        return images;
    }

    @Override
    public EngineNetworks networks() {
        return networks;
    }

    @Override
    public EngineVolumes volumes() {
        return volumes;
    }

    @Override
    public EngineFiles files() {
        return files;
    }

    @Override
    public EngineExecs execs() {
        return execs;
    }

    @Override
    public EngineLogs logs() {
        return logs;
    }

    @Override
    public EngineDetails details() {
        return details;
    }

    @Override
    public EngineVerbatim verbatim() {
        return verbatim;
    }

    @Override
    public EngineStream<EngineEvent> events(Instant since) {
        return followed(EventJson.request(since));
    }

    @Override
    public EngineStream<EngineEvent> execEvents() {
        return followed(EventJson.execs());
    }

    private EngineStream<EngineEvent> followed(Request request) {
        var stream = new TranslatedStream<>(
                conversation.stream(request),
                EventJson::read,
                refused -> Refusals.unexpected(refused, "follow the events"));
        stream.open();
        return stream;
    }

    @Override
    public void close() {
        wire.close();
    }
}
