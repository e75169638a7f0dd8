package dev.berth.mirror;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What nobody tells is found all the same.
@Timeout(60)
class AuditTest {
    private final MirrorBench bench = new MirrorBench();
    private ContainerId id = new ContainerId("0".repeat(64));

    @BeforeEach
    void connect() {
        bench.engine.eventBus().off(); // a replayed event would be a look that no test asked for
        id = bench.runs("web");
        bench.engine.eventBus().on();
        bench.connected();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void withoutEventsTheMinutelyListFindsWhatIsNewGoneOrOther() {
        bench.engine.eventBus().off();
        ContainerId fresh = bench.runs("fresh");
        bench.engine.dies(id, 2);
        bench.time.advance(Duration.ofSeconds(59));
        bench.tick();
        bench.awaitTruth(id);
        bench.awaitTruth(fresh);
        bench.engine.containers().remove(id, true, false);
        bench.time.advance(Duration.ofSeconds(59));
        bench.tick();
        eventually(() -> !bench.shows(id));
    }

    @Test
    void withoutEventsARenameIsFound() {
        bench.engine.change(id, it -> it.name = "renamed");
        bench.audit();
        bench.awaitTruth(id);
    }

    @Test
    void aListThatAgreesCostsNoInspect() {
        int looks = bench.engine.count(Call.INSPECT);
        int lists = bench.engine.count(Call.LIST);
        bench.tick();
        bench.time.advance(Duration.ofSeconds(59));
        bench.tick();
        assertEquals(lists + 1, bench.engine.count(Call.LIST));
        // The container's own turn, once in five minutes, may have come in this one.
        assertTrue(bench.engine.count(Call.INSPECT) <= looks + 1);
    }

    @Test
    void whatNoListShowsIsFoundWithinFiveMinutes() {
        bench.engine.change(id, it -> it.restartCount = 4);
        bench.tick();
        bench.time.advance(Duration.ofMinutes(5));
        bench.tick();
        bench.awaitTruth(id);
    }

    @Test
    void aStoppedContainerThatRanInBetweenIsFoundToo() {
        bench.engine.eventBus().off();
        bench.engine.dies(id, 1);
        bench.mirror.refresh(id);
        bench.engine.containers().start(id);
        bench.engine.dies(id, 2);
        bench.tick();
        bench.time.advance(Duration.ofMinutes(5));
        bench.tick();
        bench.awaitTruth(id);
    }

    @Test
    void regularLooksAreSpreadOverTime() {
        List<ContainerId> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) ids.add(bench.runs("c" + i));
        eventually(bench::isTrue);
        ids.forEach(bench.mirror::refresh);
        int most = 0;
        bench.tick();
        for (int i = 0; i < 50; i++) {
            int before = bench.engine.count(Call.INSPECT);
            bench.time.advance(Duration.ofSeconds(5));
            bench.tick();
            most = Math.max(most, bench.engine.count(Call.INSPECT) - before);
        }
        assertTrue(most < 50, most + " of 100 at once");
    }

    @Test
    void whoRestartsIsLookedAtEachTickUntilItNoLongerDoes() {
        bench.engine.change(id, it -> it.status = Status.RESTARTING);
        bench.mirror.refresh(id);
        int looks = bench.engine.count(Call.INSPECT);
        for (int i = 1; i <= 3; i++) {
            bench.tick();
            int want = looks + i;
            eventually(() -> bench.engine.count(Call.INSPECT) == want);
        }
        bench.engine.change(id, it -> {
            it.status = Status.EXITED;
            it.error = "it could not be started again";
        });
        bench.tick();
        eventually(() -> bench.mirror.snapshot().container(id).orElseThrow().status() == Status.EXITED);
        bench.mirror.refresh(id);
        int settled = bench.engine.count(Call.INSPECT);
        bench.tick();
        assertEquals(settled, bench.engine.count(Call.INSPECT));
    }

    @Test
    void anUpdateIsLookedAtAgainAWholeTickLater() {
        bench.tick();
        bench.engine.change(id, it -> it.memory = Optional.of(MemorySize.parse("1g")));
        bench.engine.eventBus().say("container", "update", id.hex());
        bench.awaitTruth(id);
        // It was reported before the engine rolled it back, without another word.
        bench.engine.change(id, it -> it.memory = Optional.of(MemorySize.parse("2g")));
        bench.tick();
        bench.tick();
        bench.awaitTruth(id);
    }

    @Test
    void aLookThatFailedIsTriedAgainAtTheNextTick() {
        bench.tick();
        bench.engine.refuseNext(Call.INSPECT, new Failure.EngineSlow("busy"));
        bench.engine.dies(id, 1);
        int looks = bench.engine.count(Call.INSPECT);
        eventually(() -> {
            bench.tick();
            return bench.engine.count(Call.INSPECT) > looks;
        });
        eventually(() -> {
            bench.tick();
            return bench.mirror.snapshot().container(id).orElseThrow().status() == Status.EXITED;
        });
    }

    @Test
    void anAuditThatCannotListGoesOnNextTime() {
        bench.engine.eventBus().off();
        bench.engine.dies(id, 2);
        bench.engine.refuseNext(Call.LIST, new Failure.EngineSlow("busy"));
        bench.time.advance(Duration.ofSeconds(59));
        bench.tick();
        bench.time.advance(Duration.ofSeconds(59));
        bench.tick();
        bench.awaitTruth(id);
    }

    @Test
    void aPruneIsFollowedByAListAtTheNextTick() {
        ContainerId created = bench.engine
                .containers()
                .create(SpecDraft.of("busybox").named("unused").spec());
        bench.awaitTruth(created);
        bench.engine.eventBus().off();
        bench.engine.containers().remove(created, false, false);
        bench.engine.eventBus().on();
        bench.engine.eventBus().say("container", "prune", "");
        eventually(() -> {
            bench.tick();
            return !bench.shows(created);
        });
    }

    @Test
    void aPruneOfImagesIsFollowedByALookAtThem() {
        Image image = bench.engine.imageStore().put("unused");
        bench.mirror.refresh(image.id());
        bench.engine.eventBus().off();
        bench.engine.images().remove(image.id(), false);
        bench.engine.eventBus().on();
        bench.engine.eventBus().say("image", "prune", "");
        eventually(() -> {
            bench.tick();
            return !bench.mirror.snapshot().images().containsKey(image.id());
        });
    }

    @Test
    void aReloadOfTheEngineIsFollowedByAQuestionAboutItsHost() {
        bench.engine.size("64g", 32);
        bench.engine.eventBus().say("daemon", "reload", "x");
        eventually(() -> {
            bench.tick();
            return bench.mirror.snapshot().host().orElseThrow().cpus() == 32;
        });
    }

    @Test
    void withoutEventsImagesAreFoundEveryTenMinutes() {
        bench.engine.eventBus().off();
        Image fresh = bench.engine.imageStore().put("fresh");
        bench.engine.images().remove(fresh.tags().getFirst(), false);
        Image other = bench.engine.imageStore().put("other");
        bench.audit();
        eventually(() -> bench.mirror.snapshot().images().equals(bench.trueImages()));
        assertTrue(bench.mirror.snapshot().image(ImageRef.parse("other")).equals(Optional.of(other)));
    }

    @Test
    void whileNothingIsDueItSleepsUntilSomethingIs() {
        bench.time.advance(Duration.ofMinutes(5));
        bench.tick();
        Duration first = resting().orElseThrow();
        assertTrue(
                first.compareTo(Duration.ofSeconds(20)) > 0 && first.compareTo(Duration.ofSeconds(30)) < 0,
                first::toString);
        bench.time.advance(Duration.ofSeconds(10));
        assertEquals(Optional.of(first.minusSeconds(11)), resting());
    }

    @Test
    void aFewAreLookedAtTogetherAndNobodyLaterThanAfterFiveMinutes() {
        List<ContainerId> ids = new ArrayList<>(List.of(id));
        for (int i = 0; i < 9; i++) ids.add(bench.runs("c" + i));
        eventually(bench::isTrue);
        ids.forEach(bench.mirror::refresh);
        int start = bench.engine.count(Call.INSPECT);
        for (int minute = 0; minute < 30; minute++) {
            bench.time.advance(Duration.ofSeconds(59));
            bench.tick();
            eventually(() -> (bench.engine.count(Call.INSPECT) - start) % 10 == 0);
        }
        ids.forEach(bench.mirror::refresh);
        assertEquals(start + 10 * 6 + 10, bench.engine.count(Call.INSPECT));
    }

    @Test
    void aClockThatIsSetBackHoldsNothingBackForLong() {
        bench.tick();
        bench.time.advance(Duration.ofHours(-3));
        assertEquals(Optional.of(Duration.ofSeconds(30)), resting());
    }

    @Test
    void whoeverNeedsItWakesIt() {
        bench.tick();
        wakes(() -> bench.engine.eventBus().say("volume", "prune", ""));
        wakes(() -> bench.engine.eventBus().say("image", "prune", ""));
        wakes(() -> bench.engine.eventBus().say("daemon", "reload", "x"));
        wakes(() -> bench.engine.eventBus().say("container", "update", id.hex()));
        wakes(() -> {
            bench.engine.refuseNext(Call.INSPECT, new Failure.EngineSlow("busy"));
            bench.mirror.hint(id);
        });
        wakes(() -> {
            bench.engine.change(id, it -> it.status = Status.RESTARTING);
            bench.mirror.hint(id);
        });
    }

    private void wakes(Runnable what) {
        int rings = bench.time.rings();
        what.run();
        eventually(() -> bench.time.rings() > rings);
    }

    @Test
    void itStaysAwakeWhileSomebodyRestartsOrAnUpdateIsToBeLookedAtAgainOrTheEngineIsAway() {
        bench.tick();
        bench.engine.change(id, it -> it.status = Status.RESTARTING);
        bench.mirror.refresh(id);
        assertEquals(Optional.empty(), resting());
        bench.engine.change(id, it -> it.status = Status.RUNNING);
        bench.mirror.refresh(id);
        assertTrue(resting().isPresent());

        wakes(() -> bench.engine.eventBus().say("container", "update", id.hex()));
        assertEquals(Optional.empty(), resting());
        assertTrue(resting().isPresent());

        bench.away();
        eventually(() -> !bench.mirror.snapshot().state().connected());
        assertEquals(Optional.empty(), resting());
    }

    /// How long it was about to sleep after one more tick, if at all.
    private Optional<Duration> resting() {
        bench.time.awaitSleep("mirror audit");
        bench.time.forgetAwaited();
        bench.tick();
        return bench.time.awaited("mirror audit");
    }
}
