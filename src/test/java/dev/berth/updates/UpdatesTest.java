package dev.berth.updates;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.SpecDraft;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.jobs.JobView;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What nobody can mend from here is left as it is, and said.
class UpdatesTest {
    private static final String IMAGE = "lab.example/app:now";
    private static final int PORT = 8080;

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final FakeEngine engine = new FakeEngine();
    private final AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Instant.now().plus(later.get());

    @AfterEach
    void end() {
        engine.close();
    }

    private Life life(Duration grace) {
        return new Life(engine, folder, grace, clock).open();
    }

    private ContainerId web() {
        ContainerId id = engine.runs(
                SpecDraft.of(IMAGE).named("web").port("80/tcp", PORT).spec());
        engine.imageStore().publish(IMAGE, 2);
        return id;
    }

    private static JobView ended(Job job) throws InterruptedException {
        assertTrue(job.await(Duration.ofSeconds(60)), () -> job.view().toString());
        return job.view();
    }

    @Test
    void whenAPortStaysTakenTheJobNeedsAttentionNothingIsDeletedAndAnotherUpdateGoesOn() throws InterruptedException {
        ContainerId old = web();
        try (Life life = life(Duration.ofMillis(50))) {
            var starts = engine.hold(Call.START);
            Job job = life.updates.update("web", "test");
            starts.awaitArrival();
            ContainerId thief = engine.runs(
                    SpecDraft.of(IMAGE).named("thief").port("80/tcp", PORT).spec());
            starts.open();
            await().atMost(20, SECONDS).until(() -> step(job).equals("going back"));
            assertFalse(job.view().state().ended(), "it is tried for a while");
            later.set(Duration.ofMinutes(11));
            JobView stuck = ended(job);
            assertEquals(JobState.FAILED, stuck.state());
            assertTrue(stuck.needsAttention(), stuck::toString);
            assertTrue(stuck.detail().orElse("").contains("8080"), stuck::toString);
            assertEquals(3, life.all().size(), "nothing is deleted");
            assertEquals(1, life.journal.open().size());

            engine.containers().remove(thief, true, true);
            await().atMost(20, SECONDS)
                    .until(() -> life.mirror.snapshot().container(thief).isEmpty());
            ended(life.updates.update("web", "test"));
            assertOnlyRunsAsBefore(old, life);
        }
    }

    private static void assertOnlyRunsAsBefore(ContainerId old, Life life) {
        assertEquals(1, life.all().size());
        Container only = life.all().getFirst();
        assertEquals(old, only.id());
        assertEquals("web", only.name());
        assertEquals(Status.RUNNING, only.status());
        assertEquals(0, life.journal.open().size());
    }

    private static String step(Job job) {
        return job.view().items().values().stream()
                .flatMap(it -> it.more().values().stream())
                .map(it -> it.textOrEmpty())
                .findFirst()
                .orElse("");
    }

    @Test
    void whenSomebodyRemovesTheOldOneTheSuccessorRunsInItsPlaceAndThatIsSaid() throws InterruptedException {
        ContainerId old = web();
        engine.endsWhenStarted(it -> it.containsKey(UpdateLabels.OPERATION));
        try (Life life = life(Duration.ofSeconds(30))) {
            var starts = engine.hold(Call.START);
            Job job = life.updates.update("web", "test");
            starts.awaitArrival();
            engine.containers().remove(old, true, true);
            starts.open();
            JobView stuck = ended(job);
            assertTrue(stuck.needsAttention(), stuck::toString);
            assertTrue(stuck.detail().orElse("").contains("removed by somebody else"), stuck::toString);
            assertEquals(1, life.all().size());
            assertEquals("web", life.all().getFirst().name());
        }
    }

    @Test
    void aSuccessorThatGoesByItselfDoesNotHinderTheWayBack() throws InterruptedException {
        ContainerId old = web();
        engine.endsWhenStarted(it -> it.containsKey(UpdateLabels.OPERATION));
        try (Life life = life(Duration.ofSeconds(30))) {
            var starts = engine.hold(Call.START);
            Job job = life.updates.update("web", "test");
            starts.awaitArrival();
            var renames = engine.hold(Call.RENAME);
            starts.open();
            renames.awaitArrival();
            ContainerId successor = life.all().stream()
                    .map(Container::id)
                    .filter(it -> !it.equals(old))
                    .findFirst()
                    .orElseThrow();
            engine.containers().remove(successor, true, true); // as the engine does with one made with --rm
            renames.open();
            JobView failed = ended(job);
            assertEquals(JobState.FAILED, failed.state());
            assertFalse(failed.needsAttention(), failed::toString);
            assertOnlyRunsAsBefore(old, life);
        }
    }

    @Test
    void whoseRuleCannotBeReadIsLeftOutOfAnUpdateOfAll() throws InterruptedException {
        engine.runs(SpecDraft.of(IMAGE)
                .named("web")
                .label("berth.update", "perhaps")
                .spec());
        ContainerId other = engine.runs(SpecDraft.of(IMAGE).named("other").spec());
        engine.imageStore().publish(IMAGE, 2);
        try (Life life = life(Duration.ofMillis(50))) {
            JobView job = ended(life.updates.updateAll("test"));
            assertEquals(Set.of("other"), job.items().keySet());
            assertTrue(life.all().stream().noneMatch(it -> it.id().equals(other)), "the other one is updated");
        }
    }

    @Test
    void withoutAReadableJournalNothingIsBegun() throws IOException, InterruptedException {
        ContainerId old = web();
        Files.writeString(folder.resolve("berth.db"), "this is no database");
        try (Life life = life(Duration.ofMillis(50))) {
            JobView job = ended(life.updates.update("web", "test"));
            assertEquals(JobState.FAILED, job.state());
            assertTrue(
                    job.items().values().toString().contains("the journal cannot be read or written"), job::toString);
            assertEquals(old, life.all().getFirst().id());
            assertEquals(Status.RUNNING, life.all().getFirst().status());
            assertEquals(1, life.all().size());
        }
    }
}
