package dev.berth.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import dev.berth.model.Status;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A create ends with a complete container or with none, whatever happens in the middle of it.
@Timeout(60)
class CreateTest {
    private final Harbour harbour = new Harbour();

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.engine.imageStore().publish("there", 1);
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private static ContainerSpec spec() {
        return SpecDraft.of("here").named("web").memory("64m").spec();
    }

    private Failure refused(ContainerSpec spec) {
        return assertThrows(Failure.class, () -> harbour.create(spec));
    }

    private static Failure failure(Future<?> future) {
        var failed = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
        return assertInstanceOf(Failure.class, failed.getCause());
    }

    private void nothingIsLeft() {
        assertEquals(0, harbour.engine.containerCount());
        assertEquals(List.of(), harbour.names());
    }

    @Test
    void startsAndShowsTheContainerAtOnceWithEventsSwitchedOff() {
        harbour.engine.eventBus().off();
        Container made = harbour.create(spec());
        assertEquals(Status.RUNNING, made.status());
        assertEquals(Optional.of(made), harbour.shown(made.id()));
        assertEquals(harbour.engine.truth(made.id()), made);
    }

    @Test
    void startsNothingWhenToldSo() {
        var request = new CreateRequest(spec(), CreateRequest.Pull.MISSING, false, Optional.empty());
        Container made = harbour.create(request);
        assertEquals(Status.CREATED, made.status());
        assertEquals(0, harbour.engine.count(Call.START));
        assertEquals("false", made.labels().get("berth.start"));
    }

    @Test
    void writesOnTheContainerWhoMadeIt() {
        Container made =
                harbour.create(SpecDraft.of("here").label("tier", "web").spec());
        assertEquals(Harbour.SERVER, made.labels().get("berth.server"));
        assertEquals("true", made.labels().get("berth.start"));
        assertEquals("web", made.labels().get("tier"));
        assertTrue(made.labels().getOrDefault("berth.op", "").matches("[0-9a-z]{16}"));
    }

    @Test
    void pullsAnImageThatIsMissingAndOnlyThat() {
        harbour.create(SpecDraft.of("there").spec());
        assertEquals(1, harbour.engine.count(Call.PULL));
        harbour.create(SpecDraft.of("there").spec());
        harbour.create(SpecDraft.of("here").spec());
        assertEquals(1, harbour.engine.count(Call.PULL));
    }

    @Test
    void pullsAlwaysWhenAskedTo() {
        harbour.create(new CreateRequest(spec(), CreateRequest.Pull.ALWAYS, true, Optional.empty()));
        assertEquals(1, harbour.engine.count(Call.PULL));
    }

    @Test
    void neverPullsWhenAskedTo() {
        var here = new CreateRequest(spec(), CreateRequest.Pull.NEVER, true, Optional.empty());
        assertEquals("web", harbour.create(here).name());
        var there = new CreateRequest(SpecDraft.of("there").spec(), CreateRequest.Pull.NEVER, true, Optional.empty());
        var refusal = assertThrows(Failure.NotFound.class, () -> harbour.create(there));
        assertEquals("no-such-image", refusal.code());
        assertEquals(0, harbour.engine.count(Call.PULL));
        assertEquals(List.of("web"), harbour.names());
    }

    @Test
    void anImageThatNoRegistryKnowsIsTheRegistrysRefusal() {
        Failure refusal = refused(SpecDraft.of("nowhere").spec());
        assertEquals("image-not-found", refusal.code());
        assertEquals(Optional.of("manifest unknown"), refusal.engineMessage());
        nothingIsLeft();
    }

    @Test
    void anImageThatVanishesBeforeTheCreateIsPulledOnceMore() {
        harbour.create(SpecDraft.of("there").named("first").spec());
        harbour.engine.eventBus().off();
        harbour.containers.remove("first", java.util.OptionalInt.empty(), false);
        harbour.engine.images().remove(ImageRef.parse("there"), true);
        assertEquals(
                "second",
                harbour.create(SpecDraft.of("there").named("second").spec()).name());
        assertEquals(2, harbour.engine.count(Call.PULL));
    }

    @Test
    void anImageThatVanishesAgainIsSomebodysWish() {
        for (int i = 0; i < 3; i++)
            harbour.engine.refuseNext(Call.CREATE, new Failure.NotFound("no-such-image", "gone"));
        assertEquals("no-such-image", refused(spec()).code());
        assertEquals(2, harbour.engine.count(Call.CREATE), "once more, and not a third time");
        nothingIsLeft();
    }

    @Test
    void anImageThatVanishesIsNotPulledAgainstTheCallersWord() {
        harbour.engine.refuseNext(Call.CREATE, new Failure.NotFound("no-such-image", "gone"));
        var never = new CreateRequest(spec(), CreateRequest.Pull.NEVER, true, Optional.empty());
        assertThrows(Failure.NotFound.class, () -> harbour.create(never));
        assertEquals(1, harbour.engine.count(Call.CREATE));
    }

    @Test
    void aStartThatFailsLeavesNothingAndSaysWhy() {
        Failure refusal = refused(SpecDraft.of("here").running("/nosuch/thing").spec());
        assertEquals("start-refused", refusal.code());
        assertTrue(refusal.engineMessage().orElse("").contains("/nosuch/thing"));
        nothingIsLeft();
    }

    @Test
    void aPortThatAContainerHasNamesThatContainer() {
        harbour.foreign(SpecDraft.of("here").named("holder").port("80", 8080).spec());
        Failure refusal =
                refused(SpecDraft.of("here").named("late").port("8000", 8080).spec());
        assertInstanceOf(Failure.Conflict.class, refusal);
        assertEquals("port-taken", refusal.code());
        assertEquals("holder", refusal.figures().get("container"));
        assertEquals(8080L, refusal.figures().get("port"));
        assertTrue(refusal.engineMessage().orElse("").contains("already allocated"), "the engine is the judge");
        assertEquals(List.of("holder"), harbour.names());
        assertEquals(1, harbour.engine.containerCount());
    }

    @Test
    void aPortThatAProcessHasIsToldInTheEnginesWords() {
        var words = new Failure.Conflict("port-taken", "port 8080 of the host is taken").with("port", 8080L);
        harbour.engine.refuseNext(Call.START, words.saidByEngine("bind: address already in use"));
        Failure refusal = refused(SpecDraft.of("here").port("80", 8080).spec());
        assertEquals("port 8080 of the host is taken", refusal.detail());
        assertFalse(refusal.figures().containsKey("container"));
        nothingIsLeft();
    }

    @Test
    void aNameThatIsTakenIsAConflict() {
        harbour.create(spec());
        assertEquals("name-taken", refused(spec()).code());
        assertEquals(1, harbour.engine.containerCount());
    }

    @Test
    void theEngineAwayIsSaidBeforeAnythingIsTried() {
        harbour.engine.goAway();
        harbour.awaitUnreachable();
        assertInstanceOf(Failure.EngineDown.class, refused(spec()));
        assertEquals(0, harbour.engine.count(Call.CREATE));
    }

    /// Where the engine dies, and whether a container is left for the sweep.
    enum Death {
        BEFORE_CREATE,
        AFTER_CREATE,
        BEFORE_START,
        AT_THE_UNDO
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void anEngineThatDiesInTheMiddleLeavesNothingOnceItIsBack(Death death) throws Exception {
        Gate gate = switch (death) {
            case BEFORE_CREATE -> harbour.engine.hold(Call.CREATE);
            case AFTER_CREATE -> harbour.engine.holdAnswer(Call.CREATE);
            case BEFORE_START -> harbour.engine.hold(Call.START);
            case AT_THE_UNDO -> harbour.engine.hold(Call.REMOVE);
        };
        boolean refusedFirst = death == Death.AT_THE_UNDO;
        ContainerSpec spec =
                refusedFirst ? SpecDraft.of("here").running("/nosuch").spec() : spec();
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec));
        gate.awaitArrival();
        harbour.engine.goAway();
        Failure failure = failure(create);
        if (refusedFirst) assertEquals("start-refused", failure.code(), "why it failed first");
        else assertInstanceOf(Failure.EngineDown.class, failure);
        harbour.awaitUnreachable();
        gate.open();
        harbour.ticks.pass(5);
        assertEquals(death == Death.BEFORE_CREATE ? 0 : 1, harbour.engine.containerCount(), "nobody can be asked now");

        harbour.engine.comeBack();
        harbour.awaitConnected();
        harbour.ticks.pass(4);
        nothingIsLeft();
    }

    @Test
    void aContainerThatStartedIsKeptEvenIfNobodyHeardOfIt() throws Exception {
        Gate answer = harbour.engine.holdAnswer(Call.START);
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec()));
        answer.awaitArrival();
        harbour.engine.goAway();
        assertInstanceOf(Failure.EngineDown.class, failure(create));
        harbour.awaitUnreachable();
        answer.open();
        harbour.engine.comeBack();
        harbour.awaitConnected();
        harbour.ticks.pass(6);
        assertEquals(1, harbour.engine.runningCount());
        assertEquals(List.of("web"), harbour.names());
    }

    @Test
    void aContainerThatCannotBeConfirmedWasMadeAllTheSame() {
        harbour.engine.eventBus().off();
        Gate looks = harbour.engine.hold(Call.INSPECT);
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec()));
        looks.awaitArrival();
        harbour.engine.goAway();
        Failure failure = failure(create);
        assertInstanceOf(Failure.EngineDown.class, failure);
        assertTrue(failure.detail().startsWith("done, not yet confirmed"), failure.detail());
        assertEquals(1, harbour.engine.runningCount());
    }

    @Test
    void anUndoThatTheEngineStumblesOverIsTriedAgain() {
        for (int i = 0; i < 2; i++)
            harbour.engine.refuseNext(Call.REMOVE, new Failure.EngineNonsense("stumbled", null));
        assertEquals(
                "start-refused",
                refused(SpecDraft.of("here").running("/nosuch").spec()).code());
        assertEquals(3, harbour.engine.count(Call.REMOVE));
        nothingIsLeft();
    }

    @Test
    void anUndoThatFailsThreeTimesIsTheSweeps() throws Exception {
        for (int i = 0; i < 3; i++)
            harbour.engine.refuseNext(Call.REMOVE, new Failure.EngineNonsense("stumbled", null));
        assertEquals(
                "start-refused",
                refused(SpecDraft.of("here").running("/nosuch").spec()).code());
        assertEquals(1, harbour.engine.containerCount());
        await().atMost(20, SECONDS).until(() -> harbour.names().size() == 1);
        harbour.ticks.pass(4);
        nothingIsLeft();
    }

    @Test
    void aContainerThatSomebodyRemovesMeanwhileIsSaidToBeGone() {
        Gate answer = harbour.engine.holdAnswer(Call.START);
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec()));
        answer.awaitArrival();
        ContainerId id = harbour.engine.containers().list().getFirst().id();
        harbour.engine.containers().remove(id, true, true);
        answer.open();
        assertEquals("container-gone", failure(create).code());
        nothingIsLeft();
    }

    @Test
    void aClientThatGoesAwayLeavesACompleteContainer() {
        Gate start = harbour.engine.hold(Call.START);
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec()));
        start.awaitArrival();
        create.cancel(true);
        start.open();
        await().atMost(20, SECONDS)
                .until(() -> harbour.snapshot().containers().values().stream()
                        .anyMatch(it -> it.name().equals("web") && it.status() == Status.RUNNING));
    }

    @Test
    void theMemoryOfACreateUnderWayIsHeldUntilItShows() throws Exception {
        Gate start = harbour.engine.hold(Call.START);
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec()));
        start.awaitArrival();
        assertEquals(64L << 20, harbour.admission.figures().orElseThrow().heldBytes());
        start.open();
        assertEquals("web", create.get(20, SECONDS).name());
        assertEquals(0, harbour.admission.figures().orElseThrow().heldBytes());
    }

    @Test
    void closingLetsWhatWasBegunEnd() throws Exception {
        Gate start = harbour.engine.hold(Call.START);
        Future<Container> create = harbour.inBackground(() -> harbour.create(spec()));
        start.awaitArrival();
        Future<Boolean> closing = harbour.inBackground(() -> {
            harbour.containers.close();
            return true;
        });
        await().atMost(20, SECONDS).until(this::closedToCreates);
        assertFalse(closing.isDone());
        start.open();
        assertEquals(Status.RUNNING, create.get(20, SECONDS).status());
        assertTrue(closing.get(20, SECONDS));
        assertEquals(1, harbour.engine.runningCount());
    }

    private boolean closedToCreates() {
        var never = new CreateRequest(SpecDraft.of("nowhere").spec(), CreateRequest.Pull.NEVER, true, Optional.empty());
        var refusal = assertThrows(Failure.class, () -> harbour.create(never));
        return refusal instanceof Failure.Cancelled;
    }
}
