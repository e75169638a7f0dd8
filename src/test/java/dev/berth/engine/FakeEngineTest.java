package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The engine in memory keeps the contract, and its misbehaviour is as asked for.
class FakeEngineTest implements EngineContract, AttachmentsContract {
    private final FakeEngine engine = new FakeEngine();

    FakeEngineTest() {
        engine.imageStore().put("busybox");
        engine.imageStore().publish("registry.test/app:1", 1);
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public SpecDraft sleeper() {
        return SpecDraft.of("busybox").running("sleep", "600");
    }

    @Override
    public String pullable() {
        return "registry.test/app:1";
    }

    @Override
    public String unknownToTheRegistry() {
        return "registry.test/nosuch:1";
    }

    @Override
    public ContainerId using40MiB() {
        ContainerId id = engine.runs(sleeper().memory("128m").spec());
        engine.change(id, it -> it.memoryInUse = MemorySize.parse("40m"));
        return id;
    }

    @Override
    public ContainerId wrote(List<Said> said) {
        ContainerId id = engine.runs(sleeper().spec());
        for (Said one : said) engine.logBook().write(id, one.output(), one.text());
        engine.dies(id, 0);
        return id;
    }

    @Test
    void anEngineThatIsAwayFailsEveryCallAndBreaksStreams() {
        EngineStream<EngineEvent> events = engine.events(Instant.EPOCH);
        ContainerId id = engine.runs(sleeper().spec());
        engine.goAway();
        assertThrows(Failure.EngineDown.class, () -> engine.containers().inspect(id));
        assertThrows(Failure.class, () -> drain(events));
        engine.comeBack();
        assertEquals(
                Status.RUNNING, engine.containers().inspect(id).orElseThrow().status());
    }

    @Test
    void aCrashTreatsContainersAsTheirPoliciesSay() {
        ContainerId none = engine.runs(sleeper().spec());
        ContainerId always = engine.runs(sleeper().restarting("always").spec());
        ContainerId unlessStopped =
                engine.runs(sleeper().restarting("unless-stopped").spec());
        Instant before = engine.truth(always).startedAt().orElseThrow();
        engine.crash();
        engine.comeBack();
        assertEquals(OptionalInt.of(137), engine.truth(none).exitCode());
        assertEquals(Status.EXITED, engine.truth(unlessStopped).status());
        Container again = engine.truth(always);
        assertEquals(Status.RUNNING, again.status());
        assertTrue(again.startedAt().orElseThrow().isAfter(before));
    }

    @Test
    void anotherEngineKnowsNothing() {
        String id = engine.host().engineId();
        engine.runs(sleeper().spec());
        engine.becomeAnother();
        engine.comeBack();
        assertFalse(engine.host().engineId().equals(id));
        assertEquals(List.of(), engine.containers().list());
    }

    @Test
    void eventsAreHeldReorderedDoubledDroppedAndSilenced() {
        FakeEvents bus = engine.eventBus();
        EngineStream<EngineEvent> events = engine.events(Instant.EPOCH.plusSeconds(1L << 33));
        bus.hold();
        bus.say("container", "one", "x");
        bus.say("container", "two", "x");
        bus.releaseReversed();
        bus.dropNext(1);
        bus.say("container", "lost", "x");
        bus.doubled();
        bus.say("container", "three", "x");
        bus.off();
        bus.say("container", "unsaid", "x");
        bus.on();
        bus.say("container", "end", "x");
        List<String> seen = new ArrayList<>();
        while (!seen.contains("end")) seen.add(events.next().orElseThrow().action());
        assertEquals(List.of("two", "one", "three", "three", "end"), seen);
    }

    @Test
    void aListCanBeStaleWhileInspectIsNot() {
        engine.staleLists();
        ContainerId id = engine.runs(sleeper().spec());
        assertEquals(List.of(), engine.containers().list());
        assertTrue(engine.containers().inspect(id).isPresent());
        engine.freshLists();
        assertEquals(1, engine.containers().list().size());
    }

    @Test
    void aCallIsHeldAtAGate() throws Exception {
        Gate gate = engine.hold(Call.CREATE);
        var created = CompletableFuture.supplyAsync(
                () -> engine.containers().create(sleeper().spec()));
        gate.awaitArrival();
        assertEquals(0, engine.containerCount());
        gate.open();
        ContainerId id = created.get(10, TimeUnit.SECONDS);
        assertEquals(Status.CREATED, engine.truth(id).status());
    }

    @Test
    void anAnswerCanBeLostAfterTheDeed() {
        Gate gate = engine.holdAnswer(Call.CREATE);
        var created = CompletableFuture.supplyAsync(
                () -> engine.containers().create(sleeper().spec()));
        gate.awaitArrival();
        engine.goAway();
        Exception lost = assertThrows(Exception.class, () -> created.get(10, TimeUnit.SECONDS));
        assertTrue(lost.getCause() instanceof Failure.EngineDown);
        assertEquals(1, engine.containerCount());
    }

    @Test
    void theNextCallIsRefusedAsAsked() {
        engine.refuseNext(Call.START, new Failure.Conflict("address-taken", "taken"));
        ContainerId id = engine.containers().create(sleeper().spec());
        assertThrows(Failure.Conflict.class, () -> engine.containers().start(id));
        engine.containers().start(id);
        assertEquals(2, engine.count(Call.START));
    }

    @Test
    void aContainerThatDiesComesBackByItsPolicy() {
        ContainerId once = engine.runs(sleeper().spec());
        ContainerId again = engine.runs(sleeper().restarting("on-failure").spec());
        engine.dies(once, 3);
        engine.dies(again, 3);
        assertEquals(OptionalInt.of(3), engine.truth(once).exitCode());
        assertEquals(Status.RUNNING, engine.truth(again).status());
        assertEquals(1, engine.truth(again).restartCount());
    }

    @Test
    void aPullIsHeldBetweenItsStepsAndCancelled() throws Exception {
        Gate gate = engine.hold(Call.PULL_STEP);
        EngineStream<PullStep> pull = engine.images().pull(ImageRef.parse(pullable()), RegistryAuth.NONE);
        var next = CompletableFuture.supplyAsync(pull::next);
        gate.awaitArrival();
        pull.close();
        assertTrue(next.get(10, TimeUnit.SECONDS).isEmpty());
        assertTrue(engine.images().inspect(ImageRef.parse(pullable())).isEmpty());
    }

    @Test
    void aTagMovesToTheNewVersion() {
        ImageRef reference = ImageRef.parse(pullable());
        drain(engine.images().pull(reference, RegistryAuth.NONE));
        var old = engine.images().inspect(reference).orElseThrow();
        engine.imageStore().publish(pullable(), 2);
        drain(engine.images().pull(reference, RegistryAuth.NONE));
        assertEquals(List.of(), engine.images().inspect(old.id()).orElseThrow().tags());
        assertFalse(engine.images().inspect(reference).orElseThrow().id().equals(old.id()));
    }

    @Test
    void statisticsEndWithTheContainer() {
        ContainerId id = engine.runs(sleeper().spec());
        EngineStream<StatsRecord> stats = engine.containers().stats(id);
        var ended = CompletableFuture.supplyAsync(stats::next);
        engine.dies(id, 0);
        assertTrue(ended.orTimeout(10, TimeUnit.SECONDS).join().isEmpty());
    }

    private static <T> void drain(EngineStream<T> stream) {
        while (stream.next().isPresent()) {
            // to the end
        }
    }
}
