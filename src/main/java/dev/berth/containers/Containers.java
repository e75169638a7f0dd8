package dev.berth.containers;

import dev.berth.admission.Admission;
import dev.berth.admission.Ask;
import dev.berth.admission.Verdict;
import dev.berth.engine.Engine;
import dev.berth.images.Images;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.Host;
import dev.berth.model.Image;
import dev.berth.model.MemorySize;
import dev.berth.model.Pause;
import dev.berth.model.RandomId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Creates and removes containers. Every operation runs on a thread of its own to its end, whatever becomes of the
/// client that asked for it.
public final class Containers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Containers.class.getName());
    private static final int OPERATION_LENGTH = 16;
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final Engine engine;
    private final Mirror mirror;
    private final Images images;
    private final RandomGenerator random;
    private final LocalDevices devices;
    private final OurLabels labels;
    private final Sweep sweep;
    private final Admission admission;
    private final IdempotencyKeys keys;
    private final Settling settling;
    private final Opening opening;
    private final HealthWatch health;
    private final Turns turns = new Turns();
    private final Set<String> atWork = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("operation").factory());

    /// @param server the id of this installation, written on every container it makes
    /// @param endedCleanly whether the last life of this server left nothing under way
    public Containers(
            Engine engine,
            Mirror mirror,
            Images images,
            Admission admission,
            IdempotencyKeys keys,
            String server,
            boolean endedCleanly,
            LocalDevices devices,
            RandomGenerator random,
            Pause pause) {
        this.engine = engine;
        this.mirror = mirror;
        this.images = images;
        this.random = random;
        this.devices = devices;
        this.labels = new OurLabels(server);
        this.admission = admission;
        this.keys = keys;
        this.settling = new Settling(mirror, pause);
        this.opening = new Opening(mirror, endedCleanly, Pause.REAL);
        this.sweep = new Sweep("sweep", engine.containers(), mirror, labels.halfMade(atWork), pause);
        this.health = new HealthWatch(mirror);
        mirror.listen(sweep);
    }

    /// Begins to remove what an earlier life of this server left half made.
    public void start() {
        sweep.start();
        opening.start();
    }

    /// What is known of the engine's machine, for the check of a request.
    public EngineHost host() {
        Optional<Host> host = mirror.snapshot().host();
        Optional<Predicate<String>> check = host.filter(devices::areOf).map(_ -> devices::isBlockDevice);
        return new EngineHost(
                host.map(it -> Cpus.of(it.cpus())),
                host.map(Host::memory),
                MemoryPresets.of(admission.settings()),
                check);
    }

    /// Creates, and starts unless told not to; the image is pulled first where needed.
    ///
    /// @param registryAuth the caller's credentials for the registry, as the engine's `X-Registry-Auth`
    /// @param longest how long to wait for memory
    /// @throws Failure.Refused if there is not enough memory
    public Container create(
            CreateRequest request, Optional<String> registryAuth, Duration longest, Departure departure) {
        mirror.requireConnected();
        return create(RandomId.next(random, OPERATION_LENGTH), request, registryAuth, longest, departure);
    }

    /// A create under a key: the same key and body make one container, however often and whenever they come.
    ///
    /// @param caller the name of the token, whose key it is
    /// @throws Failure.Conflict if the key was used with another body
    public KeyedCreate keyed(String caller, String key, Json body) {
        return new KeyedCreate(keys, caller, key, body);
    }

    public KeyedCreate.Outcome create(
            KeyedCreate keyed,
            CreateRequest request,
            Optional<String> registryAuth,
            Duration longest,
            Departure departure)
            throws InterruptedException {
        mirror.requireConnected();
        opening.await();
        var way = new KeyedCreate.Way(
                this::madeBy, operation -> create(operation, request, registryAuth, longest, departure));
        return keyed.run(RandomId.next(random, OPERATION_LENGTH), way);
    }

    /// Waits until what was made is healthy, if the request wants that. It stays, whatever comes of it.
    ///
    /// @throws Failure.Overdue if it is not healthy in time
    /// @throws Failure.Conflict if it has ended or is gone
    public Container healthy(Container made, CreateRequest request, Departure departure) {
        if (request.waitHealthy().isEmpty()) return made;
        try {
            return departure.whileWaiting(
                    () -> health.await(made, request.waitHealthy().get()));
        } catch (InterruptedException nobodyThere) {
            Thread.currentThread().interrupt();
            throw new Failure.Cancelled("nobody waits any more until container "
                    + made.id().shortId() + " is healthy; it was created and stays");
        }
    }

    /// What an operation of an earlier life has made; what it left half made is removed first.
    private Optional<Container> madeBy(String operation) {
        for (Container container : mirror.snapshot().containers().values()) {
            if (!labels.isOf(container, operation)) continue;
            if (!labels.isHalfMade(container, Set.of())) return Optional.of(container);
            engine.containers().remove(container.id(), true, true);
            mirror.refresh(container.id());
        }
        return Optional.empty();
    }

    private Container create(
            String operation,
            CreateRequest request,
            Optional<String> registryAuth,
            Duration longest,
            Departure departure) {
        var creation =
                new Creation(engine.containers(), mirror, images, labels, admission, settling, atWork, operation);
        return toItsEnd(() -> {
            opening.await();
            Container made = creation.run(request, registryAuth, longest, departure);
            LOG.log(Level.INFO, "container {0} ({1}) created from {2}", made.name(), made.id(), made.image());
            return made;
        });
    }

    /// Starts it; running is fine.
    ///
    /// @param longest how long to wait for memory
    /// @throws Failure.Refused if there is not enough memory
    public Container start(String named, Duration longest, Departure departure) {
        return operate(named, it -> it.start(longest, departure));
    }

    /// Stops it and starts it again; one that stands is started.
    ///
    /// @throws Failure.Refused if it stood and there is not enough memory
    public Container restart(String named, OptionalInt graceSeconds, Duration longest, Departure departure) {
        return operate(named, it -> it.restart(graceSeconds, longest, departure));
    }

    public Container stop(String named, OptionalInt graceSeconds) {
        return plain(named, id -> engine.containers().stop(id, graceSeconds));
    }

    public Container pause(String named) {
        return plain(named, engine.containers()::pause);
    }

    public Container unpause(String named) {
        return plain(named, engine.containers()::unpause);
    }

    public Container kill(String named, Optional<String> signal) {
        return plain(named, id -> engine.containers().kill(id, signal));
    }

    /// Changes it while it lives; all of it or nothing.
    ///
    /// @param force also below what it uses now
    /// @throws Failure.Refused if there is not enough memory for a higher limit
    public Container change(String named, ChangeRequest request, boolean force, Duration longest, Departure departure) {
        return operate(named, it -> it.change(request, force, longest, departure));
    }

    /// Whether this container would be admitted now, under another limit if one is given.
    public Verdict look(String named, Optional<MemorySize> limit) {
        Container container = mirror.known().container(named);
        return admission.look(
                new Ask("look at " + container.name(), Optional.of(container.id()), limit.or(container::memoryLimit)));
    }

    /// Finds what somebody wants to change.
    ///
    /// @throws Failure.NotFound if there is none
    /// @throws Failure.Conflict (`update-under-way`) if an update is about to give its name to a container
    public Container find(String named) {
        mirror.requireConnected();
        try {
            return mirror.snapshot().container(named);
        } catch (Failure.NotFound none) {
            turns.refuseReserved(named);
            throw none;
        }
    }

    private Container plain(String named, Consumer<ContainerId> call) {
        return operate(named, it -> it.plain(() -> call.accept(it.id())));
    }

    private interface Work {
        Container of(Operation operation) throws Exception;
    }

    private Container operate(String named, Work work) {
        ContainerId id = find(named).id();
        var operation = new Operation(engine.containers(), mirror, admission, settling, turns, id);
        return toItsEnd(() -> {
            opening.await();
            return work.of(operation);
        });
    }

    /// What `create` would do now.
    ///
    /// @throws Failure what `create` would be refused for, as far as it can be seen beforehand
    public CreatePlan plan(CreateRequest request) {
        mirror.requireConnected();
        Snapshot snapshot = mirror.snapshot();
        new Conflicts(snapshot).check(request.spec(), request.start());
        Optional<Image> image = snapshot.image(request.spec().image());
        if (image.isEmpty() && request.pull() == CreateRequest.Pull.NEVER)
            throw new Failure.NotFound(
                    "no-such-image",
                    "the image '" + request.spec().image() + "' is not here, and \"pull\" is \"never\"");
        image.ifPresent(request::requireCheck);
        return new CreatePlan(
                request,
                image.isEmpty() || request.pull() == CreateRequest.Pull.ALWAYS,
                admission.look(new Ask(
                        request.what(),
                        Optional.empty(),
                        request.spec().limits().memory())));
    }

    /// What a create would do.
    ///
    /// @param pull whether the registry would be asked
    /// @param memory whether it would be admitted now
    public record CreatePlan(CreateRequest request, boolean pull, Verdict memory) {}

    /// Stops a container if it runs, and removes it and its anonymous volumes.
    ///
    /// @param graceSeconds between the request to stop and the kill; none is the container's own
    public void remove(String named, OptionalInt graceSeconds, boolean keepVolumes) {
        Container container = find(named);
        var removal = new Removal(engine, mirror, container, keepVolumes);
        toItsEnd(() -> turns.take(container.id(), () -> removal.run(graceSeconds)));
    }

    /// What `remove` would do now.
    public RemovePlan planRemove(String named, boolean keepVolumes) {
        return new Removal(engine, mirror, mirror.known().container(named), keepVolumes).plan();
    }

    /// Keeps containers for something longer: until it is closed nobody else's operation touches them through
    /// Berth. Waits for what is under way.
    ///
    /// @param names which one of them may be without for a moment
    /// @throws Failure.Conflict (`update-under-way`) if one of them is reserved already
    public Reservation reserve(Collection<ContainerId> ids, Collection<String> names) throws InterruptedException {
        return Reservation.of(turns, ids, names);
    }

    private <T> T toItsEnd(Callable<T> operation) {
        var future = submit(operation);
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Failure failure) throw failure;
            if (failed.getCause() instanceof InterruptedException)
                throw new Failure.Cancelled("nobody waits for the answer any more; nothing was begun");
            throw new IllegalStateException("an operation broke", failed.getCause());
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new Failure.Cancelled("the server is stopping; what was begun is carried to its end");
        }
    }

    private <T> Future<T> submit(Callable<T> operation) {
        try {
            return threads.submit(operation);
        } catch (RejectedExecutionException closed) {
            throw new Failure.Cancelled("the server is stopping; nothing was begun");
        }
    }

    /// Lets what was begun end, for ten seconds at most.
    @Override
    public void close() {
        opening.close();
        sweep.close();
        settling.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) threads.shutdownNow();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            threads.shutdownNow();
        }
    }
}
