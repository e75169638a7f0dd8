package dev.berth.engine;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.Host;
import dev.berth.model.ImageId;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// An engine in memory that keeps the real one's contract, and does on request what real ones do at their worst.
/// Its clock ticks a millisecond with every event, so that nothing depends on the wall's.
public final class FakeEngine implements Engine {
    /// What can be counted, refused and held.
    public enum Call {
        CONNECT,
        PING,
        HOST,
        EVENTS,
        LIST,
        INSPECT,
        CREATE,
        START,
        STOP,
        RESTART,
        PAUSE,
        UNPAUSE,
        KILL,
        CHANGE,
        RENAME,
        REMOVE,
        STATS,
        EXEC_CREATE,
        EXEC_START,
        EXEC_RESIZE,
        EXEC_INSPECT,
        EXEC_LIST,
        LOGS,
        DETAILS,
        LIST_IMAGES,
        INSPECT_IMAGE,
        PULL,
        DIGEST,
        REGISTRY_CONFIG,
        TAG_IMAGE,
        LAYERS,
        REMOVE_IMAGE,
        LIST_NETWORKS,
        CREATE_NETWORK,
        REMOVE_NETWORK,
        CONNECT_NETWORK,
        DISCONNECT_NETWORK,
        LIST_VOLUMES,
        INSPECT_VOLUME,
        CREATE_VOLUME,
        REMOVE_VOLUME,
        PRUNE_VOLUMES,
        STAT_FILE,
        READ_FILE,
        WRITE_FILE,
        /// Each `next` of a running pull; only to be held.
        PULL_STEP
    }

    private final Map<Call, Integer> counts = new EnumMap<>(Call.class);
    private final Map<Call, Deque<Failure>> refusals = new EnumMap<>(Call.class);
    private final Map<Call, Gate> before = new EnumMap<>(Call.class);
    private final Map<Call, Gate> after = new EnumMap<>(Call.class);

    private final FakeEvents events = new FakeEvents(this::tick);
    private final FakeEvents execEvents = new FakeEvents(this::tick);
    private final FakeImages images = new FakeImages(this);
    private final FakeContainers containers = new FakeContainers(this, images);
    private final FakeFiles files = new FakeFiles(this);
    private final FakeExecs execs = new FakeExecs(this, containers);
    private final FakeLogs logs = new FakeLogs(this, containers);
    private final FakeDetails details = new FakeDetails(this, containers, images);
    private final FakeVerbatim verbatim = new FakeVerbatim(this, containers);

    private final FakeVolumes volumes = new FakeVolumes(this);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private MemorySize memory = MemorySize.parse("16g");
    private int cpus = 4;
    private int number = 1;
    private boolean away;
    private final FakeNetworks networks = new FakeNetworks(this); // they are older than everything else

    private Predicate<Map<String, String>> shortLived = _ -> false;

    public FakeEngine() {
        events.hear(event -> {
            logs.heard(event);
            endShortLived(event);
        });
    }

    private void endShortLived(EngineEvent event) {
        boolean itsEnd = event.type().equals("container")
                && event.action().equals("start")
                && shortLived.test(event.attributes());
        if (itsEnd) containers.dies(new ContainerId(event.id()), 1);
    }

    /// From now on the process of a container ends as soon as it has begun.
    ///
    /// @param labels tells which, by their labels
    public synchronized void endsWhenStarted(Predicate<Map<String, String>> labels) {
        shortLived = labels;
    }

    // What a test does to it.

    /// From now on every call fails with `EngineDown`, and streams break.
    public void goAway() {
        synchronized (this) {
            away = true;
        }
        events.breakStreams();
        execEvents.breakStreams();
        containers.breakStreams();
        execs.breakStreams();
        logs.breakStreams();
        gates();
    }

    public synchronized void comeBack() {
        away = false;
    }

    /// Dies as by `kill -9`: when it comes back, containers are as their restart policies make them, and the events
    /// of that are all that it remembers.
    public void crash() {
        goAway();
        synchronized (this) {
            events.forget();
            containers.afterCrash();
        }
    }

    /// Another engine answers at the same address: another id, no containers, no images.
    public void becomeAnother() {
        goAway();
        synchronized (this) {
            number++;
            events.forget();
            containers.forget();
            images.forget();
        }
    }

    public FakeEvents eventBus() {
        return events;
    }

    /// What it says of commands in containers.
    public FakeEvents execBus() {
        return execEvents;
    }

    /// Lists go on showing what they show now, until `freshLists`.
    public synchronized void staleLists() {
        containers.freezeList();
    }

    public synchronized void freshLists() {
        containers.thawList();
    }

    /// The next such call fails.
    public synchronized void refuseNext(Call call, Failure failure) {
        refusals.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(failure);
    }

    /// Holds such calls before they take effect.
    public synchronized Gate hold(Call call) {
        var gate = new Gate();
        before.put(call, gate);
        return gate;
    }

    /// Holds the answers of such calls, after they took effect.
    public synchronized Gate holdAnswer(Call call) {
        var gate = new Gate();
        after.put(call, gate);
        return gate;
    }

    public synchronized int count(Call call) {
        return counts.getOrDefault(call, 0);
    }

    public synchronized void size(String memorySize, int cpuCount) {
        memory = MemorySize.parse(memorySize);
        cpus = cpuCount;
    }

    /// Makes and starts a container as somebody else would; its image is put there if it is missing.
    public ContainerId runs(ContainerSpec spec) {
        return containers.byOthers(spec);
    }

    /// A container's process ends by itself.
    public void dies(ContainerId id, int exitCode) {
        containers.dies(id, exitCode);
    }

    /// A container's health check has come to another result.
    public void healthTurns(ContainerId id, String health) {
        containers.healthTurns(id, health);
    }

    /// Changes a container without a word, as a restart by policy that fails does.
    public synchronized void change(ContainerId id, Consumer<FakeContainer> change) {
        change.accept(containers.get(id));
    }

    /// What is true, whatever lists, events and gates say.
    public synchronized Container truth(ContainerId id) {
        return containers.get(id).show();
    }

    public synchronized int containerCount() {
        return containers.size();
    }

    /// The sum of the limits of all that run, are paused or restarting, in bytes.
    public synchronized long limitsOfRunning() {
        return containers.limitsOfRunning();
    }

    /// How many were made to be started and never were.
    public synchronized int neverStarted() {
        return containers.countMadeToStart();
    }

    public synchronized int runningCount() {
        return containers.count(Status.RUNNING);
    }

    /// Sends a record to those who follow a container's statistics.
    public synchronized void measure(ContainerId id, StatsRecord record) {
        containers.get(id).statistics.forEach(it -> it.give(record));
    }

    public synchronized int statsFollowers(ContainerId id) {
        return containers.get(id).statistics.size();
    }

    public FakeLogs logBook() {
        return logs;
    }

    public FakeImages imageStore() {
        return images;
    }

    public FakeFiles fileStore() {
        return files;
    }

    // What it does.

    @Override
    public Greeting connect() {
        return call(Call.CONNECT, () -> new Greeting("docker", "20.10.24", "1.41", now));
    }

    @Override
    public Host host() {
        return call(
                Call.HOST,
                () -> new Host("FAKE:" + number, "docker", "20.10.24", "1.41", "fake" + number, cpus, memory, "6.1.0"));
    }

    @Override
    public void ping() {
        call(Call.PING, () -> true);
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
    public FakeExecs execs() {
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
        return call(Call.EVENTS, () -> events.follow(since));
    }

    @Override
    public EngineStream<EngineEvent> execEvents() {
        return call(Call.EVENTS, () -> execEvents.follow(now));
    }

    @Override
    public void close() {
        goAway();
    }

    <T> T call(Call call, Supplier<T> work) {
        pass(before, call);
        T result;
        synchronized (this) {
            counts.merge(call, 1, Integer::sum);
            present();
            Deque<Failure> waiting = refusals.get(call);
            if (waiting != null && !waiting.isEmpty()) throw waiting.poll();
            result = work.get();
        }
        pass(after, call);
        synchronized (this) {
            present();
        }
        return result;
    }

    int cpus() {
        return cpus;
    }

    boolean has(ContainerId id) {
        return containers.has(id);
    }

    boolean uses(ImageId image, boolean running) {
        return containers.uses(image, running);
    }

    boolean mounts(String volume) {
        return containers.mounts(volume);
    }

    boolean hasNetwork(String network) {
        return networks.has(network);
    }

    boolean runsIn(String network) {
        return containers.runsIn(network);
    }

    void passStep(BooleanSupplier closed) {
        Gate gate;
        synchronized (this) {
            gate = before.get(Call.PULL_STEP);
        }
        if (gate != null) gate.pass(() -> closed.getAsBoolean() || isAway());
    }

    void nudgeSteps() {
        gates();
    }

    synchronized boolean isAway() {
        return away;
    }

    synchronized Instant tick() {
        now = now.plusMillis(1);
        return now;
    }

    private void present() {
        if (away) throw new Failure.EngineDown("the engine cannot be reached", null);
    }

    private void pass(Map<Call, Gate> gates, Call call) {
        Gate gate;
        synchronized (this) {
            gate = gates.get(call);
        }
        if (gate != null) gate.pass(this::isAway);
    }

    /// Wakes whoever stands at a gate, to look whether the wait still makes sense.
    private void gates() {
        List<Gate> all;
        synchronized (this) {
            all = Stream.concat(before.values().stream(), after.values().stream())
                    .toList();
        }
        all.forEach(Gate::nudge); // without the lock: a gate asks for it while it holds its own
    }
}
