package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.json.Json;
import dev.berth.model.Container;
import dev.berth.model.Container.HostPort;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The fake engine's containers. The engine itself is the lock.
final class FakeContainers implements EngineContainers {
    private static final int KILLED = 137;
    private static final Set<String> FATAL = Set.of("KILL", "SIGKILL", "9");

    private final FakeEngine engine;
    private final FakeImages images;
    private final Map<ContainerId, FakeContainer> all = new LinkedHashMap<>();
    private @Nullable List<Listed> frozen;
    private int made;
    private int processes = 1000;
    private int pickedPort = 32_768;

    FakeContainers(FakeEngine engine, FakeImages images) {
        this.engine = engine;
        this.images = images;
    }

    @Override
    public List<Listed> list() {
        return engine.call(Call.LIST, () -> frozen == null ? listed() : frozen);
    }

    @Override
    public Optional<Container> inspect(ContainerId id) {
        return engine.call(Call.INSPECT, () -> Optional.ofNullable(all.get(id)).map(FakeContainer::show));
    }

    @Override
    public ContainerId create(ContainerSpec spec) {
        return engine.call(Call.CREATE, () -> {
            Image image = images.find(spec.image())
                    .orElseThrow(() -> new Failure.NotFound("no-such-image", "the image is not on this engine")
                            .saidByEngine("No such image: " + spec.image()));
            return make(spec, image.id()).id;
        });
    }

    @Override
    public void start(ContainerId id) {
        engine.call(Call.START, () -> {
            FakeContainer container = get(id);
            if (container.status == Status.PAUSED)
                throw new Failure.Conflict("container-busy", "the container's state does not let the engine start it")
                        .saidByEngine("cannot start a paused container, try unpause instead");
            if (container.status != Status.RUNNING) startedAnew(container);
            return true;
        });
    }

    @Override
    public void stop(ContainerId id, OptionalInt graceSeconds) {
        engine.call(Call.STOP, () -> {
            FakeContainer container = get(id);
            if (!container.status.alive() && container.status != Status.RESTARTING) return true;
            stopped(container);
            return true;
        });
    }

    @Override
    public void restart(ContainerId id, OptionalInt graceSeconds) {
        engine.call(Call.RESTART, () -> {
            FakeContainer container = get(id);
            if (container.status.alive()) stopped(container);
            startedAnew(container);
            say(container, "restart");
            return true;
        });
    }

    @Override
    public void pause(ContainerId id) {
        engine.call(Call.PAUSE, () -> {
            FakeContainer container = get(id);
            container.demandAlive("is not running");
            if (container.status == Status.RUNNING) turned(container, Status.PAUSED, "pause");
            return true;
        });
    }

    @Override
    public void unpause(ContainerId id) {
        engine.call(Call.UNPAUSE, () -> {
            FakeContainer container = get(id);
            container.demandAlive("is not paused");
            if (container.status == Status.PAUSED) turned(container, Status.RUNNING, "unpause");
            return true;
        });
    }

    /// A signal other than KILL finds a process that does not heed it, as a first process is without a handler.
    @Override
    public void kill(ContainerId id, Optional<String> signal) {
        engine.call(Call.KILL, () -> {
            FakeContainer container = get(id);
            if (container.status == Status.RESTARTING) {
                container.status = Status.EXITED; // without a word
                return true;
            }
            container.demandAlive("is not running");
            container.stoppedByUser = true;
            say(container, "kill");
            if (FATAL.contains(signal.orElse("KILL"))) ended(container, KILLED);
            else if (container.status == Status.PAUSED) turned(container, Status.RUNNING, "unpause");
            return true;
        });
    }

    @Override
    public void change(ContainerId id, LimitsChange change) {
        engine.call(Call.CHANGE, () -> {
            FakeContainer container = get(id);
            change.memory().ifPresent(container::refuseMemory);
            if (change.cpus()
                    .filter(it -> it.compareTo(Cpus.of(engine.cpus())) > 0)
                    .isPresent())
                throw FakeContainer.changeRefused("Range of CPUs is from 0.01 to " + engine.cpus() + ".00");
            container.apply(change);
            say(container, "update");
            return true;
        });
    }

    @Override
    public void rename(ContainerId id, String name) {
        engine.call(Call.RENAME, () -> {
            FakeContainer container = get(id);
            if (name.equals(container.name)) return true;
            refuseTakenName(name);
            container.name = name;
            say(container, "rename");
            return true;
        });
    }

    @Override
    public void remove(ContainerId id, boolean force, boolean volumes) {
        engine.call(Call.REMOVE, () -> {
            FakeContainer container = all.get(id);
            if (container == null) return true;
            if (container.status.alive()) {
                if (!force)
                    throw new Failure.Conflict(
                                    "container-busy", "the container's state does not let the engine remove it")
                            .saidByEngine("You cannot remove a running container");
                say(container, "kill");
                ended(container, KILLED);
            }
            all.remove(id);
            say(container, "destroy");
            return true;
        });
    }

    @Override
    public EngineStream<StatsRecord> stats(ContainerId id) {
        return new LazyStream<>(() -> engine.call(Call.STATS, () -> {
            FakeContainer container = get(id);
            var stream = new StatsStream(container).stream;
            if (!container.status.alive()) stream.end();
            return stream;
        }));
    }

    /// Of the engine's own words only the namespaces of others matter here.
    ContainerId create(ContainerSpec spec, Json body) {
        Image image = images.find(spec.image())
                .orElseThrow(() -> new Failure.NotFound("no-such-image", "the image is not on this engine")
                        .saidByEngine("No such image: " + spec.image()));
        FakeContainer container = make(spec, image.id());
        String mode = body.at("HostConfig", "NetworkMode").textOrEmpty();
        if (mode.startsWith("container:")) {
            var other = new ContainerId(mode.substring("container:".length()));
            container.relies = new Container.Reliance(Set.of(other), Set.of());
            container.entered.clear();
        }
        return container.id;
    }

    // What the engine's knobs need; called with its lock held, or taking it.

    boolean has(ContainerId id) {
        return all.containsKey(id);
    }

    FakeContainer get(ContainerId id) {
        FakeContainer container = all.get(id);
        if (container == null)
            throw new Failure.NotFound("no-such-container", "there is no container " + id)
                    .saidByEngine("No such container: " + id);
        return container;
    }

    ContainerId byOthers(ContainerSpec spec) {
        synchronized (engine) {
            Image image = images.find(spec.image()).orElseGet(() -> images.put(spec.image()));
            FakeContainer container = make(spec, image.id());
            started(container);
            return container.id;
        }
    }

    void dies(ContainerId id, int exitCode) {
        synchronized (engine) {
            FakeContainer container = get(id);
            ended(container, exitCode);
            boolean again = !container.stoppedByUser
                    && switch (container.restartPolicy.kind()) {
                        case NO -> false;
                        case ALWAYS, UNLESS_STOPPED -> true;
                        case ON_FAILURE -> exitCode != 0;
                    };
            if (!again) return;
            container.restartCount++;
            started(container);
        }
    }

    void healthTurns(ContainerId id, String health) {
        synchronized (engine) {
            FakeContainer container = get(id);
            container.health = Optional.of(health);
            say(container, "health_status: " + health);
        }
    }

    void afterCrash() {
        for (FakeContainer it : all.values()) {
            if (it.status == Status.CREATED) continue;
            boolean survivor = it.status.alive() || it.status == Status.RESTARTING;
            if (survivor) {
                say(it, "kill");
                ended(it, KILLED);
                say(it, "stop");
            }
            RestartPolicy.Kind policy = it.restartPolicy.kind();
            boolean again = policy == RestartPolicy.Kind.ALWAYS
                    || (policy == RestartPolicy.Kind.ON_FAILURE && it.exitCode != 0);
            if (again) started(it);
        }
    }

    void forget() {
        breakStreams();
        all.clear();
        frozen = null;
    }

    void breakStreams() {
        synchronized (engine) {
            for (FakeContainer container : all.values()) {
                List<FakeStream<StatsRecord>> streams = List.copyOf(container.statistics);
                container.statistics.clear();
                streams.forEach(it -> it.breakOff(new Failure.EngineNonsense("the engine broke off", null)));
            }
        }
    }

    void freezeList() {
        frozen = listed();
    }

    void thawList() {
        frozen = null;
    }

    int size() {
        return all.size();
    }

    long limitsOfRunning() {
        return all.values().stream()
                .filter(it -> it.status.alive() || it.status == Status.RESTARTING)
                .mapToLong(it -> it.memory.map(MemorySize::bytes).orElse(0L))
                .sum();
    }

    int count(Status status) {
        return (int) all.values().stream().filter(it -> it.status == status).count();
    }

    int countMadeToStart() {
        return (int) all.values().stream()
                .filter(it -> it.status == Status.CREATED)
                .filter(it -> "true".equals(it.spec.labels().get("berth.start")))
                .count();
    }

    boolean uses(ImageId image, boolean running) {
        return all.values().stream().anyMatch(it -> it.imageId.equals(image) && (!running || it.status.alive()));
    }

    boolean mounts(String volume) {
        return all.values().stream()
                .flatMap(it -> it.spec.volumes().stream())
                .anyMatch(it -> it.source().equals(volume));
    }

    boolean runsIn(String network) {
        return all.values().stream()
                .anyMatch(it -> it.status.alive() && it.spec.networks().contains(network));
    }

    private List<Listed> listed() {
        return all.values().stream()
                .map(it -> new Listed(it.id, it.name, it.status.word(), Optional.of(it.imageId)))
                .toList();
    }

    private FakeContainer make(ContainerSpec spec, ImageId image) {
        made++;
        String name = spec.name().orElse("fake_" + made);
        refuseTakenName(name);
        var id = new ContainerId(FakeImages.hash("container " + made));
        var container = new FakeContainer(id, name, spec, image, engine.tick());
        all.put(id, container);
        say(container, "create");
        return container;
    }

    private void refuseTakenName(String name) {
        if (all.values().stream().anyMatch(it -> it.name.equals(name)))
            throw new Failure.Conflict("name-taken", "the name '" + name + "' is taken by another container")
                    .with("name", name)
                    .saidByEngine("Conflict. The container name \"/" + name + "\" is already in use");
    }

    private void turned(FakeContainer container, Status status, String action) {
        container.status = status;
        say(container, action);
    }

    private void stopped(FakeContainer container) {
        container.stoppedByUser = true;
        say(container, "kill");
        if (container.status == Status.PAUSED) turned(container, Status.RUNNING, "unpause");
        ended(container, KILLED);
        say(container, "stop");
    }

    /// As somebody asked for, not as a policy does.
    private void startedAnew(FakeContainer container) {
        container.restartCount = 0;
        started(container);
    }

    private void started(FakeContainer container) {
        container.refuseUnknownCommand();
        refuseTakenPort(container);
        container.status = Status.RUNNING;
        container.error = "";
        container.stoppedByUser = false;
        container.oomKilled = false;
        container.startedAt = Optional.of(engine.tick());
        container.pid = processes++;
        container.health =
                images.isChecked(container.spec, container.imageId) ? Optional.of("starting") : Optional.empty();
        container.bound.clear();
        container
                .spec
                .ports()
                .forEach((port, bindings) -> container.bound.put(
                        port,
                        bindings.stream()
                                .map(it -> it.port().isPresent()
                                        ? FakeContainer.hostPort(it)
                                        : new HostPort(it.ip().orElse("0.0.0.0"), pickedPort++))
                                .toList()));
        say(container, "start");
    }

    private void ended(FakeContainer container, int exitCode) {
        container.status = Status.EXITED;
        container.exitCode = exitCode;
        container.pid = 0;
        container.finishedAt = Optional.of(engine.tick());
        List<FakeStream<StatsRecord>> streams = List.copyOf(container.statistics);
        container.statistics.clear();
        streams.forEach(FakeStream::end);
        say(container, "die");
    }

    private void refuseTakenPort(FakeContainer container) {
        List<Integer> taken = new ArrayList<>();
        all.values().stream()
                .filter(it -> it != container && it.status.alive())
                .forEach(it -> it.bound.values().forEach(some -> some.forEach(one -> taken.add(one.port()))));
        for (int port : container.wantedPorts()) {
            if (!taken.contains(port)) continue;
            container.exitCode = 128;
            container.error = "Bind for 0.0.0.0:" + port + " failed: port is already allocated";
            throw new Failure.Conflict("port-taken", "port " + port + " of the host is taken")
                    .with("port", (long) port)
                    .saidByEngine(container.error);
        }
    }

    private void say(FakeContainer container, String action) {
        var attributes = new TreeMap<>(container.spec.labels());
        attributes.put("image", container.spec.image().toString());
        attributes.put("name", container.name);
        engine.eventBus().say("container", action, container.id.hex(), attributes);
    }

    /// A follower that leaves takes itself off the list.
    private final class StatsStream {
        private final FakeStream<StatsRecord> stream;

        StatsStream(FakeContainer container) {
            this.stream = new FakeStream<>(() -> leave(container));
            container.statistics.add(stream);
        }

        private void leave(FakeContainer container) {
            synchronized (engine) {
                container.statistics.remove(stream);
            }
        }
    }
}
