package dev.berth.mirror;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineContainers;
import dev.berth.engine.EngineDetails;
import dev.berth.engine.EngineEvent;
import dev.berth.engine.EngineExecs;
import dev.berth.engine.EngineFiles;
import dev.berth.engine.EngineImages;
import dev.berth.engine.EngineLogs;
import dev.berth.engine.EngineNetworks;
import dev.berth.engine.EngineStream;
import dev.berth.engine.EngineVerbatim;
import dev.berth.engine.EngineVolumes;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Host;
import dev.berth.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The engine goes, comes back, and is another.
@Timeout(60)
class ReconnectTest {
    private final MirrorBench bench = new MirrorBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void beforeTheFirstFullLookNothingIsKnown() {
        assertThrows(Failure.EngineDown.class, bench.mirror::known);
        assertThrows(Failure.EngineDown.class, bench.mirror::requireConnected);
        bench.runs("web");
        Gate gate = bench.engine.hold(Call.INSPECT);
        bench.mirror.start();
        gate.awaitArrival();
        assertEquals(EngineState.Kind.RESYNCING, bench.mirror.snapshot().state().kind());
        Failure early = assertThrows(Failure.EngineDown.class, bench.mirror::known);
        assertTrue(early.detail().contains("is being read"), early.detail());
        gate.open();
        bench.awaitConnected();
        assertEquals(1, bench.mirror.known().containers().size());
        bench.mirror.requireConnected();
    }

    @Test
    void whileTheEngineIsAwayTheLastStateStaysAndSaysSo() {
        ContainerId id = bench.runs("web");
        bench.connected();
        bench.time.advance(Duration.ofSeconds(42));
        Instant gone = bench.time.instant();
        bench.away();
        Snapshot snapshot = bench.mirror.known();
        assertEquals(Status.RUNNING, snapshot.container(id).orElseThrow().status());
        assertEquals(EngineState.Kind.UNREACHABLE, snapshot.state().kind());
        assertEquals(gone, snapshot.state().since());
        assertTrue(snapshot.state().message().isPresent());
        Failure refused = assertThrows(Failure.EngineDown.class, bench.mirror::requireConnected);
        assertTrue(refused.detail().contains(gone.toString()), refused.detail());
    }

    @Test
    void howLongItIsAwayIsCountedFromTheFirstFailure() {
        bench.connected();
        bench.away();
        Instant gone = bench.mirror.snapshot().state().since();
        for (int i = 0; i < 5; i++) {
            bench.time.advance(Duration.ofSeconds(1));
            bench.time.round("engine follower");
        }
        EngineState state = bench.mirror.snapshot().state();
        assertEquals(gone, state.since());
        assertEquals("the engine cannot be reached", state.message().orElseThrow());
    }

    @Test
    void triesBecomeRarerUntilOneASecond() {
        bench.engine.goAway();
        bench.mirror.start();
        for (int i = 0; i < 10; i++) bench.time.round("engine follower");
        List<Duration> pauses = bench.time.slept("engine follower");
        assertTrue(pauses.getFirst().toMillis() <= 50, pauses.toString());
        assertTrue(pauses.getLast().toMillis() >= 500, pauses.toString());
        assertTrue(pauses.stream().allMatch(it -> it.toMillis() <= 1000), pauses.toString());
    }

    @Test
    void aResyncThatFailsAgainAndAgainIsNotTriedInHaste() {
        for (int i = 0; i < 8; i++) bench.engine.refuseNext(Call.LIST, new Failure.EngineNonsense("no list", null));
        bench.mirror.start();
        for (int i = 0; i < 7; i++) bench.time.round("engine follower");
        assertEquals("no list", bench.mirror.snapshot().state().message().orElseThrow());
        List<Duration> pauses = bench.time.slept("engine follower");
        assertTrue(pauses.getLast().toMillis() >= 500, pauses.toString());
        bench.time.wake("engine follower");
        bench.awaitConnected();
    }

    @Test
    void afterAConnectionTriesAreQuickAgain() {
        bench.engine.goAway();
        bench.mirror.start();
        for (int i = 0; i < 10; i++) bench.time.round("engine follower");
        bench.engine.comeBack();
        bench.time.wake("engine follower");
        bench.awaitConnected();
        bench.away();
        assertTrue(bench.time.slept("engine follower").getLast().toMillis() <= 50);
    }

    @Test
    void whatChangedMeanwhileIsSeenBeforeItSaysThatItIsConnected() {
        ContainerId goes = bench.runs("goes");
        ContainerId stops = bench.runs("stops");
        ContainerId stays = bench.runs("stays");
        bench.connected();
        bench.away();
        bench.engine.eventBus().off();
        bench.engine.comeBack();
        bench.engine.containers().remove(goes, true, false);
        bench.engine.dies(stops, 9);
        ContainerId comes = bench.runs("comes");
        bench.engine.eventBus().on();
        Gate gate = bench.engine.hold(Call.INSPECT);
        bench.back();
        gate.awaitArrivals(4);
        Snapshot during = bench.mirror.snapshot();
        assertEquals(EngineState.Kind.RESYNCING, during.state().kind());
        assertTrue(during.container(goes).isPresent());
        assertThrows(Failure.EngineDown.class, bench.mirror::requireConnected);
        gate.open();
        bench.awaitConnected();
        assertTrue(bench.isTrue());
        assertFalse(bench.shows(goes));
        assertTrue(bench.shows(stays) && bench.shows(comes));
    }

    @Test
    void aCrashedEngineIsShownAsItsRestartPoliciesLeftIt() {
        ContainerId no = bench.runs("no");
        ContainerId always = bench.engine.runs(
                SpecDraft.of("busybox").named("always").restarting("always").spec());
        bench.connected();
        bench.time.hold("engine follower");
        bench.engine.crash();
        bench.time.awaitSleep("engine follower");
        bench.back();
        bench.awaitConnected();
        eventually(bench::isTrue);
        assertEquals(
                Status.EXITED,
                bench.mirror.snapshot().container(no).orElseThrow().status());
        assertEquals(
                Status.RUNNING,
                bench.mirror.snapshot().container(always).orElseThrow().status());
    }

    @Test
    void anEngineThatGoesAwayDuringTheResyncIsUnreachableAndTriedAgain() {
        ContainerId id = bench.runs("web");
        Gate gate = bench.engine.hold(Call.INSPECT);
        bench.mirror.start();
        gate.awaitArrival();
        bench.engine.goAway();
        bench.time.awaitSleep("engine follower");
        assertEquals(
                EngineState.Kind.UNREACHABLE, bench.mirror.snapshot().state().kind());
        assertThrows(Failure.EngineDown.class, bench.mirror::known);
        gate.open();
        bench.back();
        bench.awaitConnected();
        assertTrue(bench.shows(id));
    }

    @Test
    void anotherEngineMakesItForgetEverything() {
        ContainerId old = bench.runs("web");
        bench.connected();
        bench.time.hold("engine follower");
        bench.engine.becomeAnother();
        bench.time.awaitSleep("engine follower");
        bench.engine.comeBack();
        bench.engine.imageStore().put("alpine");
        ContainerId fresh =
                bench.engine.runs(SpecDraft.of("alpine").named("other").spec());
        Gate gate = bench.engine.hold(Call.LIST);
        bench.back();
        gate.awaitArrival();
        assertFalse(bench.shows(old) && !old.equals(fresh));
        assertThrows(Failure.EngineDown.class, bench.mirror::known);
        gate.open();
        bench.awaitConnected();
        assertEquals("fake2", bench.mirror.known().host().orElseThrow().hostname());
        assertEquals(
                List.of(fresh), List.copyOf(bench.mirror.known().containers().keySet()));
        assertTrue(bench.isTrue());
    }

    @Test
    void aReloadThatShowsAnotherEngineEndsTheConnection() {
        bench.runs("web");
        bench.connected();
        int connects = bench.engine.count(Call.CONNECT);
        bench.time.free("engine follower");
        bench.engine.becomeAnother();
        bench.engine.comeBack();
        eventually(() -> bench.engine.count(Call.CONNECT) > connects);
        bench.awaitConnected();
        bench.engine.eventBus().say("daemon", "reload", "x");
        bench.tick();
        bench.mirror.known();
        eventually(bench::isTrue);
    }

    @Test
    void anEventOfTheGapIsReplayedAfterTheReconnect() {
        bench.connected();
        bench.away();
        bench.engine.comeBack();
        ContainerId id = bench.runs("web");
        bench.engine.eventBus().say("container", "oom", id.hex(), Map.of());
        bench.back();
        eventually(() -> bench.shows(id)
                && bench.mirror.snapshot().container(id).orElseThrow().oomKilled());
    }

    @Test
    void aContainerMadeBetweenTheStreamsOpeningAndTheListIsNotMissed() {
        Gate lists = bench.engine.hold(Call.LIST);
        bench.engine.staleLists();
        bench.mirror.start();
        lists.awaitArrival();
        ContainerId id = bench.runs("between");
        lists.open();
        bench.awaitConnected();
        bench.awaitTruth(id);
    }

    @Test
    void aStreamThatIsSilentWhileThePingFailsIsGivenUp() {
        bench.connected();
        bench.engine.refuseNext(Call.PING, new Failure.EngineSlow("no answer"));
        bench.time.free("engine follower");
        int connects = bench.engine.count(Call.CONNECT);
        bench.time.advance(Duration.ofSeconds(31));
        bench.tick();
        eventually(() -> bench.engine.count(Call.CONNECT) == connects + 1);
        bench.awaitConnected();
    }

    @Test
    void aStreamThatIsSilentWhileThePingIsAnsweredIsKept() {
        bench.connected();
        int connects = bench.engine.count(Call.CONNECT);
        bench.time.advance(Duration.ofSeconds(31));
        bench.tick();
        assertEquals(1, bench.engine.count(Call.PING));
        assertEquals(connects, bench.engine.count(Call.CONNECT));
        assertTrue(bench.mirror.snapshot().state().connected());
    }

    @Test
    void theNewStreamBeginsTwoSecondsBeforeTheLastEventThatWasSeen() {
        var asked = new CopyOnWriteArrayList<Instant>();
        try (var mirror = new Mirror(
                new Witness(bench.engine, asked, new AtomicInteger()),
                bench.feed,
                bench.time,
                bench.time,
                new Random(1))) {
            Instant met = bench.engine.connect().clock();
            mirror.start();
            eventually(() -> mirror.snapshot().state().connected());
            assertEquals(List.of(met.minusSeconds(2)), asked);
            ContainerId id = bench.runs("web");
            Instant last = bench.engine.connect().clock();
            eventually(() -> mirror.snapshot().container(id).equals(Optional.of(bench.engine.truth(id))));
            bench.engine.eventBus().off();
            for (int i = 0; i < 100; i++) bench.engine.eventBus().say("container", "unheard", id.hex());
            bench.engine.goAway();
            bench.time.awaitSleep("engine follower");
            bench.back();
            eventually(() -> mirror.snapshot().state().connected());
            assertEquals(last.minusSeconds(2), asked.getLast());
        }
    }

    @Test
    void aFaultOfOursDuringTheResyncBeginsAnew() {
        var faults = new AtomicInteger(1);
        try (var mirror = new Mirror(
                new Witness(bench.engine, new ArrayList<>(), faults),
                bench.feed,
                bench.time,
                bench.time,
                new Random(1))) {
            mirror.start();
            bench.time.wake("engine follower");
            eventually(() -> mirror.snapshot().state().connected());
            assertTrue(faults.get() < 0);
        }
    }

    /// Remembers from when on events were asked for, and breaks when asked for containers, some times.
    private record Witness(Engine engine, List<Instant> since, AtomicInteger faults) implements Engine {
        @Override
        public Greeting connect() {
            return engine.connect();
        }

        @Override
        public Host host() {
            return engine.host();
        }

        @Override
        public void ping() {
            engine.ping();
        }

        @Override
        public EngineContainers containers() {
            if (faults.getAndDecrement() > 0) throw new IllegalStateException("planned by this test");
            return engine.containers();
        }

        @Override
        public EngineImages images() {
            return engine.images();
        }

        @Override
        public EngineNetworks networks() {
            return engine.networks();
        }

        @Override
        public EngineVolumes volumes() {
            return engine.volumes();
        }

        @Override
        public EngineFiles files() {
            return engine.files();
        }

        @Override
        public EngineExecs execs() {
            return engine.execs();
        }

        @Override
        public EngineStream<EngineEvent> execEvents() {
            return engine.execEvents();
        }

        @Override
        public EngineLogs logs() {
            return engine.logs();
        }

        @Override
        public EngineDetails details() {
            return engine.details();
        }

        @Override
        public EngineVerbatim verbatim() {
            return engine.verbatim();
        }

        @Override
        public EngineStream<EngineEvent> events(Instant from) {
            since.add(from);
            return engine.events(from);
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
