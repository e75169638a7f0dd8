package dev.berth.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.feed.Feed;
import dev.berth.feed.Kind;
import dev.berth.feed.Overheard;
import dev.berth.json.Json;
import dev.berth.mirror.HandTime;
import dev.berth.model.Failure;
import dev.berth.store.Database;
import dev.berth.store.ScratchDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is left of jobs after a restart. A life that is killed is one whose database goes away under it.
@Timeout(60)
class JobsRestartTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Optional<String> CUT_OFF = Optional.of("interrupted by a restart");

    static {
        for (Class<?> type : List.of(Jobs.class, KeptJobs.class))
            Logger.getLogger(type.getName()).setLevel(Level.OFF); // databases go away here
    }

    private final HandTime time = new HandTime();
    private final Path file = ScratchDatabase.file();
    private final List<Life> lives = new ArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private Life life = begin();

    /// A server's jobs from its start to its end.
    private record Life(Database database, Jobs jobs, Overheard heard) {
        Job start(String kind, Jobs.Work work) {
            return jobs.start(kind, kind, "anna", List.of("one", "two"), work);
        }
    }

    private Life begin() {
        var database = Database.at(file);
        var feed = new Feed(time);
        var heard = new Overheard(feed);
        var jobs = new Jobs(database, Set.of("update"), feed, time, new Random(lives.size()));
        var begun = new Life(database, jobs, heard);
        lives.add(begun);
        return begun;
    }

    /// What had not reached the disk is lost.
    private void killAndBegin() {
        life.database().close();
        time.advance(Duration.ofSeconds(10));
        life = begin();
    }

    private void stopAndBegin() {
        life.jobs().close();
        life.database().close();
        time.advance(Duration.ofSeconds(10));
        life = begin();
    }

    @AfterEach
    void end() {
        go.countDown();
        for (Life one : lives) {
            one.jobs().close();
            one.database().close();
        }
    }

    private JobView again(Job job) {
        return life.jobs().get(job.id()).view();
    }

    /// As another program sees the disk at this moment.
    private JobTable.Row row(Job job) {
        try (var other = Database.at(file)) {
            return new JobTable(other, 1000)
                    .read(Instant.EPOCH).stream()
                            .filter(it -> it.view().id().equals(job.id()))
                            .findFirst()
                            .orElseThrow();
        }
    }

    private JobView onDisk(Job job) {
        return row(job).view();
    }

    private static Item item(JobView job, String name) {
        return Optional.ofNullable(job.items().get(name)).orElseThrow();
    }

    private Job running(String kind, Jobs.Work first) throws InterruptedException {
        var begun = new CountDownLatch(1);
        Job job = life.start(kind, it -> {
            first.run(it);
            begun.countDown();
            go.await();
        });
        begun.await();
        return job;
    }

    @Test
    void endedJobsAreThereAgainAsTheyWere() throws Exception {
        Job one = life.start("pull", it -> {
            it.item("one", item -> item.succeeded(Optional.of("sha256:1")).with("left", Json.of(3)));
            it.item(
                    "two",
                    item -> item.progress(10.0 / 3, OptionalLong.of(1), OptionalLong.empty())
                            .failed("no"));
        });
        Job other = life.start("updateall", it -> {
            it.needsAttention("look");
            it.cancel();
        });
        one.await(LONG);
        other.await(LONG);
        killAndBegin();
        assertEquals(one.view(), again(one));
        assertEquals(other.view(), again(other));
        assertTrue(again(other).needsAttention());
        assertEquals(2, life.jobs().list().size());
        assertTrue(life.jobs().get(one.id()).await(Duration.ZERO));
        life.jobs().get(one.id()).cancel();
        assertEquals(one.view(), again(one));
        assertEquals(List.of(), life.heard().names(), "nothing has happened to them");
    }

    @Test
    void aJobIsOnTheDiskBeforeItsIdIsKnown() throws Exception {
        Job job = life.start("pull", _ -> go.await());
        assertEquals(job.view().created(), onDisk(job).created());
        assertSame(job, life.start("pull", _ -> {}));
    }

    @Test
    void theEndIsOnTheDiskBeforeAnybodySeesIt() throws Exception {
        for (int i = 0; i < 20; i++) {
            Job job = life.start("pull", it -> it.item("one", item -> item.failed("no")));
            Job.Look look = job.look();
            while (!look.view().state().ended()) {
                assertTrue(job.awaitNewer(look, LONG));
                look = job.look();
            }
            assertEquals(job.view(), onDisk(job));
        }
    }

    @Test
    void aChangeOfStateReachesTheDiskByItself() throws Exception {
        Job job = running("pull", it -> it.item("one", item -> item.succeeded(Optional.of("sha256:1"))));
        Awaitility.await().until(() -> item(onDisk(job), "one").state() == JobState.SUCCEEDED);
        assertEquals(JobState.RUNNING, onDisk(job).state());
    }

    @Test
    void mereProgressReachesTheDiskOnceASecond() throws Exception {
        Job job = running("pull", it -> it.item("one", Item::running));
        Awaitility.await().until(() -> item(onDisk(job), "one").state() == JobState.RUNNING);
        progress(job, 10);
        othersAreWritten("a");
        assertEquals(0, item(onDisk(job), "one").percent(), "it began in this second");
        time.advance(Duration.ofSeconds(1));
        progress(job, 20);
        progress(job, 30);
        othersAreWritten("b");
        double written = item(onDisk(job), "one").percent();
        assertTrue(written >= 20, () -> "wrote " + written);
        progress(job, 40);
        othersAreWritten("c");
        assertEquals(written, item(onDisk(job), "one").percent());
        time.advance(Duration.ofSeconds(1));
        progress(job, 50);
        Awaitility.await().until(() -> item(onDisk(job), "one").percent() == 50);
    }

    private static void progress(Job job, double percent) {
        job.item("one", it -> it.progress(percent, OptionalLong.empty(), OptionalLong.empty()));
    }

    /// Whatever was to be written before is written then.
    private void othersAreWritten(String kind) throws InterruptedException {
        life.start(kind, _ -> {}).await(LONG);
    }

    @Test
    void whatTheRestartCutOffHasFailedForGood() throws Exception {
        Job job = running("pull", it -> {
            it.item("one", item -> item.running().succeeded(Optional.of("sha256:1")));
            it.item(
                    "two",
                    item -> item.running().before(Optional.of("sha256:0")).with("step", Json.of("x")));
        });
        Awaitility.await().until(() -> item(onDisk(job), "two").state() == JobState.RUNNING);
        killAndBegin();
        JobView cut = again(job);
        assertEquals(JobState.FAILED, cut.state());
        assertEquals(CUT_OFF, cut.detail());
        assertEquals(job.view().started(), cut.started());
        assertEquals(Optional.of(time.instant()), cut.finished());
        assertEquals(item(job.view(), "one"), item(cut, "one"));
        assertEquals(item(job.view(), "two").failed("interrupted by a restart"), item(cut, "two"));
        assertEquals(List.of("failed"), life.heard().names(Kind.JOB));
        assertTrue(life.jobs().get(job.id()).await(Duration.ZERO));
        killAndBegin();
        assertEquals(cut, again(job), "the next life tells the same");
    }

    @Test
    void whatWasBeingCancelledIsCancelled() throws Exception {
        Job job = running("pull", Job::cancel);
        othersAreWritten("other");
        killAndBegin();
        assertEquals(JobState.CANCELLED, again(job).state());
        assertEquals(JobState.CANCELLED, item(again(job), "one").state());
    }

    @Test
    void aCleanStopCancelsWhatRuns() throws Exception {
        Job job = running("pull", it -> it.onCancel(go::countDown));
        stopAndBegin();
        assertEquals(JobState.CANCELLED, again(job).state());
        assertEquals(job.view(), again(job));
    }

    @Test
    void whatIsToldToEndAndDoesNotIsCancelledAllTheSame() throws Exception {
        var stuck = new CountDownLatch(1);
        Job job = running("pull", it -> it.onCancel(stuck::countDown));
        Thread closing = Thread.ofVirtual().start(() -> life.jobs().close());
        stuck.await();
        Awaitility.await().until(() -> row(job).cancelled());
        life.database().close();
        life = begin();
        assertEquals(JobState.CANCELLED, again(job).state());
        go.countDown();
        closing.join();
    }

    @Test
    void oneOfAKindThatGoesOnStaysAsItWasUntilItIsResumed() throws Exception {
        Job job = running("update", it -> {
            it.item("one", item -> item.running().with("step", Json.of("swap")));
            it.needsAttention("still trying");
        });
        othersAreWritten("other");
        killAndBegin();
        assertEquals(job.view(), again(job));
        assertEquals(List.of(), life.jobs().unfinished("pull"));
        List<Job> open = life.jobs().unfinished("update");
        assertEquals(List.of(job.id()), open.stream().map(Job::id).toList());
        assertEquals(List.of(), life.heard().names());
        life.jobs().resume(open.getFirst(), "update", it -> {
            go.await();
            it.item("one", item -> item.succeeded(Optional.empty()));
            it.item("two", Item::unchanged);
        });
        assertEquals(List.of(), life.jobs().unfinished("update"));
        assertThrows(IllegalStateException.class, () -> life.jobs().resume(open.getFirst(), "update", _ -> {}));
        assertSame(open.getFirst(), life.start("update", _ -> {}), "what is the same work joins it");
        go.countDown();
        assertTrue(open.getFirst().await(LONG));
        assertEquals(job.view().started(), again(job).started());
        assertEquals(JobState.FAILED, again(job).state(), "it still needs attention");
        JobView ended = again(job);
        killAndBegin();
        assertEquals(ended, again(job));
        assertEquals(List.of(), life.jobs().unfinished("update"));
    }

    @Test
    void oneThatHadNotBegunBeginsWhenItIsResumed() throws Exception {
        var queued = new JobTable.Row(JobView.queued("17", "update", "anna", time.instant(), List.of("one")), false);
        new JobTable(life.database(), 1).write(List.of(queued), Instant.EPOCH);
        killAndBegin();
        Job job = life.jobs().unfinished("update").getFirst();
        assertEquals(JobState.QUEUED, job.view().state());
        life.jobs().resume(job, "update", _ -> go.await());
        Awaitility.await().until(() -> job.view().state() == JobState.RUNNING);
        assertEquals(Optional.of(time.instant()), job.view().started());
        Awaitility.await().until(() -> onDisk(job).state() == JobState.RUNNING);
    }

    @Test
    void whatIsCancelledIsResumedTooSoThatItCanBeUndone() throws Exception {
        Job before = running("update", _ -> {});
        othersAreWritten("other");
        killAndBegin();
        Job job = life.jobs().unfinished("update").getFirst();
        job.cancel();
        Awaitility.await().until(() -> row(job).cancelled());
        killAndBegin();
        Job again = life.jobs().unfinished("update").getFirst();
        assertEquals(before.id(), again.id());
        var undone = new AtomicBoolean();
        life.jobs().resume(again, "update", it -> undone.set(it.cancelled()));
        assertTrue(again.await(LONG));
        assertTrue(undone.get());
        assertEquals(JobState.CANCELLED, again.view().state());
    }

    @Test
    void aCleanStopInterruptsWhatGoesOnAndDecidesNothing() throws Exception {
        var interrupted = new CountDownLatch(1);
        Job job = waitingByItself(_ -> {
            try {
                go.await();
            } catch (InterruptedException stopping) {
                interrupted.countDown();
                throw stopping;
            }
        });
        stopAndBegin();
        assertEquals(0, interrupted.getCount());
        assertFalse(job.cancelled());
        assertEquals(JobState.RUNNING, again(job).state());
        assertEquals(JobState.RUNNING, item(again(job), "one").state());
        assertEquals(1, life.jobs().unfinished("update").size());
    }

    /// Returns when its first item runs.
    private Job waitingByItself(Jobs.Work work) {
        Job job = life.start("update", it -> {
            it.item("one", Item::running);
            work.run(it);
        });
        Awaitility.await().until(() -> item(job.view(), "one").state() == JobState.RUNNING);
        return job;
    }

    @Test
    void whatFailsBecauseTheServerEndsIsLeftToTheNextLife() throws Exception {
        waitingByItself(_ -> {
            try {
                go.await();
            } catch (InterruptedException stopping) {
                throw new Failure.EngineDown("interrupted", stopping);
            }
        });
        stopAndBegin();
        assertEquals(1, life.jobs().unfinished("update").size());
    }

    @Test
    void whatIsDoneInTheMomentOfTheStopHasEnded() throws Exception {
        Job job = waitingByItself(it -> {
            try {
                go.await();
            } catch (InterruptedException stopping) {
                it.item("one", item -> item.succeeded(Optional.empty()));
                it.item("two", item -> item.succeeded(Optional.empty()));
            }
        });
        stopAndBegin();
        assertEquals(JobState.SUCCEEDED, again(job).state());
    }

    @Test
    void aJobWhoseRowWasLostIsMadeAnewUnderItsId() throws Exception {
        Job job = life.jobs().resumeLost("17", "update", "web", "anna", List.of("web"), it -> {
            go.await();
            it.item("web", item -> item.succeeded(Optional.empty()));
        });
        assertEquals("17", job.id());
        assertEquals(job.view().created(), onDisk(job).created());
        assertSame(job, life.jobs().get("17"));
        assertSame(job, life.jobs().resumeLost("17", "update", "web", "anna", List.of("web"), _ -> {}));
        go.countDown();
        job.await(LONG);
        assertEquals(JobState.SUCCEEDED, again(job).state());
    }

    @Test
    void aJobWhoseRowWasNotLostIsResumedUnderIt() throws Exception {
        Job before = running("update", _ -> {});
        othersAreWritten("other");
        killAndBegin();
        Job job = life.jobs().resumeLost(before.id(), "update", "web", "otto", List.of("web"), it -> {
            it.item("one", Item::unchanged);
            it.item("two", Item::unchanged);
        });
        job.await(LONG);
        assertEquals("anna", job.view().requestedBy());
        assertEquals(before.view().started(), job.view().started());
        assertEquals(JobState.SUCCEEDED, again(before).state());
        assertEquals(List.of(), life.jobs().unfinished("update"));
    }

    @Test
    void whatIsTooOldIsNotThereAgain() throws Exception {
        Job old = life.start("pull", _ -> {});
        old.await(LONG);
        time.advance(Duration.ofDays(6));
        Job recent = life.start("pull", _ -> {});
        recent.await(LONG);
        time.advance(Duration.ofDays(1));
        killAndBegin();
        assertEquals(
                List.of(recent.id()),
                life.jobs().list().stream().map(JobView::id).toList());
    }

    @Test
    void whoeverAsksBeforeTheyAreReadWaitsForThem() throws Exception {
        Job job = life.start("pull", _ -> {});
        job.await(LONG);
        killAndBegin();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> sizes = Stream.generate(
                            () -> threads.submit(() -> life.jobs().list().size()))
                    .limit(50)
                    .toList();
            for (Future<Integer> size : sizes) assertEquals(1, size.get());
        }
        Job next = life.start("pull", _ -> {});
        assertEquals(2, life.jobs().list().size());
        assertFalse(next.id().equals(job.id()));
    }
}
