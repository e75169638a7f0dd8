package dev.berth.mirror;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineEvent;
import dev.berth.feed.Feed;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import dev.berth.model.Pause;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// The engine's containers and images in memory. A read never asks the engine.
///
/// Events and lists are hints, an inspect is the truth: nothing is believed but what an inspect that began after
/// the last hint has shown. Ids of containers never come back, so a `destroy` or an unknown id ends a container for
/// good.
public final class Mirror implements AutoCloseable {
    private static final int INSPECTS_IN_FLIGHT = 8;

    private final Engine engine;
    private final MirrorSettings settings;
    private final Table table;
    private final Inspections<ContainerId> containers;
    private final Inspections<ImageId> images;
    private final Inspections<ImageRef> references;
    private final Follower follower;
    private final Audit audit;
    private final Execs execs;

    /// @param feed is told what happens, after it shows here
    public Mirror(Engine engine, Feed feed, InstantSource clock, Pause pause, RandomGenerator random) {
        this(engine, feed, clock, pause, random, MirrorSettings.DEFAULTS);
    }

    Mirror(
            Engine engine,
            Feed feed,
            InstantSource clock,
            Pause pause,
            RandomGenerator random,
            MirrorSettings settings) {
        this.engine = engine;
        this.settings = settings;
        this.table = new Table(clock, feed);
        this.containers = new Inspections<>("container", INSPECTS_IN_FLIGHT, this::inspect, this::retrySoon);
        this.images = new Inspections<>("image", INSPECTS_IN_FLIGHT, this::inspect, this::retrySoon);
        this.references = new Inspections<>("image reference", INSPECTS_IN_FLIGHT, this::inspect, this::retrySoon);
        this.execs = new Execs(engine, table, feed, pause);
        this.audit = new Audit(this, engine, clock, pause, settings);
        table.listen(audit);
        this.follower = new Follower(this, engine, pause, random, audit);
    }

    /// Begins to follow the engine; returns at once, reachable or not.
    public void start() {
        follower.start();
        audit.start(follower::reconnect);
    }

    /// Everything known now; the same object until something changes.
    public Snapshot snapshot() {
        return table.snapshot();
    }

    /// Everything known now, once there is anything to know.
    ///
    /// @throws Failure.EngineDown before the first full look at the engine: an empty list would be a lie
    public Snapshot known() {
        Snapshot snapshot = table.snapshot();
        if (!snapshot.known()) throw notConnected(snapshot.state());
        return snapshot;
    }

    /// @throws Failure.EngineDown unless the mirror is true: nothing may be changed on the ground of an old state
    public void requireConnected() {
        EngineState state = table.snapshot().state();
        if (!state.connected()) throw notConnected(state);
    }

    private static Failure notConnected(EngineState state) {
        String why = state.kind() == EngineState.Kind.RESYNCING
                ? "the engine answers; its state is being read"
                : "the engine is unreachable since " + state.since()
                        + state.message().map(it -> ": " + it).orElse("");
        return new Failure.EngineDown(why, null);
    }

    /// What is executed in containers, for those who ask.
    public Execs execs() {
        return execs;
    }

    public void listen(ContainerListener listener) {
        table.listen(listener);
    }

    /// Looks at a container after a write, and returns when every later read shows what the write did; nothing if
    /// it is gone.
    public Optional<Container> refresh(ContainerId id) {
        containers.await(id, containers.hint(id), settings.confirm());
        return table.snapshot().container(id);
    }

    /// The same for an image by id.
    public Optional<Image> refresh(ImageId id) {
        images.await(id, images.hint(id), settings.confirm());
        return table.snapshot().image(id);
    }

    /// The same for whatever image a reference names now and named before.
    public Optional<Image> refresh(ImageRef reference) {
        references.await(reference, references.hint(reference), settings.confirm());
        return table.snapshot().image(reference);
    }

    /// Wants a look at a container, soon.
    public void hint(ContainerId id) {
        containers.hint(id);
    }

    private void inspect(ContainerId id) {
        table.heard().looking(id);
        engine.containers().inspect(id).ifPresentOrElse(table::saw, () -> table.absent(id));
    }

    private void inspect(ImageId id) {
        engine.images().inspect(id).ifPresentOrElse(table::saw, () -> table.gone(id));
    }

    /// A tag moves without a word about the image that loses it: look at whoever holds it now and whoever held it
    /// here.
    private void inspect(ImageRef reference) {
        table.pulls().looking(reference);
        Set<ImageId> concerned = ConcurrentHashMap.newKeySet();
        engine.images().inspect(reference).ifPresent(it -> concerned.add(it.id()));
        for (Image image : table.snapshot().images().values())
            if (Lookup.holds(image, reference)) concerned.add(image.id());
        List<Runnable> waits = new ArrayList<>();
        for (ImageId id : concerned) {
            long ticket = images.hint(id);
            waits.add(() -> images.await(id, ticket, settings.confirm()));
        }
        waits.forEach(Runnable::run);
        table.looked(reference);
    }

    Table table() {
        return table;
    }

    Inspections<ContainerId> containers() {
        return containers;
    }

    Inspections<ImageId> images() {
        return images;
    }

    private void retrySoon() {
        audit.retrySoon();
    }

    void retryFailed() {
        containers.retryFailed();
        images.retryFailed();
        references.retryFailed();
    }

    void follow(EngineEvent event) {
        EventHints.follow(event, new EventHints.Target() {
            @Override
            public void heard(ContainerId id) {
                table.heard().heard(id, event);
            }

            @Override
            public void pulled(ImageRef reference) {
                table.pulls().heard(reference, event);
            }

            @Override
            public void look(ContainerId id) {
                containers.hint(id);
            }

            @Override
            public void lookTwice(ContainerId id) {
                containers.hint(id);
                audit.lookAgain(id);
            }

            @Override
            public void destroyed(ContainerId id) {
                table.gone(id);
            }

            @Override
            public void outOfMemory(ContainerId id, Instant when) {
                table.outOfMemory(id, when);
            }

            @Override
            public void look(ImageId id) {
                images.hint(id);
            }

            @Override
            public void look(ImageRef reference) {
                references.hint(reference);
            }

            @Override
            public void listSoon() {
                audit.soon();
            }

            @Override
            public void listImagesSoon() {
                audit.imagesSoon();
            }

            @Override
            public void askHost() {
                audit.askHost();
            }
        });
    }

    @Override
    public void close() {
        follower.close();
        execs.close();
        audit.close();
        containers.close();
        images.close();
        references.close();
    }
}
