package dev.berth.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.mirror.MirrorBench;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.store.ScratchDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PruneTest {
    private static final PruneRule DANGLING = new PruneRule(true, Optional.empty());
    private static final PruneRule ALL = new PruneRule(false, Optional.empty());

    private final MirrorBench bench = new MirrorBench();
    private final FakeEngine engine = bench.engine;
    private final Jobs jobs = new Jobs(ScratchDatabase.make(), Set.of(), bench.feed, bench.time, new Random(1));
    private final Images images = ImagesOnABench.with(bench, jobs, ImagesOnABench.far(bench), Optional.empty());

    @BeforeEach
    void connect() {
        bench.connected();
        engine.eventBus().off();
    }

    @AfterEach
    void close() {
        jobs.close();
        images.close();
        bench.close();
    }

    private Image put(String reference) {
        return bench.mirror.refresh(engine.imageStore().put(reference).id()).orElseThrow();
    }

    /// An image that lost its only tag to a newer one.
    private Image dangling(String reference) {
        Image old = put(reference);
        engine.imageStore().publish(reference, 2);
        put(reference);
        return bench.mirror.refresh(old.id()).orElseThrow();
    }

    private Job prune(PruneRule rule) throws InterruptedException {
        Job job = images.prune(rule, "anna");
        assertTrue(job.await(Duration.ofSeconds(20)));
        return job;
    }

    private boolean isHere(Image image) {
        return bench.mirror.snapshot().images().containsKey(image.id());
    }

    private static Item item(Job job, String name) {
        return Optional.ofNullable(job.view().items().get(name)).orElseThrow();
    }

    @Test
    void imagesWithoutATagGoAndOthersStay() throws Exception {
        Image old = dangling("app:1");
        assertEquals(List.of(old.id().text()), images.prunable(DANGLING));
        Job job = prune(DANGLING);
        assertEquals("prune", job.view().kind());
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertEquals(Set.of(old.id().text()), job.view().items().keySet());
        assertEquals(
                Optional.of(Json.of(1_000_000)),
                Optional.ofNullable(item(job, old.id().text()).more().get("reclaimed_bytes")));
        assertFalse(isHere(old));
        assertTrue(bench.mirror.snapshot().image(ImageRef.parse("app:1")).isPresent());
        assertEquals(List.of(), images.prunable(DANGLING));
    }

    @Test
    void allUnusedGoWithEveryTag() throws Exception {
        Image image = put("app:1");
        engine.imageStore().tag(image.id(), "other:2");
        bench.mirror.refresh(image.id());
        assertEquals(List.of("app:1", "other:2"), images.prunable(ALL));
        Job job = prune(ALL);
        assertEquals(Set.of("app:1", "other:2"), job.view().items().keySet());
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertEquals(
                1,
                job.view().items().values().stream()
                        .filter(it -> it.more().containsKey("reclaimed_bytes"))
                        .count(),
                "the room is told once per image");
        assertFalse(isHere(image));
    }

    @Test
    void whatAContainerUsesStaysRunningOrNot() throws Exception {
        Image runs = put("runs:1");
        Image stands = put("stands:1");
        bench.mirror.refresh(engine.runs(SpecDraft.of("runs:1").spec()));
        ContainerId stopped = engine.runs(SpecDraft.of("stands:1").spec());
        engine.dies(stopped, 0);
        bench.mirror.refresh(stopped);
        Job job = prune(ALL);
        assertEquals(Set.of(), job.view().items().keySet());
        assertTrue(isHere(runs) && isHere(stands));
    }

    @Test
    void whatIsToBeKeptStaysForAsLongAsAnybodyNeedsIt() throws Exception {
        Image old = dangling("app:1");
        var one = images.keep(List.of(old.id()));
        var other = images.keep(List.of(old.id()));
        one.close();
        assertEquals(List.of(), images.prunable(DANGLING));
        prune(DANGLING);
        assertTrue(isHere(old));
        other.close();
        prune(DANGLING);
        assertFalse(isHere(old));
    }

    @Test
    void whatComesIntoUseMeanwhileIsSkippedAndTheOthersGo() throws Exception {
        List<Image> all = List.of(put("a:1"), put("b:1"), put("c:1"));
        Gate gate = engine.hold(Call.LAYERS);
        Job job = images.prune(ALL, "anna");
        gate.awaitArrival();
        bench.mirror.refresh(engine.runs(SpecDraft.of("a:1").spec()));
        var _ = images.keep(List.of(all.get(1).id()));
        gate.open();
        assertTrue(job.await(Duration.ofSeconds(20)));
        assertEquals(JobState.SKIPPED, item(job, "a:1").state());
        assertEquals(JobState.SKIPPED, item(job, "b:1").state());
        assertEquals(JobState.SUCCEEDED, item(job, "c:1").state());
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertTrue(isHere(all.get(0)) && isHere(all.get(1)) && !isHere(all.get(2)));
    }

    @Test
    void whatTheEngineRefusesBecauseItIsUsedIsSkippedAndWhatItCannotDoFails() throws Exception {
        put("a:1");
        engine.refuseNext(
                Call.REMOVE_IMAGE,
                new Failure.Conflict("image-in-use", "it is in use").saidByEngine("image has dependent child images"));
        Job job = prune(ALL);
        assertEquals(JobState.SKIPPED, item(job, "a:1").state());
        assertEquals(
                Optional.of("image has dependent child images"),
                item(job, "a:1").error());
        engine.refuseNext(Call.REMOVE_IMAGE, new Failure.EngineSlow("no answer"));
        assertEquals(JobState.FAILED, item(prune(ALL), "a:1").state());
    }

    @Test
    void onlyWhatWasBuiltLongEnoughAgoGoes() {
        Image image = put("app:1"); // 2026-01-01, a month before the bench's clock
        assertEquals(List.of("app:1"), images.prunable(new PruneRule(false, Optional.of(Duration.ofDays(30)))));
        assertEquals(List.of(), images.prunable(new PruneRule(false, Optional.of(Duration.ofDays(32)))));
        var undated = new Image(
                image.id(),
                Optional.of("unknown"),
                image.sizeBytes(),
                image.tags(),
                image.digests(),
                image.architecture(),
                image.os(),
                image.labels(),
                false);
        assertFalse(new PruneRule(false, Optional.of(Duration.ofDays(1))).fits(undated, bench.time.instant()));
        assertTrue(ALL.fits(undated, bench.time.instant()));
    }

    @Test
    void anImageWithoutATagThatCameFromSeveralRegistriesGoesToo() throws Exception {
        Image old = dangling("app:1");
        String digest = Images.digest(old, ImageRef.parse("app:1")).orElseThrow();
        engine.imageStore().pushed(old.id(), "registry.test/app@" + digest);
        bench.mirror.refresh(old.id());
        Job job = prune(DANGLING);
        assertEquals(JobState.SUCCEEDED, item(job, old.id().text()).state(), job.view()::toString);
        assertFalse(isHere(old));
    }

    @Test
    void aCancelledPruneLeavesTheRest() throws Exception {
        put("a:1");
        put("b:1");
        Gate gate = engine.hold(Call.LAYERS);
        Job job = images.prune(ALL, "anna");
        gate.awaitArrival();
        job.cancel();
        gate.open();
        assertTrue(job.await(Duration.ofSeconds(20)));
        assertEquals(JobState.CANCELLED, job.view().state());
        assertEquals(1, bench.mirror.snapshot().images().size());
    }

    @Test
    void whileTheEngineIsAwayNothingIsBegun() {
        bench.away();
        assertThrows(Failure.EngineDown.class, () -> images.prune(ALL, "anna"));
        assertThrows(Failure.EngineDown.class, () -> images.tag("app:1", ImageRef.parse("b:1")));
    }

    // Names.

    @Test
    void aNameIsShownAtOnceAndTheImageThatLostItToo() {
        Image first = put("app:1");
        Image second = put("other:1");
        assertEquals(
                Set.of(ImageRef.parse("other:1"), ImageRef.parse("app:1")),
                Set.copyOf(images.tag("other:1", ImageRef.parse("app:1")).tags()));
        assertEquals(
                second.id(),
                bench.mirror
                        .snapshot()
                        .image(ImageRef.parse("app:1"))
                        .orElseThrow()
                        .id());
        assertEquals(List.of(), bench.mirror.refresh(first.id()).orElseThrow().tags());
    }

    @Test
    void aNameWithADigestCannotBeGiven() {
        Image image = put("app:1");
        ImageRef pinned = ImageRef.parse(
                "b:1@" + Images.digest(image, ImageRef.parse("app:1")).orElseThrow());
        assertThrows(Failure.Invalid.class, () -> images.tag("app:1", pinned));
        assertThrows(Failure.NotFound.class, () -> images.tag("nobody", ImageRef.parse("b:1")));
        assertEquals(0, engine.count(Call.TAG_IMAGE));
    }
}
