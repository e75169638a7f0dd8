package dev.berth.mirror;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Host;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// What is known, behind one lock; snapshots of it are made when somebody looks and something has changed.
final class Table {
    /// Container ids never come back; the late answer of an old inspect must not raise the dead.
    private static final int TOMBSTONES = 4096;

    private static final Duration TOMBSTONE_AGE = Duration.ofMinutes(10);

    private final InstantSource clock;
    private final TreeMap<ContainerId, Container> containers = new TreeMap<>();
    private final TreeMap<ImageId, Image> images = new TreeMap<>();
    private final LinkedHashMap<ContainerId, Instant> tombstones = new LinkedHashMap<>();
    private final Map<ContainerId, Instant> outOfMemory = new HashMap<>();
    private final List<ContainerListener> listeners = new CopyOnWriteArrayList<>();
    private Optional<Host> host = Optional.empty();
    private EngineState state;
    private boolean known;
    private long version = 1;
    private volatile Snapshot current;

    Table(InstantSource clock) {
        this.clock = clock;
        this.state = new EngineState(EngineState.Kind.UNREACHABLE, clock.instant(), Optional.of("not yet connected"));
        this.current = build();
    }

    void listen(ContainerListener listener) {
        listeners.add(listener);
    }

    synchronized Snapshot snapshot() {
        if (current.version() != version) current = build();
        return current;
    }

    private Snapshot build() {
        return new Snapshot(version, state, known, host, copy(containers), copy(images));
    }

    private static <K, V> SortedMap<K, V> copy(SortedMap<K, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    /// Takes what an inspect showed.
    synchronized void saw(Container inspected) {
        if (tombstones.containsKey(inspected.id())) return;
        Container container = withOutOfMemory(inspected);
        Container before = containers.put(container.id(), container);
        if (container.equals(before)) return;
        version++;
        for (ContainerListener listener : listeners) listener.changed(container);
    }

    /// Takes that a container does not exist any more.
    synchronized void gone(ContainerId id) {
        tombstones.putIfAbsent(id, clock.instant());
        var eldest = tombstones.entrySet().iterator();
        Instant old = clock.instant().minus(TOMBSTONE_AGE);
        while (tombstones.size() > TOMBSTONES && eldest.next().getValue().isBefore(old)) eldest.remove();
        outOfMemory.remove(id);
        if (containers.remove(id) == null) return;
        version++;
        for (ContainerListener listener : listeners) listener.removed(id);
    }

    /// The kernel killed a process of a container: while it lives the engine's inspect does not say so.
    synchronized void outOfMemory(ContainerId id, Instant when) {
        if (tombstones.containsKey(id)) return;
        outOfMemory.merge(id, when, (one, other) -> one.isAfter(other) ? one : other);
    }

    private Container withOutOfMemory(Container inspected) {
        Instant when = outOfMemory.get(inspected.id());
        boolean inThisLife = when != null
                && inspected.startedAt().isPresent()
                && !when.isBefore(inspected.startedAt().get());
        return inThisLife ? inspected.withOomKilled() : inspected;
    }

    synchronized void saw(Image image) {
        if (!image.equals(images.put(image.id(), image))) version++;
    }

    synchronized void gone(ImageId id) {
        if (images.remove(id) != null) version++;
    }

    synchronized void state(EngineState.Kind kind, Optional<String> message) {
        if (state.kind() == kind
                && (kind != EngineState.Kind.UNREACHABLE || state.message().equals(message))) return;
        Instant since = state.kind() == kind ? state.since() : clock.instant();
        state = new EngineState(kind, since, message);
        if (kind == EngineState.Kind.CONNECTED) known = true;
        version++;
    }

    synchronized void host(Host met) {
        if (host.isPresent() && !host.get().engineId().equals(met.engineId())) {
            System.getLogger(Table.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "another engine answers ({0} instead of {1}): everything known of the old one is forgotten",
                            met.engineId(),
                            host.get().engineId());
            for (ContainerId id : List.copyOf(containers.keySet())) gone(id);
            tombstones.clear();
            outOfMemory.clear();
            images.clear();
            known = false;
        }
        if (!host.equals(Optional.of(met))) version++;
        host = Optional.of(met);
    }
}
