package dev.berth.mirror;

import dev.berth.engine.EngineContainers;
import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.feed.Feed;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;

/// A mirror on an engine in memory, in a time that the test moves.
public final class MirrorBench implements AutoCloseable {
    private static final String AUDIT = "mirror audit";
    private static final String FOLLOWER = "engine follower";
    /// Thousands of lines about engines that go and come would hide a failure.
    private static final Logger LOG = Logger.getLogger("dev.berth.mirror");

    static {
        LOG.setLevel(Level.OFF);
    }

    public final FakeEngine engine = new FakeEngine();
    public final HandTime time = new HandTime();
    public final Feed feed = new Feed(time);
    public final Mirror mirror;
    /// What listeners heard: `changed <id> <status>` and `removed <id>`.
    final List<String> heard = new CopyOnWriteArrayList<>();

    public MirrorBench() {
        this(1);
    }

    MirrorBench(long seed) {
        mirror = new Mirror(engine, feed, time, time, new Random(seed));
        mirror.listen(new ContainerListener() {
            @Override
            public void changed(Container container) {
                heard.add("changed " + container.id() + " " + container.status().word());
            }

            @Override
            public void removed(ContainerId id) {
                heard.add("removed " + id);
            }
        });
    }

    /// Starts, and waits until the mirror is true.
    public MirrorBench connected() {
        mirror.start();
        awaitConnected();
        return this;
    }

    void awaitConnected() {
        eventually(() -> mirror.snapshot().state().connected());
    }

    /// The engine goes, and nobody tries to reach it until `back`.
    public void away() {
        time.hold(FOLLOWER);
        engine.goAway();
        time.awaitSleep(FOLLOWER);
    }

    public void back() {
        engine.comeBack();
        time.free(FOLLOWER);
    }

    /// One tick of the audit, from its beginning to its end.
    void tick() {
        time.awaitSleep(AUDIT);
        time.advance(Duration.ofSeconds(1));
        time.round(AUDIT);
    }

    /// A tick at which everything is due.
    void audit() {
        time.awaitSleep(AUDIT);
        time.advance(Duration.ofHours(1));
        time.round(AUDIT);
    }

    public ContainerId runs(String name) {
        return engine.runs(SpecDraft.of("busybox").named(name).spec());
    }

    boolean shows(ContainerId id) {
        return mirror.snapshot().container(id).isPresent();
    }

    public void awaitTruth(ContainerId id) {
        eventually(
                () -> mirror.snapshot().container(id).equals(engine.containers().inspect(id)));
    }

    boolean isTrue() {
        Snapshot snapshot = mirror.snapshot();
        return snapshot.state().connected()
                && snapshot.containers().equals(trueContainers())
                && snapshot.images().equals(trueImages());
    }

    Map<ContainerId, Container> trueContainers() {
        var all = new TreeMap<ContainerId, Container>();
        for (EngineContainers.Listed listed : engine.containers().list())
            engine.containers().inspect(listed.id()).ifPresent(it -> all.put(it.id(), it));
        return all;
    }

    Map<ImageId, Image> trueImages() {
        var all = new TreeMap<ImageId, Image>();
        for (ImageId id : engine.images().list()) engine.images().inspect(id).ifPresent(it -> all.put(id, it));
        return all;
    }

    /// Waits for a condition that must come true.
    public static void eventually(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(20))
                .until(condition);
    }

    @Override
    public void close() {
        mirror.close();
        engine.close();
    }
}
