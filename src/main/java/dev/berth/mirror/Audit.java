package dev.berth.mirror;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineContainers;
import dev.berth.model.Alarm;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Host;
import dev.berth.model.ImageId;
import dev.berth.model.Pause;
import dev.berth.model.Status;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Instead of trust: compares the mirror with the engine's lists, and looks at what changes without any event. Sleeps
/// while nothing is due: a thread that wakes each second to find that out costs as much as sampling ten containers.
final class Audit implements AutoCloseable, ContainerListener {
    private static final System.Logger LOG = System.getLogger(Audit.class.getName());

    /// Of so many at least, where there are as many: for the first look of a group everything is cold.
    private static final int GROUP = 10;

    private static final int MOST_GROUPS = 10;

    private final Mirror mirror;
    private final Engine engine;
    private final InstantSource clock;
    private final Pause pause;
    private final MirrorSettings settings;
    private final Thread thread;
    private final Alarm alarm;
    private final Map<ContainerId, Instant> looked = new HashMap<>();
    private final Set<ContainerId> restarting = ConcurrentHashMap.newKeySet();
    private final Set<ContainerId> changing = ConcurrentHashMap.newKeySet();
    private Set<ContainerId> changedBefore = Set.of();
    private volatile Runnable doubt = () -> {};
    private volatile boolean soon;
    private volatile boolean imagesSoon;
    private volatile boolean askHost;
    private volatile Instant heard;
    private Instant listed;
    private Instant listedImages;

    Audit(Mirror mirror, Engine engine, InstantSource clock, Pause pause, MirrorSettings settings) {
        this.mirror = mirror;
        this.engine = engine;
        this.clock = clock;
        this.pause = pause;
        this.settings = settings;
        this.alarm = pause.alarm();
        this.heard = clock.instant();
        this.listed = heard;
        this.listedImages = heard;
        // Waking a virtual thread wakes those that carry it, too: some three times as much CPU.
        this.thread = Thread.ofPlatform().daemon().name("mirror audit").unstarted(this::run);
    }

    /// @param doubt ends a connection that is no longer believed in
    void start(Runnable doubt) {
        this.doubt = doubt;
        thread.start();
    }

    /// An event has come: the connection lives.
    void heard() {
        heard = clock.instant();
    }

    /// Something happened that names nobody: list at the next tick.
    void soon() {
        soon = true;
        alarm.ring();
    }

    /// The same for images.
    void imagesSoon() {
        imagesSoon = true;
        alarm.ring();
    }

    void askHost() {
        askHost = true;
        alarm.ring();
    }

    /// A look has failed: it is to be tried again.
    void retrySoon() {
        alarm.ring();
    }

    /// What an `update` event names may be rolled back without another word: look once more, a whole tick later at
    /// least.
    void lookAgain(ContainerId id) {
        changing.add(id);
        alarm.ring();
    }

    @Override
    public void changed(Container container) {
        if (container.status() != Status.RESTARTING) restarting.remove(container.id());
        else if (restarting.add(container.id())) alarm.ring();
    }

    @Override
    public void removed(ContainerId id) {
        restarting.remove(id);
    }

    private void run() {
        try {
            while (true) {
                if (!restless()) alarm.await(untilDue());
                pause.sleep(settings.tick()); // what comes in bursts is answered once
                try {
                    tick();
                } catch (Failure failure) {
                    LOG.log(Level.DEBUG, "the audit could not ask the engine: {0}", failure.detail());
                } catch (RuntimeException fault) {
                    LOG.log(Level.ERROR, "the audit failed", fault);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean restless() {
        return !restarting.isEmpty()
                || !changing.isEmpty()
                || !changedBefore.isEmpty()
                || !mirror.snapshot().state().connected();
    }

    /// How long nothing will be due, if nobody rings; never longer than an engine may be silent.
    private Duration untilDue() {
        Instant due = Stream.of(
                        heard.plus(settings.silence()),
                        firstLook().orElse(Instant.MAX),
                        listed.plus(settings.audit()),
                        listedImages.plus(settings.imageAudit()))
                .min(Comparator.naturalOrder())
                .get();
        long nanos =
                Duration.between(clock.instant(), due).minus(settings.tick()).toNanos();
        return Duration.ofNanos(Math.clamp(nanos, 0, settings.silence().toNanos()));
    }

    private void tick() {
        EngineState.Kind kind = mirror.snapshot().state().kind();
        if (kind == EngineState.Kind.UNREACHABLE) return;
        mirror.retryFailed();
        if (kind == EngineState.Kind.RESYNCING) return;
        changedBefore.forEach(mirror::hint);
        changedBefore = Set.copyOf(changing);
        changing.removeAll(changedBefore);
        // A restart by policy that fails says nothing.
        restarting.forEach(mirror::hint);
        Instant now = clock.instant();
        if (older(heard, settings.silence(), now)) ping(now);
        lookAtAll(now);
        if (askHost) {
            askHost = false;
            meet(engine.host());
        }
        if (soon || older(listed, settings.audit(), now)) {
            soon = false;
            listed = now;
            containers();
        }
        if (imagesSoon || older(listedImages, settings.imageAudit(), now)) {
            imagesSoon = false;
            listedImages = now;
            images();
        }
    }

    /// Another engine behind the same address is not to be met in passing: all of it must be looked at.
    private void meet(Host host) {
        Optional<String> known = mirror.snapshot().host().map(Host::engineId);
        if (known.equals(Optional.of(host.engineId()))) mirror.table().host(host);
        else doubt.run();
    }

    private static boolean older(Instant when, Duration age, Instant now) {
        return !when.plus(age).isAfter(now);
    }

    private void ping(Instant now) {
        try {
            engine.ping();
            heard = now;
        } catch (Failure silent) {
            LOG.log(Level.WARNING, "the engine does not answer a ping: {0}", silent.detail());
            heard = now;
            doubt.run();
        }
    }

    /// Each container now and then, since a list does not show that one ran in between. Once the first is due, so are
    /// those that would be soon.
    private void lookAtAll(Instant now) {
        var all = mirror.snapshot().containers();
        looked.keySet().retainAll(all.keySet());
        for (ContainerId id : all.keySet()) looked.computeIfAbsent(id, it -> spread(it, now));
        if (firstLook().filter(it -> !it.isAfter(now)).isPresent()) {
            int groups = Math.clamp(all.size() / GROUP, 1, MOST_GROUPS);
            Duration due = settings.reinspect().minus(settings.reinspect().dividedBy(groups));
            List<ContainerId> group = new ArrayList<>();
            looked.forEach((id, when) -> {
                if (older(when, due, now)) group.add(id);
            });
            for (ContainerId id : group) looked.put(id, now);
            mirror.containers().hintInTurn(group);
        }
    }

    /// When the next look at a container is due.
    private Optional<Instant> firstLook() {
        return looked.values().stream().min(Comparator.naturalOrder()).map(it -> it.plus(settings.reinspect()));
    }

    /// As if it had been looked at some time ago, so that those who are met together do not come due together.
    private Instant spread(ContainerId id, Instant now) {
        return now.minusMillis(Math.floorMod(id.hashCode(), settings.reinspect().toMillis()));
    }

    private void containers() {
        var known = mirror.snapshot().containers();
        Set<ContainerId> missing = new HashSet<>(known.keySet());
        int doubtful = 0;
        for (EngineContainers.Listed listed : engine.containers().list()) {
            missing.remove(listed.id());
            Optional<Container> container = Optional.ofNullable(known.get(listed.id()));
            if (container.filter(it -> agrees(it, listed)).isPresent()) continue;
            doubtful++;
            mirror.hint(listed.id());
        }
        missing.forEach(mirror::hint);
        doubtful += missing.size();
        if (doubtful > 0) LOG.log(Level.DEBUG, "the audit looks again at {0} containers", doubtful);
    }

    private static boolean agrees(Container known, EngineContainers.Listed listed) {
        return known.status().word().equals(listed.state())
                && known.name().equals(listed.name())
                && listed.imageId().map(known.imageId()::equals).orElse(true);
    }

    private void images() {
        Set<ImageId> ids = new HashSet<>(mirror.snapshot().images().keySet());
        ids.addAll(engine.images().list());
        for (ImageId id : ids) mirror.images().hint(id);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
