package dev.berth.images;

import static dev.berth.feed.Overheard.fact;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.SpecDraft;
import dev.berth.feed.Event;
import dev.berth.feed.Overheard;
import dev.berth.jobs.Job;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.MirrorBench;
import dev.berth.model.ContainerId;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import dev.berth.store.ScratchDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is behind, as pulls, updates and the check for updates come to know it.
@Timeout(60)
class FreshnessTest {
    private static final ImageRef APP = ImageRef.parse("app:1");
    private static final Duration EVERY = Duration.ofHours(6);

    private final MirrorBench bench = new MirrorBench();
    private final FakeEngine engine = bench.engine;
    private final Jobs jobs = new Jobs(ScratchDatabase.make(), Set.of(), bench.feed, bench.time, new Random(1));
    private final Images images = ImagesOnABench.with(bench, jobs, ImagesOnABench.far(bench), Optional.of(EVERY));
    private final Overheard told = new Overheard(bench.feed);
    private final Heard log = new Heard();

    @BeforeEach
    void connect() {
        bench.connected();
        engine.eventBus().off();
        log.listen();
    }

    @AfterEach
    void close() {
        log.leave();
        jobs.close();
        images.close();
        bench.close();
    }

    private Image put(String reference) {
        return bench.mirror.refresh(engine.imageStore().put(reference).id()).orElseThrow();
    }

    private ContainerId run(String image) {
        ContainerId id = engine.runs(SpecDraft.of(image).spec());
        bench.mirror.refresh(id);
        return id;
    }

    private Optional<Boolean> behind(ContainerId id) {
        var snapshot = bench.mirror.snapshot();
        return images.freshness().available(snapshot).of(snapshot.container(id).orElseThrow());
    }

    private Optional<Boolean> behind(ImageId id) {
        var snapshot = bench.mirror.snapshot();
        return images.freshness()
                .available(snapshot)
                .of(Optional.ofNullable(snapshot.images().get(id)).orElseThrow());
    }

    private static void ended(Job job) throws InterruptedException {
        assertTrue(job.await(Duration.ofSeconds(20)));
    }

    /// The first check, or another, from its beginning to its end.
    private void check() {
        bench.time.round(UpdateCheck.THREAD);
    }

    private List<Event> news() {
        return told.events().stream()
                .filter(it -> it.what().name().equals("image.update_available"))
                .toList();
    }

    @Test
    void beforeAnybodyHasAskedNothingIsKnown() {
        Image image = put("app:1");
        ContainerId id = run("app:1");
        assertEquals(Optional.empty(), behind(id));
        assertEquals(Optional.empty(), behind(image.id()));
        assertEquals(Optional.empty(), images.freshness().latest(APP));
    }

    @Test
    void theCheckTellsWhatIsBehindAndPullsNothing() {
        Image app = put("app:1");
        Image same = put("same:1");
        ContainerId old = run("app:1");
        ContainerId current = run("same:1");
        Digest newer = engine.imageStore().publish("app:1", 2);
        images.start();
        check();
        assertEquals(Optional.of(true), behind(old));
        assertEquals(Optional.of(true), behind(app.id()));
        assertEquals(Optional.of(false), behind(current));
        assertEquals(Optional.of(false), behind(same.id()));
        assertEquals(Optional.of(newer), images.freshness().latest(APP));
        assertEquals(0, engine.count(Call.PULL));
    }

    @Test
    void aTagIsAskedForOnceHoweverManyUseIt() {
        put("app:1");
        for (int i = 0; i < 5; i++) run("app:1");
        images.start();
        check();
        assertEquals(1, engine.count(Call.DIGEST));
    }

    @Test
    void anUpdateIsToldOncePerDigest() {
        Image app = put("app:1");
        images.start();
        check();
        assertEquals(List.of(), news());
        Digest second = engine.imageStore().publish("app:1", 2);
        check();
        check();
        Digest third = engine.imageStore().publish("app:1", 3);
        check();
        assertEquals(2, news().size());
        assertEquals(second.text(), fact(news().getFirst(), "digest"));
        assertEquals(third.text(), fact(news().getLast(), "digest"));
        assertEquals("app:1", fact(news().getFirst(), "reference"));
        assertEquals(app.id().text(), fact(news().getFirst(), "id"));
    }

    @Test
    void aPullMakesTheNewImageCurrentAndLeavesItsContainersBehind() throws Exception {
        Image app = put("app:1");
        ContainerId old = run("app:1");
        engine.imageStore().publish("app:1", 2);
        ended(images.updateAll("anna"));
        Image newer = bench.mirror.snapshot().image(APP).orElseThrow();
        assertNotEquals(app.id(), newer.id());
        assertEquals(Optional.of(false), behind(newer.id()));
        assertEquals(Optional.empty(), behind(app.id()), "it has no tag any more");
        assertEquals(Optional.of(true), behind(old));
        assertEquals(Optional.of(false), behind(run("app:1")));
        assertEquals(1, news().size());
    }

    @Test
    void aPlainPullTellsToo() throws Exception {
        Image app = put("app:1");
        ended(images.pull(List.of(APP), Optional.empty(), "anna"));
        assertEquals(Optional.of(false), behind(app.id()));
        images.require(ImageRef.parse("app:1"), true, false, Optional.empty());
        assertEquals(List.of(), news());
    }

    @Test
    void aTagThatNamesAnotherImageHereNeedsNoRegistry() {
        put("app:1");
        ContainerId id = run("app:1");
        Image other = put("other:1");
        images.tag(other.id().text(), APP);
        assertEquals(Optional.of(true), behind(id));
        assertEquals(0, engine.count(Call.DIGEST));
    }

    @Test
    void whatWasMadeHereOrNamesADigestIsNotKnown() {
        Image app = put("app:1");
        engine.imageStore().tag(app.id(), "mine:1");
        bench.mirror.refresh(app.id());
        ContainerId local = run("mine:1");
        String pinned = "app@" + Images.digest(app, APP).orElseThrow();
        ContainerId byDigest = run(pinned);
        engine.imageStore().publish("app:1", 2);
        engine.imageStore().publish("mine:1", 2);
        images.start();
        check();
        assertEquals(Optional.empty(), behind(local));
        assertEquals(Optional.empty(), behind(byDigest));
        assertEquals(1, engine.count(Call.DIGEST));
    }

    @Test
    void whatTheRegistryNoLongerKnowsIsNotKnown() {
        Image app = put("app:1");
        images.start();
        check();
        assertEquals(Optional.of(false), behind(app.id()));
        engine.imageStore().unpublish("app:1");
        check();
        assertEquals(Optional.empty(), behind(app.id()));
    }

    @Test
    void onlyNewsMakeAnotherPicture() {
        put("app:1");
        var before = images.freshness().available(bench.mirror.snapshot());
        assertSame(before, images.freshness().available(bench.mirror.snapshot()));
        images.start();
        check();
        var after = images.freshness().available(bench.mirror.snapshot());
        assertTrue(after.version() > before.version());
        check();
        assertSame(after, images.freshness().available(bench.mirror.snapshot()));
        run("app:1");
        assertEquals(
                after.version(),
                images.freshness().available(bench.mirror.snapshot()).version());
    }

    // When.

    @Test
    void theFirstCheckComesMinutesAfterTheStartAndTheOthersAboutAsOftenAsIsSet() {
        images.start();
        for (int i = 0; i < 5; i++) check();
        List<Duration> slept = bench.time.slept(UpdateCheck.THREAD);
        assertTrue(isBetween(slept.getFirst(), Duration.ofMinutes(2), Duration.ofMinutes(5)), slept::toString);
        for (Duration one : slept.subList(1, slept.size()))
            assertTrue(isBetween(one, Duration.ofMinutes(324), Duration.ofMinutes(396)), slept::toString);
        assertTrue(slept.stream().distinct().count() > 3, slept::toString);
    }

    @Test
    void whileTheEngineIsAwayItIsTriedAgainSoon() {
        images.start();
        bench.away();
        check();
        Duration last = bench.time.slept(UpdateCheck.THREAD).getLast();
        assertTrue(isBetween(last, Duration.ofMinutes(2), Duration.ofMinutes(5)), last::toString);
        assertEquals(0, engine.count(Call.DIGEST));
    }

    private static boolean isBetween(Duration it, Duration least, Duration most) {
        return it.compareTo(least) >= 0 && it.compareTo(most) <= 0;
    }

    @Test
    void aRegistryInTroubleIsAskedOnceAndLoggedOnceUntilItChanges() {
        Image other = put("other.test/app:1");
        put("registry.test/a:1");
        put("registry.test/b:1");
        put("registry.test/c:1");
        images.start();
        for (int i = 0; i < 2; i++) {
            engine.refuseNext(Call.DIGEST, new Failure.Rejected("registry-denied", "denied"));
            engine.refuseNext(Call.DIGEST, new Failure.Rejected("registry-unreachable", "it is not reachable"));
            int asked = engine.count(Call.DIGEST);
            check();
            // One of the other registry, whose only tag was denied; one of this, which was not reachable.
            assertEquals(2, engine.count(Call.DIGEST) - asked);
        }
        assertEquals(
                List.of(
                        "the registry other.test does not say whether there are updates, for 1 of 1 tags: denied",
                        "the registry registry.test does not say whether there are updates, for 3 of 3 tags:"
                                + " it is not reachable"),
                log.lines);
        check();
        assertEquals(Optional.of(false), behind(other.id()));
        assertEquals("the registry registry.test says again whether there are updates", log.lines.getLast());
        assertEquals(4, log.lines.size());
    }

    /// What the check has logged.
    private static final class Heard extends Handler {
        private static final Logger LOG = Logger.getLogger(UpdateCheck.class.getName());
        private final List<String> lines = new CopyOnWriteArrayList<>();

        void listen() {
            LOG.setUseParentHandlers(false);
            LOG.addHandler(this);
        }

        void leave() {
            LOG.removeHandler(this);
            LOG.setUseParentHandlers(true);
        }

        @Override
        public void publish(LogRecord line) {
            Object[] parameters = Optional.ofNullable(line.getParameters()).orElse(new Object[0]);
            lines.add(java.text.MessageFormat.format(line.getMessage(), parameters));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
