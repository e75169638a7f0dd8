package dev.berth.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
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
import dev.berth.mirror.MirrorBench;
import dev.berth.model.ContainerId;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.store.Database;
import dev.berth.store.ScratchDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImagesTest {
    private static final ImageRef APP = ImageRef.parse("app:1");

    private final MirrorBench bench = new MirrorBench();
    private final FakeEngine engine = bench.engine;
    private final Database database = ScratchDatabase.make();
    private final Jobs jobs = new Jobs(database, Set.of(), bench.feed, bench.time, new Random(1));
    private final Images images = ImagesOnABench.unchecked(bench, jobs);

    @BeforeEach
    void connect() {
        bench.connected();
        // Whatever is shown after a write is shown without the help of events.
        engine.eventBus().off();
    }

    @AfterEach
    void close() {
        jobs.close();
        database.close();
        images.close();
        bench.close();
    }

    // Pulling.

    @Test
    void aPulledImageIsShownWhenItsJobHasEnded() throws Exception {
        Digest digest = engine.imageStore().publish("app:1", 1);
        Job job = ended(pull("app:1"));
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertEquals(Optional.of(digest.text()), item(job, "app:1").digestAfter());
        assertEquals(Optional.empty(), item(job, "app:1").digestBefore());
        assertTrue(bench.mirror.snapshot().image(APP).isPresent());
    }

    @Test
    void anItemThatFailsDoesNotStopTheOthers() throws Exception {
        engine.imageStore().publish("app:1", 1);
        Job job = ended(pull("nobody/knows:1", "app:1"));
        assertEquals(JobState.FAILED, job.view().state());
        assertEquals(JobState.SUCCEEDED, item(job, "app:1").state());
        assertEquals(JobState.FAILED, item(job, "nobody/knows:1").state());
        assertEquals(
                Optional.of("manifest unknown"), item(job, "nobody/knows:1").error());
    }

    @Test
    void aNewVersionTellsBothDigests() throws Exception {
        String before = Stream.of(put("app:1"))
                .flatMap(it -> it.digests().stream())
                .flatMap(it -> it.digest().stream())
                .map(Digest::text)
                .findFirst()
                .orElseThrow();
        Digest after = engine.imageStore().publish("app:1", 2);
        Job job = ended(pull("app:1"));
        assertEquals(Optional.of(before), item(job, "app:1").digestBefore());
        assertEquals(Optional.of(after.text()), item(job, "app:1").digestAfter());
    }

    @Test
    void theSamePullIsTheSameJob() {
        engine.imageStore().publish("app:1", 1);
        engine.imageStore().publish("b", 1);
        Gate gate = engine.hold(Call.PULL_STEP);
        Job job = pull("app:1", "b");
        assertSame(job, pull("b", "app:1"));
        Job other = images.pull(List.of(APP, ImageRef.parse("b")), Optional.of("e30="), "anna");
        assertNotEquals(job.id(), other.id());
        gate.open();
    }

    @Test
    void jobsThatWantTheSameImageShareItsPull() throws Exception {
        engine.imageStore().publish("app:1", 1);
        engine.imageStore().publish("b", 1);
        Gate gate = engine.hold(Call.PULL_STEP);
        Job one = pull("app:1");
        gate.awaitArrival();
        Job other = pull("app:1", "b");
        gate.awaitArrivals(2);
        gate.open();
        assertEquals(JobState.SUCCEEDED, ended(one).view().state());
        assertEquals(JobState.SUCCEEDED, ended(other).view().state());
    }

    @Test
    void aCancelledJobStopsItsPullAndLeavesNoImage() throws Exception {
        engine.imageStore().publish("app:1", 1);
        Gate gate = engine.hold(Call.PULL_STEP);
        Job job = pull("app:1");
        gate.awaitArrival();
        job.cancel();
        ended(job);
        assertEquals(JobState.CANCELLED, job.view().state());
        assertEquals(JobState.CANCELLED, item(job, "app:1").state());
        gate.open();
        assertTrue(engine.images().inspect(APP).isEmpty());
    }

    @Test
    void aPullThatEndsWithoutItsImageIsAFailure() throws Exception {
        engine.imageStore().publish("app:1", 1);
        Gate gate = engine.holdAnswer(Call.PULL);
        Job job = pull("app:1");
        gate.awaitArrival();
        // It arrives and is removed by somebody else before we look.
        Gate looks = engine.hold(Call.INSPECT_IMAGE);
        gate.open();
        looks.awaitArrival();
        engine.images().remove(APP, true);
        looks.open();
        ended(job);
        assertEquals(JobState.FAILED, item(job, "app:1").state());
    }

    @Test
    void whileTheEngineIsAwayNothingIsBegun() {
        bench.away();
        assertThrows(Failure.EngineDown.class, () -> pull("app:1"));
        assertThrows(Failure.EngineDown.class, () -> images.updateAll("anna"));
        assertThrows(Failure.EngineDown.class, () -> images.remove("app:1", false));
        assertEquals(List.of(), jobs.list());
    }

    @Test
    void aHeaderThatIsNoneIsRefusedBeforeAJobIsMade() {
        assertThrows(Failure.Invalid.class, () -> images.pull(List.of(APP), Optional.of("§"), "anna"));
        assertEquals(List.of(), jobs.list());
    }

    // Requiring.

    @Test
    void whatIsHereIsNotPulled() throws Exception {
        Image image = put("app:1");
        assertEquals(image, images.require(APP, false, false, Optional.empty()));
        assertEquals(image, images.require(APP, false, true, Optional.empty()));
        assertEquals(0, engine.count(Call.PULL));
    }

    @Test
    void whatIsMissingIsPulledUnlessForbidden() throws Exception {
        engine.imageStore().publish("app:1", 1);
        assertEquals(
                "no-such-image",
                assertThrows(Failure.NotFound.class, () -> images.require(APP, false, true, Optional.empty()))
                        .code());
        assertTrue(images.require(APP, false, false, Optional.empty()).tags().contains(APP));
        assertEquals(1, engine.count(Call.PULL));
    }

    @Test
    void whatIsHereIsPulledWhenTheRegistryIsAlwaysAsked() throws Exception {
        Image old = put("app:1");
        engine.imageStore().publish("app:1", 2);
        assertNotEquals(
                old.id(), images.require(APP, true, false, Optional.empty()).id());
    }

    // Updating.

    @Test
    void updateAllPullsOnlyWhatTheRegistryHasNewer() throws Exception {
        put("same:1");
        put("newer:1");
        engine.imageStore().publish("newer:1", 2);
        Job job = ended(images.updateAll("anna"));
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertEquals(JobState.UNCHANGED, item(job, "same:1").state());
        assertEquals(JobState.SUCCEEDED, item(job, "newer:1").state());
        assertNotEquals(
                item(job, "newer:1").digestBefore(), item(job, "newer:1").digestAfter());
        assertEquals(1, engine.count(Call.PULL));
    }

    @Test
    void aLocalImageIsNeverReplacedByAStrangersOfTheSameName() throws Exception {
        Image made = put("base:1");
        engine.imageStore().tag(made.id(), "mine:1");
        engine.imageStore().publish("mine:1", 1);
        bench.mirror.refresh(made.id());
        Job job = ended(images.updateAll("anna"));
        assertEquals(JobState.SKIPPED, item(job, "mine:1").state());
        assertEquals(JobState.UNCHANGED, item(job, "base:1").state());
        assertEquals(0, engine.count(Call.PULL));
    }

    @Test
    void whatTheRegistryNoLongerKnowsIsSkipped() throws Exception {
        put("app:1");
        engine.imageStore().unpublish("app:1");
        Job job = ended(images.updateAll("anna"));
        assertEquals(JobState.SKIPPED, item(job, "app:1").state());
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertEquals(0, engine.count(Call.PULL));
    }

    @Test
    void anEngineThatCannotAskPullsInstead() throws Exception {
        put("app:1");
        engine.refuseNext(Call.DIGEST, new Failure.Rejected("registry-unsupported", "this engine cannot ask"));
        Job job = ended(images.updateAll("anna"));
        assertEquals(JobState.UNCHANGED, item(job, "app:1").state());
        assertEquals(1, engine.count(Call.PULL));
        engine.imageStore().publish("app:1", 2);
        engine.refuseNext(Call.DIGEST, new Failure.Rejected("registry-unsupported", "this engine cannot ask"));
        assertEquals(
                JobState.SUCCEEDED,
                item(ended(images.updateAll("anna")), "app:1").state());
    }

    @Test
    void aRegistryThatIsDownFailsItsItemOnly() throws Exception {
        put("app:1");
        put("b");
        engine.refuseNext(Call.DIGEST, new Failure.EngineSlow("no answer"));
        Job job = ended(images.updateAll("anna"));
        List<JobState> states =
                job.view().items().values().stream().map(Item::state).sorted().toList();
        assertEquals(List.of(JobState.FAILED, JobState.UNCHANGED), states);
    }

    @Test
    void aTagThatHasGoneMeanwhileIsSkipped() throws Exception {
        Image image = put("app:1");
        Gate gate = engine.hold(Call.DIGEST);
        for (int i = 0; i < 4; i++) put("busy" + i);
        Job job = images.updateAll("anna");
        gate.awaitArrivals(4);
        engine.images().remove(APP, false);
        bench.mirror.refresh(image.id());
        gate.open();
        ended(job);
        assertFalse(item(job, "app:1").state() == JobState.FAILED, String.valueOf(item(job, "app:1")));
    }

    @Test
    void updateAllIsOneJobWhileItRuns() {
        put("app:1");
        Gate gate = engine.hold(Call.DIGEST);
        Job job = images.updateAll("anna");
        assertSame(job, images.updateAll("otto"));
        gate.open();
    }

    @Test
    void withoutImagesThereIsNothingToUpdate() throws Exception {
        Job job = ended(images.updateAll("anna"));
        assertEquals(JobState.SUCCEEDED, job.view().state());
        assertEquals(100, job.view().percent());
    }

    // Removing.

    @Test
    void aTagIsRemovedAndTheImageStaysWithItsOthers() {
        Image image = put("app:1");
        engine.imageStore().tag(image.id(), "other:2");
        bench.mirror.refresh(image.id());
        assertFalse(images.plan("app:1", false).whole());
        Images.Removed removed = images.remove("app:1", false);
        assertEquals(List.of("app:1"), removed.untagged());
        assertEquals(List.of(), removed.deleted());
        assertEquals(
                List.of(ImageRef.parse("other:2")),
                bench.mirror.snapshot().image("other:2").tags());
    }

    @Test
    void theLastTagTakesTheImageWithIt() {
        Image image = put("app:1");
        assertTrue(images.plan("app:1", false).whole());
        assertTrue(images.remove("app:1", false).deleted().contains(image.id().text()));
        assertFalse(bench.mirror.snapshot().images().containsKey(image.id()));
    }

    @Test
    void anIdStandsForTheImageWithAllItsTags() {
        for (boolean whole : List.of(true, false)) {
            Image image = put("app:1");
            engine.imageStore().tag(image.id(), "other:2");
            engine.imageStore().tag(image.id(), "other:3");
            bench.mirror.refresh(image.id());
            String name = whole ? image.id().text() : image.id().hex().substring(0, 12);
            assertEquals(3, images.plan(name, false).tags().size());
            Images.Removed removed = images.remove(name, false);
            assertEquals(3, removed.untagged().size());
            assertTrue(removed.deleted().contains(image.id().text()));
            assertFalse(bench.mirror.snapshot().images().containsKey(image.id()));
        }
    }

    @Test
    void anImageWithoutATagIsRemovedByItsId() {
        Image image = put("app:1");
        Image other = put("b");
        engine.imageStore().tag(other.id(), "app:1");
        bench.mirror.refresh(image.id());
        bench.mirror.refresh(other.id());
        assertEquals(List.of(), images.plan(image.id().text(), false).tags());
        images.remove(image.id().text(), false);
        assertFalse(bench.mirror.snapshot().images().containsKey(image.id()));
    }

    @Test
    void anImageInUseIsKeptAndItsUsersAreNamed() {
        Image image = put("app:1");
        ContainerId id = engine.runs(SpecDraft.of("app:1").named("web").spec());
        bench.mirror.refresh(id);
        for (boolean force : List.of(false, true)) {
            Failure used = assertThrows(Failure.Conflict.class, () -> images.remove("app:1", force));
            assertEquals("image-in-use", used.code());
            assertEquals(List.of("web (running)"), used.figures().get("containers"));
        }
        assertTrue(bench.mirror.snapshot().images().containsKey(image.id()));
        assertEquals(0, engine.count(Call.REMOVE_IMAGE));
    }

    @Test
    void forceOverridesStoppedContainersOnly() {
        Image image = put("app:1");
        ContainerId id = engine.runs(SpecDraft.of("app:1").named("web").spec());
        engine.dies(id, 0);
        bench.mirror.refresh(id);
        Failure used = assertThrows(Failure.Conflict.class, () -> images.remove("app:1", false));
        assertEquals(List.of("web (exited)"), used.figures().get("containers"));
        images.remove("app:1", true);
        assertFalse(bench.mirror.snapshot().images().containsKey(image.id()));
    }

    @Test
    void aTagOfAnImageInUseMayGoWhileAnotherStays() {
        Image image = put("app:1");
        engine.imageStore().tag(image.id(), "other:2");
        bench.mirror.refresh(image.id());
        bench.mirror.refresh(engine.runs(SpecDraft.of("app:1").named("web").spec()));
        assertEquals(List.of("other:2"), images.remove("other:2", false).untagged());
    }

    @Test
    void whatTheEngineRefusesIsTold() {
        put("app:1");
        engine.refuseNext(Call.REMOVE_IMAGE, new Failure.Conflict("image-in-use", "it has children"));
        assertThrows(Failure.Conflict.class, () -> images.remove("app:1", false));
        assertTrue(bench.mirror.snapshot().image(APP).isPresent());
    }

    @Test
    void nobodysImageIsNotFound() {
        assertThrows(Failure.NotFound.class, () -> images.remove("nobody", false));
    }

    private Image put(String reference) {
        Image image = engine.imageStore().put(reference);
        return bench.mirror.refresh(image.id()).orElseThrow();
    }

    private Job pull(String... references) {
        return images.pull(Stream.of(references).map(ImageRef::parse).toList(), Optional.empty(), "anna");
    }

    private static Job ended(Job job) throws InterruptedException {
        assertTrue(job.await(Duration.ofSeconds(20)));
        return job;
    }

    private static Item item(Job job, String name) {
        return Optional.ofNullable(job.view().items().get(name)).orElseThrow();
    }
}
