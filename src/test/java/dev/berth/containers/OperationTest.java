package dev.berth.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/// What is done with a container that exists.
@Timeout(60)
class OperationTest {
    private final Harbour harbour = new Harbour();

    @BeforeEach
    void open() {
        harbour.engine.size("10g", 2);
        harbour.engine.imageStore().put("here");
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private Container made(String name, String memory) {
        return harbour.create(SpecDraft.of("here").named(name).memory(memory).spec());
    }

    private Container start(String name) {
        return harbour.containers.start(name, Duration.ZERO, new Departure());
    }

    private Container change(String name, LimitsChange limits, Optional<String> to) {
        return harbour.containers.change(
                name, new ChangeRequest(false, limits, to), false, Duration.ZERO, new Departure());
    }

    private static LimitsChange memory(String size) {
        return new LimitsChange(
                Optional.of(MemorySize.parse(size)), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private long committed() {
        return harbour.admission.figures().orElseThrow().committedBytes();
    }

    @Test
    void aStoppedContainerGivesItsMemoryBackAndAStartTakesItAgain() {
        made("web", "4g");
        assertEquals(4L << 30, committed());
        assertEquals(
                Status.EXITED, harbour.containers.stop("web", OptionalInt.of(0)).status());
        assertEquals(0, committed());
        made("other", "6g");
        assertThrows(Failure.Refused.class, () -> start("web"));
        harbour.containers.remove("other", OptionalInt.of(0), false);
        assertEquals(Status.RUNNING, start("web").status());
        assertEquals(Status.RUNNING, start("web").status(), "running already is fine");
        assertEquals(4L << 30, committed());
    }

    @Test
    void aReservedNameIsNotMissingWhileNoContainerHasIt() throws Exception {
        ContainerId web = made("web", "1g").id();
        try (Reservation _ = harbour.containers.reserve(List.of(web), List.of("web"))) {
            harbour.engine.containers().rename(web, "set-aside");
            harbour.mirror.refresh(web);
            for (Executable change : changes("web"))
                assertEquals(
                        "update-under-way",
                        assertThrows(Failure.Conflict.class, change).code());
        }
        for (Executable change : changes("web")) assertThrows(Failure.NotFound.class, change);
        assertEquals(Status.RUNNING, start("set-aside").status());
    }

    private List<Executable> changes(String name) {
        return List.of(
                () -> start(name),
                () -> change(name, memory("2g"), Optional.empty()),
                () -> harbour.containers.remove(name, OptionalInt.of(0), false));
    }

    @Test
    void aRestartKeepsItsPlaceAlsoWhileItIsDown() throws Exception {
        made("web", "8g");
        Gate restart = harbour.engine.hold(Call.RESTART);
        Future<Container> restarted = harbour.inBackground(
                () -> harbour.containers.restart("web", OptionalInt.of(0), Duration.ZERO, new Departure()));
        restart.awaitArrival();
        assertThrows(Failure.Refused.class, () -> made("other", "4g"));
        restart.open();
        assertEquals(Status.RUNNING, restarted.get().status());
    }

    @Test
    void aStartThatIsRefusedGivesItsMemoryBack() {
        made("web", "4g");
        harbour.containers.stop("web", OptionalInt.of(0));
        harbour.engine.refuseNext(Call.START, new Failure.Rejected("start-refused", "no"));
        assertThrows(Failure.Rejected.class, () -> start("web"));
        Awaitility.await().until(() -> {
            harbour.ticks.wakeAll();
            return committed() == 0;
        });
    }

    @Test
    void aStartWhoseEngineFallsSilentIsHeldUntilItsEndIsKnown() throws Exception {
        made("web", "4g");
        harbour.containers.stop("web", OptionalInt.of(0));
        Gate answer = harbour.engine.holdAnswer(Call.START);
        Future<Container> started = harbour.inBackground(() -> start("web"));
        answer.awaitArrival();
        assertEquals(4L << 30, committed());
        harbour.engine.goAway();
        answer.open();
        assertThrows(Exception.class, started::get);
        assertEquals(4L << 30, committed(), "it may have been started");
        harbour.engine.comeBack();
        Awaitility.await().until(() -> {
            harbour.ticks.wakeAll();
            var figures = harbour.admission.figures().orElseThrow();
            return figures.heldBytes() == 0 && figures.limitsBytes() == harbour.engine.limitsOfRunning();
        });
    }

    @Test
    void aHigherLimitMustFitAndALowerOneGivesMemoryBack() {
        made("web", "4g");
        made("other", "4g");
        assertThrows(Failure.Refused.class, () -> change("web", memory("6g"), Optional.empty()));
        assertEquals(8L << 30, committed());
        change("other", memory("1g"), Optional.empty());
        assertEquals(5L << 30, committed());
        assertEquals(
                Optional.of(MemorySize.parse("6g")),
                change("web", memory("6g"), Optional.empty()).memoryLimit());
        assertEquals(7L << 30, committed());
    }

    @Test
    void aChangeThatTheEngineRefusesChangesNeitherTheLimitNorTheLedger() {
        Container web = made("web", "4g");
        harbour.engine.refuseNext(Call.CHANGE, new Failure.Rejected("change-refused", "no"));
        assertThrows(Failure.Rejected.class, () -> change("web", memory("6g"), Optional.empty()));
        Awaitility.await().until(() -> {
            harbour.ticks.wakeAll();
            return committed() == 4L << 30;
        });
        assertEquals(web.memoryLimit(), harbour.engine.truth(web.id()).memoryLimit());
    }

    @Test
    void aNameThatIsTakenPutsTheLimitsBack() {
        Container web = made("web", "4g");
        made("other", "1g");
        harbour.engine.refuseNext(Call.RENAME, new Failure.Conflict("name-taken", "taken meanwhile"));
        assertThrows(Failure.Conflict.class, () -> change("web", memory("5g"), Optional.of("new")));
        assertEquals(web.memoryLimit(), harbour.engine.truth(web.id()).memoryLimit());
        var known = assertThrows(Failure.Conflict.class, () -> change("web", memory("5g"), Optional.of("other")));
        assertEquals("name-taken", known.code());
    }

    @Test
    void everythingThatCanBeChangedIsChanged() {
        made("web", "4g");
        var limits = new LimitsChange(
                Optional.of(MemorySize.parse("1g")),
                Optional.empty(),
                Optional.of(LimitsChange.Pids.of(7)),
                Optional.of(RestartPolicy.parse("always")));
        Container changed = change("web", limits, Optional.of("new"));
        assertEquals("new", changed.name());
        assertEquals(Optional.of(MemorySize.parse("1g")), changed.memoryLimit());
        assertEquals(7, changed.pidsLimit().orElseThrow());
        assertEquals(RestartPolicy.parse("always"), changed.restartPolicy());
    }

    @Test
    void aStoppedContainerPromisesNothingSoItsLimitMayBeRaisedToAllThereIs() {
        made("web", "1g");
        harbour.containers.stop("web", OptionalInt.of(0));
        made("other", "8g");
        change("web", memory("9g"), Optional.empty());
        assertThrows(Failure.Refused.class, () -> change("web", memory("11g"), Optional.empty()), "never");
        assertThrows(Failure.Refused.class, () -> start("web"));
    }

    @Test
    void aWaiterWhoseClientGoesLeavesTheLine() {
        made("web", "8g");
        var departure = new Departure();
        var wanted = Harbour.request(SpecDraft.of("here").memory("8g").spec());
        Future<Container> waiter = harbour.inBackground(
                () -> harbour.containers.create(wanted, Optional.empty(), Duration.ofMinutes(1), departure));
        Awaitility.await().until(() -> harbour.admission.line().size() == 1);
        departure.gone();
        assertThrows(Exception.class, waiter::get);
        assertTrue(harbour.admission.line().isEmpty());
        assertEquals(1, harbour.engine.containerCount());
    }

    @Test
    void aServerThatEndedInTheMiddleLooksOnceMoreBeforeItsFirstPromise() {
        ContainerId id = made("web", "4g").id();
        harbour.leave();
        try (var next = new Harbour(harbour.engine, dev.berth.admission.AdmissionSettings.DEFAULTS, false)) {
            next.open();
            assertThrows(
                    Failure.Refused.class,
                    () -> next.create(SpecDraft.of("here").memory("6g").spec()));
            assertTrue(next.shown(id).isPresent());
        }
    }
}
