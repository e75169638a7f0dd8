package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What holds of every engine when a container that is there is changed.
interface ChangeContract {
    ContainerId NOBODY = new ContainerId("0123456789".repeat(6) + "0123");
    OptionalInt AT_ONCE = OptionalInt.of(0);
    String UNMOVED = "URG";

    Engine engine();

    /// A draft of a container that sleeps, of an image that is there, with the class's label.
    SpecDraft sleeper();

    /// A running container with a limit of 128 MiB, of which it uses 40 and cannot give them back.
    ContainerId using40MiB();

    default EngineContainers containers() {
        return engine().containers();
    }

    default ContainerId running(SpecDraft draft) {
        ContainerId id = containers().create(draft.spec());
        containers().start(id);
        return id;
    }

    default Container inspect(ContainerId id) {
        return containers().inspect(id).orElseThrow();
    }

    @Test
    default void everyLimitIsChangedWhileItRunsIsPausedAndStands() {
        ContainerId id = running(sleeper().memory("64m"));
        assertTrue(inspect(id).pidsLimit().isEmpty());
        containers().change(id, everything("128m", LimitsChange.Pids.of(50), "on-failure:3"));
        assertLimits(id, "128m", OptionalLong.of(50), "on-failure:3");
        containers().pause(id);
        containers().change(id, everything("32m", LimitsChange.Pids.UNLIMITED, "always"));
        assertLimits(id, "32m", OptionalLong.empty(), "always");
        containers().unpause(id);
        containers().stop(id, AT_ONCE);
        containers().change(id, everything("256m", LimitsChange.Pids.of(7), "no"));
        assertLimits(id, "256m", OptionalLong.of(7), "no");
        containers().start(id);
        assertLimits(id, "256m", OptionalLong.of(7), "no");
    }

    @Test
    default void whatAChangeDoesNotNameStays() {
        ContainerId id = running(sleeper().memory("64m").cpus(Cpus.of(1)).restarting("on-failure:2"));
        Container before = inspect(id);
        containers().change(id, LimitsChange.NOTHING);
        assertEquals(before, inspect(id));
        containers().change(id, memory("96m"));
        Container after = inspect(id);
        assertEquals(Optional.of(MemorySize.parse("96m")), after.memoryLimit());
        assertEquals(Optional.of(Cpus.of(1)), after.cpuLimit());
        assertEquals(RestartPolicy.parse("on-failure:2"), after.restartPolicy());
    }

    @Test
    default void aChangeBelowTheFloorOrAboveTheHostIsRefusedWithTheEnginesWords() {
        ContainerId id = running(sleeper().memory("64m"));
        Container before = inspect(id);
        Failure tooLittle =
                assertThrows(Failure.Rejected.class, () -> containers().change(id, memory("1m")));
        assertEquals("change-refused", tooLittle.code());
        assertTrue(tooLittle.engineMessage().orElseThrow().contains("6MB"));
        var tooMany =
                new LimitsChange(Optional.empty(), Optional.of(Cpus.of(5000)), Optional.empty(), Optional.empty());
        assertEquals(
                "change-refused",
                assertThrows(Failure.Rejected.class, () -> containers().change(id, tooMany))
                        .code());
        assertEquals(before, inspect(id));
    }

    @Test
    default void memoryInUseIsNotTakenAwayAndNothingElseIsChanged() {
        ContainerId id = using40MiB();
        Container before = inspect(id);
        Failure inUse = assertThrows(
                Failure.Conflict.class,
                () -> containers().change(id, everything("20m", LimitsChange.Pids.of(50), "always")));
        assertEquals("memory-below-usage", inUse.code());
        assertTrue(inUse.engineMessage().orElseThrow().contains("current usage"));
        assertEquals(before, inspect(id));
    }

    @Test
    default void aRenameTakesAFreeNameAndItsOwn() {
        ContainerId id = running(sleeper().named("berth-contract-old"));
        containers().rename(id, "berth-contract-new");
        containers().rename(id, "berth-contract-new");
        assertEquals("berth-contract-new", inspect(id).name());
        ContainerId other =
                containers().create(sleeper().named("berth-contract-old").spec());
        Failure taken = assertThrows(Failure.Conflict.class, () -> containers().rename(other, "berth-contract-new"));
        assertEquals("name-taken", taken.code());
        assertEquals("berth-contract-new", taken.figures().get("name"));
        assertTrue(taken.engineMessage().isPresent());
    }

    @Test
    default void aRestartIsAnotherLifeAlsoOfOneThatStands() {
        ContainerId id = containers().create(sleeper().spec());
        containers().restart(id, AT_ONCE);
        Container first = inspect(id);
        containers().restart(id, AT_ONCE);
        Container second = inspect(id);
        containers().pause(id);
        containers().restart(id, AT_ONCE);
        Container third = inspect(id);
        for (Container it : List.of(first, second, third)) assertEquals(Status.RUNNING, it.status());
        assertTrue(second.startedAt().orElseThrow().isAfter(first.startedAt().orElseThrow()));
        assertTrue(third.startedAt().orElseThrow().isAfter(second.startedAt().orElseThrow()));
        assertEquals(0, third.restartCount());
    }

    @Test
    default void aRestartOfWhatCannotRunIsRefusedAsAStartIs() {
        ContainerId id = containers().create(sleeper().running("/nosuch").spec());
        Failure refused =
                assertThrows(Failure.Rejected.class, () -> containers().restart(id, AT_ONCE));
        assertEquals("start-refused", refused.code());
        assertTrue(refused.engineMessage().orElseThrow().contains("/nosuch"));
    }

    @Test
    default void pausingWhatIsPausedAndUnpausingWhatRunsIsFine() {
        ContainerId id = running(sleeper());
        containers().unpause(id);
        containers().pause(id);
        containers().pause(id);
        assertEquals(Status.PAUSED, inspect(id).status());
        assertThrows(Failure.Conflict.class, () -> containers().start(id));
        containers().unpause(id);
        assertEquals(Status.RUNNING, inspect(id).status());
    }

    @Test
    default void aKillEndsItAndAnotherSignalNeedNot() {
        ContainerId id = running(sleeper().restarting("always"));
        containers().kill(id, Optional.of(UNMOVED));
        assertEquals(Status.RUNNING, inspect(id).status());
        containers().pause(id);
        containers().kill(id, Optional.of(UNMOVED));
        Awaitility.await().until(() -> inspect(id).status() == Status.RUNNING); // it goes on a moment later
        containers().kill(id, Optional.empty());
        Container killed = inspect(id);
        assertEquals(Status.EXITED, killed.status());
        assertEquals(OptionalInt.of(137), killed.exitCode());
    }

    @Test
    default void whatDoesNotRunIsNotPausedUnpausedOrKilled() {
        ContainerId id = containers().create(sleeper().spec());
        List<Runnable> calls = List.of(
                () -> containers().pause(id),
                () -> containers().unpause(id),
                () -> containers().kill(id, Optional.empty()));
        for (Runnable call : calls) {
            Failure standing = assertThrows(Failure.Conflict.class, call::run);
            assertEquals("not-running", standing.code());
            assertTrue(standing.engineMessage().isPresent());
        }
    }

    @Test
    default void whatDoesNotExistIsNotChanged() {
        List<Runnable> calls = List.of(
                () -> containers().change(NOBODY, LimitsChange.NOTHING),
                () -> containers().rename(NOBODY, "berth-contract-nobody"),
                () -> containers().restart(NOBODY, AT_ONCE),
                () -> containers().pause(NOBODY),
                () -> containers().unpause(NOBODY),
                () -> containers().kill(NOBODY, Optional.empty()));
        for (Runnable call : calls)
            assertEquals(
                    "no-such-container",
                    assertThrows(Failure.NotFound.class, call::run).code());
    }

    @Test
    default void eventsTellTheChanges() throws Exception {
        Instant since = engine().connect().clock();
        try (EngineStream<EngineEvent> events = engine().events(since)) {
            ContainerId id = running(sleeper());
            containers().change(id, memory("64m"));
            containers().rename(id, "berth-contract-events");
            containers().pause(id);
            containers().unpause(id);
            containers().kill(id, Optional.of(UNMOVED));
            containers().restart(id, OptionalInt.of(1));
            containers().kill(id, Optional.empty());
            containers().remove(id, false, true);
            List<String> actions = new ArrayList<>();
            seek(events, event -> {
                // A stop sends one signal or two, as the process heeds it.
                boolean again = event.action().equals("kill")
                        && !actions.isEmpty()
                        && actions.getLast().equals("kill");
                if (event.type().equals("container") && event.id().equals(id.hex()) && !again)
                    actions.add(event.action());
                return actions.contains("destroy");
            });
            assertEquals(
                    "create start update rename pause unpause kill die stop start restart kill die destroy",
                    String.join(" ", actions));
        }
    }

    private void assertLimits(ContainerId id, String memory, OptionalLong pids, String restartPolicy) {
        Container it = inspect(id);
        assertEquals(Optional.of(MemorySize.parse(memory)), it.memoryLimit());
        assertEquals(Optional.of(Cpus.of(1)), it.cpuLimit());
        assertEquals(pids, it.pidsLimit());
        assertEquals(RestartPolicy.parse(restartPolicy), it.restartPolicy());
    }

    private static LimitsChange memory(String size) {
        return new LimitsChange(
                Optional.of(MemorySize.parse(size)), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static LimitsChange everything(String memory, LimitsChange.Pids pids, String restartPolicy) {
        return new LimitsChange(
                Optional.of(MemorySize.parse(memory)),
                Optional.of(Cpus.of(1)),
                Optional.of(pids),
                Optional.of(RestartPolicy.parse(restartPolicy)));
    }

    /// Reads until an item fits; fails after ten seconds.
    static <T> void seek(EngineStream<T> stream, Predicate<T> fits) throws Exception {
        CompletableFuture.runAsync(() -> {
                    while (!fits.test(stream.next().orElseThrow(() -> new AssertionError("the stream ended")))) {
                        // not yet
                    }
                })
                .orTimeout(10, TimeUnit.SECONDS)
                .whenComplete((_, _) -> stream.close())
                .get();
    }
}
