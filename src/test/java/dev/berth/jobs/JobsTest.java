package dev.berth.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.feed.Feed;
import dev.berth.json.Json;
import dev.berth.mirror.HandTime;
import dev.berth.model.Failure;
import dev.berth.store.Database;
import dev.berth.store.ScratchDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JobsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Logger LOG = Logger.getLogger(Jobs.class.getName());

    static {
        LOG.setLevel(Level.OFF); // faults are planned here
    }

    private final HandTime time = new HandTime();
    private final Feed feed = new Feed(time);
    private final Database database = ScratchDatabase.make();
    private final Jobs jobs = new Jobs(database, Set.of(), feed, time, new Random(1));
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void close() {
        go.countDown();
        jobs.close();
        database.close();
    }

    @Test
    void aJobRunsAndEndsWithItsItems() throws Exception {
        Instant asked = time.instant();
        Job job = start("a", it -> {
            begun.countDown();
            go.await();
            it.item("one", item -> item.running().succeeded(Optional.of("sha256:1")));
            it.item("two", Item::unchanged);
        });
        begun.await();
        assertEquals(JobState.RUNNING, job.view().state());
        assertEquals(asked, job.view().created());
        assertEquals(Optional.of(asked), job.view().started());
        assertEquals(Optional.empty(), job.view().finished());
        time.advance(Duration.ofSeconds(3));
        go.countDown();
        assertTrue(job.await(LONG));
        JobView ended = job.view();
        assertEquals(JobState.SUCCEEDED, ended.state());
        assertEquals("pull", ended.kind());
        assertEquals("anna", ended.requestedBy());
        assertEquals(Optional.of(asked.plusSeconds(3)), ended.finished());
        assertEquals(100, ended.percent());
        assertEquals(Optional.of("sha256:1"), item(job, "one").digestAfter());
        assertEquals(JobState.UNCHANGED, item(job, "two").state());
    }

    @Test
    void anItemThatFailsFailsTheJobAndNotItsOtherItems() throws Exception {
        Job job = start("a", it -> {
            it.item("one", item -> item.failed("no"));
            it.item("two", item -> item.succeeded(Optional.empty()));
        });
        job.await(LONG);
        assertEquals(JobState.FAILED, job.view().state());
        assertEquals(JobState.SUCCEEDED, item(job, "two").state());
        assertEquals(Optional.empty(), job.view().detail());
    }

    @Test
    void whatHasEndedStaysAsItIs() throws Exception {
        Job job = start("a", it -> {
            it.item("one", item -> item.failed("first"));
            it.item("one", item -> item.succeeded(Optional.empty()));
            it.item("two", item -> item.skipped("local"));
            it.item("two", item -> item.running());
        });
        job.await(LONG);
        assertEquals(Optional.of("first"), item(job, "one").error());
        assertEquals(JobState.SKIPPED, item(job, "two").state());
        job.cancel();
        job.item("one", Item::running);
        assertEquals(JobState.FAILED, job.view().state());
        assertEquals(JobState.FAILED, item(job, "one").state());
    }

    @Test
    void itemsThatNobodyEndedFail() throws Exception {
        Job job = start("a", it -> it.item("one", item -> item.succeeded(Optional.empty())));
        job.await(LONG);
        assertEquals(JobState.FAILED, item(job, "two").state());
        assertEquals(JobState.FAILED, job.view().state());
    }

    @Test
    void aFailureOfTheWorkFailsWhatHasNotEnded() throws Exception {
        Job job = start("a", it -> {
            it.item("one", item -> item.succeeded(Optional.empty()));
            throw new Failure.EngineDown("the engine is gone", null);
        });
        job.await(LONG);
        assertEquals(JobState.FAILED, job.view().state());
        assertEquals(Optional.of("the engine is gone"), job.view().detail());
        assertEquals(JobState.SUCCEEDED, item(job, "one").state());
        assertEquals(Optional.of("the engine is gone"), item(job, "two").error());
    }

    @Test
    void aFaultOfOursFailsTheJobAndDoesNotTellItsInsides() throws Exception {
        for (RuntimeException fault :
                List.of(new IllegalStateException("secret"), new NullPointerException("secret"))) {
            Job job = start("a", _ -> {
                throw fault;
            });
            job.await(LONG);
            assertEquals(JobState.FAILED, job.view().state());
            assertFalse(job.view().detail().orElseThrow().contains("secret"));
        }
    }

    @Test
    void anErrorFailsAJobWithoutItemsToo() throws Exception {
        Job job = jobs.start("pull", "a", "anna", List.of(), _ -> {
            Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
            throw new AssertionError("planned by this test");
        });
        job.await(LONG);
        assertEquals(JobState.FAILED, job.view().state());
    }

    @Test
    void cancellingEndsWhatHasNotEnded() throws Exception {
        Job job = start("a", it -> {
            it.item("one", item -> item.succeeded(Optional.empty()));
            it.onCancel(go::countDown);
            begun.countDown();
            go.await();
        });
        begun.await();
        job.cancel();
        assertTrue(job.await(LONG));
        assertTrue(job.cancelled());
        assertEquals(JobState.CANCELLED, job.view().state());
        assertEquals(JobState.SUCCEEDED, item(job, "one").state());
        assertEquals(JobState.CANCELLED, item(job, "two").state());
    }

    @Test
    void whoAsksToHearOfACancelAfterItHearsAtOnce() throws Exception {
        var heard = new AtomicInteger();
        Job job = start("a", it -> {
            begun.countDown();
            go.await();
            it.onCancel(heard::incrementAndGet);
        });
        begun.await();
        job.cancel();
        job.cancel();
        go.countDown();
        job.await(LONG);
        assertEquals(1, heard.get());
    }

    @Test
    void waitingEndsWithItsLimit() throws Exception {
        Job job = start("a", _ -> go.await());
        assertFalse(job.await(Duration.ZERO));
        assertFalse(job.await(Duration.ofMillis(1)));
    }

    @Test
    void theSameWorkIsOneJobWhileItRuns() throws Exception {
        Job first = start("a", _ -> go.await());
        assertSame(first, start("a", _ -> {}));
        assertNotSame(first, start("b", _ -> {}));
        go.countDown();
        first.await(LONG);
        assertNotSame(first, start("a", _ -> {}));
    }

    @Test
    void aCancelledJobIsNotJoined() throws Exception {
        Job first = start("a", _ -> {
            begun.countDown();
            go.await();
        });
        begun.await();
        first.cancel();
        Job second = start("a", it -> it.item("one", item -> item.succeeded(Optional.empty())));
        assertNotSame(first, second);
        assertTrue(second.await(LONG));
        go.countDown();
        assertTrue(first.await(LONG));
        assertEquals(JobState.CANCELLED, first.view().state());
    }

    @Test
    void aJobIsFoundByItsId() throws Exception {
        Job job = start("a", _ -> {});
        job.await(LONG);
        assertSame(job, jobs.get(job.id()));
        assertEquals(List.of(job.id()), jobs.list().stream().map(JobView::id).toList());
        assertEquals(
                "no-such-job",
                assertThrows(Failure.NotFound.class, () -> jobs.get("nobody")).code());
    }

    @Test
    void anEndedJobIsForgottenAfterSevenDays() throws Exception {
        Job job = start("a", _ -> {});
        Job running = start("b", _ -> go.await());
        job.await(LONG);
        time.advance(Duration.ofDays(7));
        assertSame(job, jobs.get(job.id()));
        time.advance(Duration.ofSeconds(1));
        assertEquals(
                List.of(running.id()), jobs.list().stream().map(JobView::id).toList());
        assertThrows(Failure.NotFound.class, () -> jobs.get(job.id()));
    }

    @Test
    void ofMoreThanAThousandEndedJobsTheOldestAreForgotten() throws Exception {
        Job running = start("running", _ -> go.await());
        Job first = start("first", _ -> {});
        first.await(LONG);
        for (int i = 0; i < 1_000; i++) {
            time.advance(Duration.ofSeconds(1));
            start("job " + i, _ -> {}).await(LONG);
        }
        assertEquals(1_001, jobs.list().size());
        assertThrows(Failure.NotFound.class, () -> jobs.get(first.id()));
        assertSame(running, jobs.get(running.id()));
    }

    @Test
    void progressNeverFalls() {
        Item item = Item.QUEUED.running();
        item = item.progress(40, OptionalLong.of(4), OptionalLong.of(10));
        item = item.progress(30, OptionalLong.of(3), OptionalLong.empty());
        assertEquals(40, item.percent());
        assertEquals(40, item.failed("no").percent());
        assertEquals(100, item.succeeded(Optional.empty()).percent());
    }

    @Test
    void theJobsPercentIsTheMeanOfItsItems() throws Exception {
        Job job = start("a", it -> {
            it.item("one", item -> item.running().progress(50, OptionalLong.empty(), OptionalLong.empty()));
            begun.countDown();
            go.await();
        });
        begun.await();
        assertEquals(25, job.view().percent());
    }

    @Test
    void anItemThatDoesNotExistIsNotMade() throws Exception {
        Job job = start("a", it -> it.item("three", Item::running));
        job.await(LONG);
        assertEquals(List.of("one", "two"), List.copyOf(job.view().items().keySet()));
    }

    @Test
    void closingCancelsWhatRuns() throws Exception {
        Job job = start("a", it -> {
            it.onCancel(go::countDown);
            begun.countDown();
            go.await();
        });
        begun.await();
        jobs.close();
        assertTrue(job.await(Duration.ZERO));
        assertEquals(JobState.CANCELLED, job.view().state());
    }

    @Test
    void whatNeedsAttentionFailsHoweverItEnds() throws Exception {
        Job job = start("a", it -> {
            it.item("one", item -> item.succeeded(Optional.empty()));
            it.item("two", item -> item.succeeded(Optional.empty()));
            it.needsAttention("the old one's port is taken");
            begun.countDown();
            go.await();
        });
        begun.await();
        assertFalse(start("b", _ -> {}).view().needsAttention());
        assertTrue(job.view().needsAttention());
        assertEquals(JobState.RUNNING, job.view().state());
        assertEquals(Optional.of("the old one's port is taken"), job.view().detail());
        job.cancel();
        go.countDown();
        job.await(LONG);
        assertEquals(JobState.FAILED, job.view().state());
        assertEquals(Optional.of("the old one's port is taken"), job.view().detail());
        job.needsAttention("too late");
        assertEquals(Optional.of("the old one's port is taken"), job.view().detail());
    }

    @Test
    void whoSawAJobIsWokenByWhatIsNewer() throws Exception {
        Job job = start("a", it -> {
            go.await();
            it.item("one", item -> item.with("step", Json.of("pull")));
            it.item("one", item -> item.with("step", Json.of("pull")));
            begun.countDown();
        });
        Awaitility.await().until(() -> job.view().state() == JobState.RUNNING);
        Job.Look seen = job.look();
        assertFalse(job.awaitNewer(seen, Duration.ZERO));
        go.countDown();
        assertTrue(job.awaitNewer(seen, LONG));
        job.await(LONG);
        assertEquals(seen.change() + 2, job.look().change(), "saying the same again is no change");
    }

    private Job start(String sameness, Jobs.Work work) {
        return jobs.start("pull", sameness, "anna", List.of("one", "two"), work);
    }

    private static Item item(Job job, String name) {
        return Optional.ofNullable(job.view().items().get(name)).orElseThrow();
    }
}
