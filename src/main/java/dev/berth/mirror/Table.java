package dev.berth.mirror;

import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Host;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
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
    private final Feed feed;
    private final ContainerNews containerNews;
    private final ImageNews imageNews;
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

    /// @param feed is told of every change after the first full look, under the lock: whoever hears of one and looks
    ///     here sees it
    Table(InstantSource clock, Feed feed) {
        this.clock = clock;
        this.feed = feed;
        this.containerNews = new ContainerNews(feed);
        this.imageNews = new ImageNews(feed);
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
        if (!container.equals(before)) {
            version++;
            for (ContainerListener listener : listeners) listener.changed(container);
        }
        if (known) containerNews.saw(Optional.ofNullable(before), container);
        else containerNews.skip(container.id());
    }

    /// Takes that an inspect did not find a container. For one that was here that is its end; but an engine lists a
    /// container before an inspect finds it, while it still fills its volumes: that one may be yet to come.
    synchronized void absent(ContainerId id) {
        if (containers.containsKey(id)) gone(id);
        else if (!known) containerNews.skip(id);
    }

    /// Takes that a container does not exist any more.
    synchronized void gone(ContainerId id) {
        boolean first = tombstones.putIfAbsent(id, clock.instant()) == null;
        var eldest = tombstones.entrySet().iterator();
        Instant old = clock.instant().minus(TOMBSTONE_AGE);
        while (tombstones.size() > TOMBSTONES && eldest.next().getValue().isBefore(old)) eldest.remove();
        outOfMemory.remove(id);
        Container last = containers.remove(id);
        if (last != null) {
            version++;
            for (ContainerListener listener : listeners) listener.removed(id);
        }
        if (!known || !first) containerNews.skip(id);
        else if (last != null) containerNews.gone(last);
        else containerNews.passed(id);
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
        Image before = images.put(image.id(), image);
        if (image.equals(before)) return;
        version++;
        if (known) imageNews.saw(Optional.ofNullable(before), image);
    }

    synchronized void gone(ImageId id) {
        Image last = images.remove(id);
        if (last == null) return;
        version++;
        if (known) imageNews.gone(last);
    }

    /// Whatever a reference names, and named, has been looked at.
    synchronized void looked(ImageRef reference) {
        if (known) imageNews.looked(reference, Lookup.image(images, reference));
        else imageNews.skip(reference);
    }

    Heard<ContainerId> heard() {
        return containerNews.heard();
    }

    Heard<ImageRef> pulls() {
        return imageNews.pulls();
    }

    synchronized void state(EngineState.Kind kind, Optional<String> message) {
        if (state.kind() == kind
                && (kind != EngineState.Kind.UNREACHABLE || state.message().equals(message))) return;
        boolean turned = state.kind() != kind;
        state = new EngineState(kind, turned ? clock.instant() : state.since(), message);
        if (kind == EngineState.Kind.CONNECTED) known = true;
        version++;
        if (turned) feed.publish(engine(kind.word()).with("message", message));
    }

    private Happening engine(String action) {
        Happening what = Happening.of(Kind.ENGINE, action);
        return host.map(it -> what.with("name", it.engineName()).with("version", it.engineVersion()))
                .orElse(what);
    }

    synchronized void host(Host met) {
        if (host.isPresent() && !host.get().engineId().equals(met.engineId())) {
            System.getLogger(Table.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "another engine answers ({0} instead of {1}): everything known of the old one is forgotten",
                            met.engineId(),
                            host.get().engineId());
            known = false; // nobody has removed them, so nobody is told that
            for (ContainerId id : List.copyOf(containers.keySet())) gone(id);
            tombstones.clear();
            outOfMemory.clear();
            images.clear();
            host = Optional.of(met);
            version++;
            feed.publish(engine("replaced"));
        }
        if (!host.equals(Optional.of(met))) version++;
        host = Optional.of(met);
    }
}
