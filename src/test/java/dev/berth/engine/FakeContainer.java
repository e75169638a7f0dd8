package dev.berth.engine;

import dev.berth.model.Container;
import dev.berth.model.Container.HostPort;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerPort;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import dev.berth.model.Limits;
import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A container of the fake engine's; a test may set its fields through [FakeEngine#change].
public final class FakeContainer {
    final ContainerId id;
    final ContainerSpec spec;
    final ImageId imageId;
    final Instant created;
    final Map<ContainerPort, List<HostPort>> bound = new TreeMap<>();
    final List<FakeStream<StatsRecord>> statistics = new ArrayList<>();
    boolean stoppedByUser;
    Container.Reliance relies = Container.Reliance.NONE;
    final Set<String> entered = new TreeSet<>();

    public String name;
    public Status status = Status.CREATED;
    public String error = "";
    public Optional<Instant> startedAt = Optional.empty();
    public Optional<Instant> finishedAt = Optional.empty();
    public int exitCode;
    public boolean oomKilled;
    public Optional<String> health = Optional.empty();
    public int restartCount;
    public RestartPolicy restartPolicy;
    public int pid;
    public Optional<MemorySize> memory;
    public Optional<Cpus> cpus;
    public OptionalLong pids;
    /// What it uses while it runs; no limit can be set below it.
    public MemorySize memoryInUse = new MemorySize(0);

    FakeContainer(ContainerId id, String name, ContainerSpec spec, ImageId imageId, Instant created) {
        this.id = id;
        this.name = name;
        this.spec = spec;
        this.imageId = imageId;
        this.created = created;
        this.restartPolicy = spec.restartPolicy();
        this.memory = spec.limits().memory();
        this.cpus = spec.limits().cpus();
        this.pids = spec.limits().pids();
        entered.addAll(spec.networks().isEmpty() ? List.of("bridge") : spec.networks());
    }

    /// The network that it was created in, or the container whose network it shares.
    String networkMode() {
        return relies.namespacesOf().stream()
                .findFirst()
                .map(it -> "container:" + it)
                .orElseGet(() -> spec.networks().stream().findFirst().orElse("default"));
    }

    /// The host ports that it asks for by number.
    List<Integer> wantedPorts() {
        List<Integer> wanted = new ArrayList<>();
        spec.ports().values().forEach(all -> all.forEach(it -> it.port().ifPresent(wanted::add)));
        return wanted;
    }

    void apply(LimitsChange change) {
        if (change.memory().isPresent()) memory = change.memory();
        if (change.cpus().isPresent()) cpus = change.cpus();
        change.pids().ifPresent(it -> pids = it.limit());
        change.restartPolicy().ifPresent(it -> restartPolicy = it);
    }

    void refuseMemory(MemorySize limit) {
        if (limit.compareTo(Limits.MEMORY_FLOOR) < 0) throw changeRefused("Minimum memory limit allowed is 6MB");
        if (status.alive() && limit.compareTo(memoryInUse) < 0)
            throw new Failure.Conflict(
                            "memory-below-usage", "the container uses more memory than the limit would allow")
                    .saidByEngine("unable to set memory limit to " + limit.bytes() + " (current usage: "
                            + memoryInUse.bytes() + ", peak usage: " + memoryInUse.bytes() + ")");
    }

    static Failure changeRefused(String message) {
        return new Failure.Rejected("change-refused", "the engine refused to change the container")
                .saidByEngine(message);
    }

    void demandAlive(String complaint) {
        if (!status.alive())
            throw new Failure.Conflict("not-running", "the container does not run")
                    .saidByEngine("Container " + id + " " + complaint);
    }

    /// What begins with `/nosuch` cannot be run.
    void refuseUnknownCommand() {
        String first = spec.command().orElse(List.of("sh")).getFirst();
        if (!first.startsWith("/nosuch")) return;
        exitCode = 127;
        error = "exec: \"" + first + "\": stat " + first + ": no such file or directory";
        throw new Failure.Rejected("start-refused", "the engine could not start the container").saidByEngine(error);
    }

    Container show() {
        var networks = new TreeMap<String, Container.Attachment>();
        Set<String> names = entered;
        for (String network : names)
            networks.put(
                    network,
                    new Container.Attachment(
                            status.alive() ? Optional.of("172.17.0." + (2 + pid % 200)) : Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of()));
        return new Container(
                id,
                name,
                imageId,
                spec.image().toString(),
                created,
                status,
                error,
                startedAt,
                finishedAt,
                startedAt.isPresent() && !status.alive() ? OptionalInt.of(exitCode) : OptionalInt.empty(),
                oomKilled,
                health,
                restartCount,
                restartPolicy,
                pid,
                memory,
                cpus,
                pids,
                status.alive() ? Map.copyOf(bound) : wanted(),
                spec.labels(),
                networks,
                spec.volumes().stream()
                        .map(it -> new Container.Mount(
                                it.ofHost() ? "bind" : "volume",
                                Optional.of(it.source()).filter(_ -> !it.ofHost()),
                                Optional.of(it.source()).filter(_ -> it.ofHost()),
                                it.target(),
                                it.readOnly()))
                        .toList(),
                spec.command().orElse(List.of("sh")),
                spec.entrypoint().orElse(List.of()),
                spec.workingDir().orElse(""),
                spec.user().orElse(""),
                spec.hostname().orElse(id.hex().substring(0, 12)),
                false,
                relies);
    }

    private Map<ContainerPort, List<HostPort>> wanted() {
        var ports = new TreeMap<ContainerPort, List<HostPort>>();
        spec.ports()
                .forEach((port, bindings) -> ports.put(
                        port,
                        bindings.stream()
                                .filter(it -> it.port().isPresent())
                                .map(FakeContainer::hostPort)
                                .toList()));
        return ports;
    }

    static HostPort hostPort(PortBinding binding) {
        return new HostPort(binding.ip().orElse("0.0.0.0"), binding.port().orElse(0));
    }
}
