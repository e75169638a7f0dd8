package dev.berth.mirror;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the mirror shows of containers while the engine is there.
@Timeout(60)
class MirrorTest {
    private final MirrorBench bench = new MirrorBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void itShowsWhatIsThereWhenItConnects() {
        ContainerId running = bench.runs("web");
        ContainerId created = create("db");
        bench.connected();
        assertTrue(bench.isTrue());
        assertEquals(Status.RUNNING, shown(running).status());
        assertEquals(Status.CREATED, shown(created).status());
        assertEquals("fake1", bench.mirror.snapshot().host().orElseThrow().hostname());
    }

    @Test
    void anEventLeadsToTheNewState() {
        bench.connected();
        ContainerId id = bench.runs("web");
        eventually(() -> bench.shows(id) && shown(id).status() == Status.RUNNING);
        bench.engine.dies(id, 7);
        eventually(() -> shown(id).status() == Status.EXITED);
        assertEquals(OptionalInt.of(7), shown(id).exitCode());
        remove(id);
        eventually(() -> !bench.shows(id));
    }

    @Test
    void aWriteShowsAfterRefreshThoughNoEventTellsOfIt() {
        bench.connected();
        bench.engine.eventBus().off();
        ContainerId id = create("web");
        assertEquals(Status.CREATED, bench.mirror.refresh(id).orElseThrow().status());
        bench.engine.containers().start(id);
        assertEquals(Status.RUNNING, bench.mirror.refresh(id).orElseThrow().status());
        remove(id);
        assertTrue(bench.mirror.refresh(id).isEmpty());
        assertFalse(bench.shows(id));
    }

    @Test
    void aStartThatFailsHasNoEventAndIsSeenByRefresh() {
        bench.connected();
        ContainerId id = bench.engine
                .containers()
                .create(SpecDraft.of(busybox()).running("/nosuch").spec());
        bench.mirror.refresh(id);
        assertThrows(Failure.Rejected.class, () -> bench.engine.containers().start(id));
        assertTrue(bench.mirror.refresh(id).orElseThrow().error().contains("/nosuch"));
    }

    @Test
    void doubledEventsChangeNothing() {
        bench.engine.eventBus().doubled();
        bench.connected();
        ContainerId id = bench.runs("web");
        bench.engine.dies(id, 1);
        bench.awaitTruth(id);
        remove(id);
        eventually(() -> !bench.shows(id));
        assertEquals(1, bench.heard.stream().filter(("removed " + id)::equals).count());
    }

    @Test
    void eventsInTheWrongOrderEndInTheTruth() {
        bench.connected();
        bench.engine.eventBus().hold();
        ContainerId stays = bench.runs("stays");
        bench.engine.dies(stays, 1);
        bench.engine.containers().start(stays);
        ContainerId goes = bench.runs("goes");
        remove(goes);
        bench.engine.eventBus().releaseReversed();
        bench.awaitTruth(stays);
        bench.mirror.refresh(goes);
        assertFalse(bench.shows(goes));
        assertEquals(Status.RUNNING, shown(stays).status());
    }

    @Test
    void anEventOfThePastIsOnlyAHint() {
        bench.connected();
        ContainerId id = bench.runs("web");
        bench.engine.dies(id, 1);
        eventually(bench::isTrue);
        Snapshot before = bench.mirror.snapshot();
        int looks = bench.engine.count(Call.INSPECT);
        bench.engine.eventBus().say("container", "start", id.hex());
        eventually(() -> bench.engine.count(Call.INSPECT) > looks);
        bench.mirror.refresh(id);
        assertSame(before, bench.mirror.snapshot());
    }

    @Test
    void aStaleListNeverWinsOverAnInspect() {
        ContainerId id = bench.runs("web");
        bench.engine.staleLists();
        bench.connected();
        bench.engine.dies(id, 3);
        ContainerId unlisted = bench.runs("unlisted");
        bench.awaitTruth(id);
        bench.awaitTruth(unlisted);
        bench.audit();
        bench.mirror.refresh(id);
        bench.mirror.refresh(unlisted);
        assertEquals(Status.EXITED, shown(id).status());
        assertTrue(bench.shows(unlisted));
    }

    @Test
    void aContainerThatWasDestroyedStaysGoneThoughAnOldAnswerComesLate() {
        bench.connected();
        Gate answers = bench.engine.holdAnswer(Call.INSPECT);
        ContainerId id = bench.runs("web");
        answers.awaitArrival();
        remove(id);
        // What is said after the destroy is heard after it.
        ContainerId next = bench.runs("next");
        answers.awaitArrivals(2);
        answers.open();
        bench.awaitTruth(next);
        bench.mirror.refresh(id);
        assertTrue(bench.heard.stream().noneMatch(it -> it.contains(id.hex())), bench.heard.toString());
    }

    @Test
    void aStormOfEventsCostsFewInspects() {
        bench.connected();
        ContainerId id = bench.runs("web");
        bench.awaitTruth(id);
        bench.mirror.refresh(id);
        int before = bench.engine.count(Call.INSPECT);
        Gate gate = bench.engine.hold(Call.INSPECT);
        for (int i = 0; i < 1_000; i++) bench.engine.eventBus().say("container", "health_status: healthy", id.hex());
        gate.awaitArrival();
        ContainerId last = bench.runs("last");
        gate.awaitArrivals(2);
        gate.open();
        bench.awaitTruth(last);
        bench.mirror.refresh(id);
        int spent = bench.engine.count(Call.INSPECT) - before;
        assertTrue(spent < 50, spent + " inspects");
    }

    @Test
    void outOfMemoryMarksARunningContainerAndOnlyInThatLife() {
        bench.connected();
        ContainerId id = bench.runs("web");
        bench.engine.eventBus().say("container", "oom", id.hex());
        eventually(() -> bench.shows(id) && shown(id).oomKilled());
        assertEquals(Status.RUNNING, shown(id).status());
        assertFalse(bench.engine.truth(id).oomKilled());
        bench.engine.dies(id, 137);
        bench.engine.containers().start(id);
        Container again = bench.mirror.refresh(id).orElseThrow();
        assertEquals(Status.RUNNING, again.status());
        assertFalse(again.oomKilled());
    }

    @Test
    void aNetworkEventLeadsToALookAtItsContainer() {
        bench.connected();
        ContainerId id = bench.runs("web");
        bench.awaitTruth(id);
        bench.mirror.refresh(id);
        bench.engine.change(id, it -> it.restartCount = 5);
        bench.engine.eventBus().say("network", "connect", "n1", Map.of("container", id.hex()));
        eventually(() -> shown(id).restartCount() == 5);
    }

    @Test
    void theSnapshotIsTheSameObjectUntilSomethingChanges() {
        bench.connected();
        ContainerId id = bench.runs("web");
        eventually(bench::isTrue);
        bench.mirror.refresh(id);
        Snapshot before = bench.mirror.snapshot();
        bench.mirror.refresh(id);
        assertSame(before, bench.mirror.snapshot());
        bench.engine.dies(id, 0);
        bench.mirror.refresh(id);
        Snapshot after = bench.mirror.snapshot();
        assertNotSame(before, after);
        assertTrue(after.version() > before.version());
        assertEquals(Status.RUNNING, before.container("web").status());
    }

    @Test
    void listenersHearEveryChangeInOrder() {
        bench.connected();
        bench.engine.eventBus().off();
        ContainerId id = create("web");
        bench.mirror.refresh(id);
        bench.engine.containers().start(id);
        bench.mirror.refresh(id);
        bench.mirror.refresh(id);
        bench.engine.dies(id, 0);
        bench.mirror.refresh(id);
        remove(id);
        bench.mirror.refresh(id);
        assertEquals(
                List.of(
                        "changed " + id + " created",
                        "changed " + id + " running",
                        "changed " + id + " exited",
                        "removed " + id),
                bench.heard);
    }

    static Stream<Failure> stubborn() {
        return Stream.of(
                new Failure.EngineNonsense("an answer of its own kind", null),
                new Failure.EngineSlow("it hangs over this one"));
    }

    @ParameterizedTest
    @MethodSource("stubborn")
    void oneContainerThatTheEngineDoesNotShowDoesNotKeepTheOthersAway(Failure stubborn) {
        bench.engine.eventBus().off(); // a replayed event would be a second look
        List<ContainerId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) ids.add(bench.runs("web" + i));
        bench.engine.refuseNext(Call.INSPECT, stubborn);
        bench.connected();
        assertEquals(4, ids.stream().filter(bench::shows).count());
        bench.tick();
        eventually(() -> ids.stream().allMatch(bench::shows));
    }

    @Test
    void closingEndsEveryThreadAndItsStream() {
        bench.connected();
        eventually(() -> bench.time.asleep() == 1);
        Gate gate = bench.engine.hold(Call.PING);
        bench.mirror.close();
        eventually(() -> bench.time.asleep() == 0);
        eventually(() -> bench.engine.eventBus().followers() == 0);
        int calls = bench.engine.count(Call.INSPECT) + bench.engine.count(Call.CONNECT);
        bench.runs("late");
        assertEquals(calls, bench.engine.count(Call.INSPECT) + bench.engine.count(Call.CONNECT));
        assertEquals(0, gate.arrivals());
    }

    @Test
    void closingBeforeTheEngineWasEverReachedEndsTheTries() {
        bench.engine.goAway();
        bench.mirror.start();
        eventually(() -> bench.time.asleep() == 2);
        bench.mirror.close();
        eventually(() -> bench.time.asleep() == 0);
    }

    private Container shown(ContainerId id) {
        return bench.mirror.snapshot().container(id).orElseThrow();
    }

    private String busybox() {
        bench.engine.imageStore().put("busybox");
        return "busybox";
    }

    private ContainerId create(String name) {
        return bench.engine
                .containers()
                .create(SpecDraft.of(busybox()).named(name).spec());
    }

    private void remove(ContainerId id) {
        bench.engine.containers().remove(id, true, false);
    }
}
