package dev.berth.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.Pause;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a create of ours left half made goes, and nothing else ever does.
@Timeout(60)
class SweepTest {
    private final FakeEngine engine = new FakeEngine();
    private final Harbour harbour = new Harbour(engine);

    SweepTest() {
        engine.imageStore().put("a");
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private static ContainerSpec made(String server, boolean start) {
        return SpecDraft.of("a")
                .label("berth.op", "an-older-life")
                .label("berth.server", server)
                .label("berth.start", String.valueOf(start))
                .spec();
    }

    private ContainerId halfMade() {
        return engine.containers().create(made(Harbour.SERVER, true));
    }

    @Test
    void removesWhatAnEarlierLifeLeftHalfMadeAfterAMomentOfPatience() throws Exception {
        ContainerId id = halfMade();
        harbour.open();
        harbour.ticks.pass(2);
        assertTrue(harbour.shown(id).isPresent(), "a start that the last server asked for may be under way");
        harbour.ticks.pass(1);
        assertEquals(0, engine.containerCount());
        assertTrue(harbour.shown(id).isEmpty());
    }

    @Test
    void removesWhatAppearsLateToo() throws Exception {
        harbour.open();
        ContainerId id = halfMade();
        await().atMost(20, SECONDS).until(() -> harbour.shown(id).isPresent());
        harbour.ticks.pass(3);
        assertEquals(0, engine.containerCount());
    }

    @Test
    void leavesWhatStartsWhileItIsWatched() throws Exception {
        ContainerId id = halfMade();
        harbour.open();
        harbour.ticks.pass(2);
        engine.eventBus().off();
        engine.containers().start(id);
        harbour.ticks.pass(4);
        assertEquals(1, engine.runningCount(), "the last look is at the engine, not at what was known of it");
    }

    @Test
    void leavesWhatEverRan() throws Exception {
        ContainerId id = halfMade();
        engine.containers().start(id);
        engine.containers().stop(id, OptionalInt.empty());
        harbour.open();
        harbour.ticks.pass(6);
        assertEquals(Status.EXITED, harbour.shown(id).orElseThrow().status());
    }

    @Test
    void leavesWhatWasNotMeantToStart() throws Exception {
        engine.containers().create(made(Harbour.SERVER, false));
        harbour.open();
        harbour.ticks.pass(6);
        assertEquals(1, engine.containerCount());
    }

    @Test
    void leavesOtherInstallationsAlone() throws Exception {
        engine.containers().create(made("another-installation", true));
        engine.containers().create(SpecDraft.of("a").spec());
        engine.containers()
                .create(SpecDraft.of("a")
                        .label("berth.op", "x")
                        .label("berth.start", "true")
                        .spec());
        harbour.open();
        harbour.ticks.pass(6);
        assertEquals(3, engine.containerCount());
    }

    @Test
    void leavesWhatAnOperationIsAtWorkOn() throws Exception {
        harbour.open();
        Gate start = engine.hold(Call.START);
        Future<Container> create =
                harbour.inBackground(() -> harbour.create(SpecDraft.of("a").spec()));
        start.awaitArrival();
        await().atMost(20, SECONDS).until(() -> harbour.names().size() == 1);
        harbour.ticks.pass(6);
        start.open();
        assertEquals(Status.RUNNING, create.get(20, SECONDS).status());
    }

    @Test
    void triesAgainWhatTheEngineRefused() throws Exception {
        halfMade();
        harbour.open();
        engine.refuseNext(Call.REMOVE, new Failure.EngineNonsense("stumbled", null));
        engine.refuseNext(Call.REMOVE, new Failure.Conflict("container-busy", "not now"));
        harbour.ticks.pass(4);
        assertEquals(1, engine.containerCount());
        harbour.ticks.pass(1);
        assertEquals(0, engine.containerCount());
    }

    @Test
    void doesNotEndWithOneContainerThatMakesItStumble() throws Exception {
        halfMade();
        halfMade();
        harbour.open();
        engine.refuseNext(Call.REMOVE, new Failure.EngineSlow("slow"));
        harbour.ticks.pass(3);
        assertEquals(1, engine.containerCount());
        harbour.ticks.pass(1);
        assertEquals(0, engine.containerCount());
    }

    @Test
    void touchesNothingOnAnotherEngineAtTheSameAddress() throws Exception {
        harbour.open();
        engine.becomeAnother();
        harbour.awaitUnreachable();
        engine.comeBack();
        engine.runs(SpecDraft.of("b").named("theirs").spec());
        harbour.awaitConnected();
        harbour.ticks.pass(5);
        assertEquals(1, engine.runningCount());
        assertEquals(0, engine.count(Call.REMOVE));
    }

    @Test
    void halfMadeIsOnlyWhatIsOursAndMeantToStartAndNeverDid() {
        var labels = new OurLabels(Harbour.SERVER);
        ContainerId id = halfMade();
        assertTrue(labels.isHalfMade(engine.truth(id), Set.of()));
        assertFalse(labels.isHalfMade(engine.truth(id), Set.of("an-older-life")));
        assertFalse(new OurLabels("another").isHalfMade(engine.truth(id), Set.of()));
        engine.containers().start(id);
        assertFalse(labels.isHalfMade(engine.truth(id), Set.of()));
        engine.dies(id, 1);
        assertFalse(labels.isHalfMade(engine.truth(id), Set.of()));
        assertEquals(
                List.of("berth.op", "berth.server", "berth.start"),
                labels.of("x", true).keySet().stream().sorted().toList());
    }

    @Test
    void sleepsAsLongAsNobodyIsUnderSuspicion() throws Exception {
        var seconds = new AtomicInteger();
        Pause counted = duration -> {
            seconds.incrementAndGet();
            Pause.REAL.sleep(Duration.ofMillis(1));
        };
        var rule = new Sweep.Rule(it -> it.name().startsWith("left"), _ -> true, 3, "left behind");
        harbour.open();
        try (var sweep = new Sweep("test", engine.containers(), harbour.mirror, rule, counted)) {
            harbour.mirror.listen(sweep);
            sweep.start();
            engine.runs(SpecDraft.of("a").named("wanted").spec());
            await().atMost(20, SECONDS).until(() -> harbour.names().size() == 1);
            assertEquals(0, seconds.get());
            engine.runs(SpecDraft.of("a").named("left").spec());
            await().atMost(20, SECONDS).until(() -> harbour.names().equals(List.of("wanted")));
            assertTrue(seconds.get() > 3, seconds + " seconds of patience");
        }
    }
}
