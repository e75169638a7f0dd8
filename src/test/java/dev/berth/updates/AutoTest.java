package dev.berth.updates;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.jobs.JobState;
import dev.berth.jobs.JobView;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Containers that ask for it are updated by themselves.
class AutoTest {
    private static final String IMAGE = "lab.example/app:now";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final FakeEngine engine = new FakeEngine();

    @AfterEach
    void end() {
        engine.close();
    }

    private ContainerId runs(String name, String rule) {
        return engine.runs(
                SpecDraft.of(IMAGE).named(name).label("berth.update", rule).spec());
    }

    /// The registry has something newer, and that is known.
    private Life knowing() throws InterruptedException {
        engine.imageStore().publish(IMAGE, 2);
        Life life = new Life(engine, folder, Duration.ofMillis(50)).open();
        assertTrue(life.images.updateAll("test").await(Duration.ofSeconds(20)));
        return life;
    }

    private static List<JobView> updates(Life life) {
        return life.jobs.list().stream()
                .filter(it -> it.kind().equals(Updates.KIND) && it.state().ended())
                .toList();
    }

    @Test
    void oneThatAsksForItIsUpdatedAndOthersAreNot() throws InterruptedException {
        ContainerId asks = runs("asks", "auto");
        ContainerId off = runs("off", "off");
        ContainerId notify = runs("notify", "notify");
        try (Life life = knowing()) {
            await().atMost(20, SECONDS).until(() -> !updates(life).isEmpty());
            JobView job = updates(life).getFirst();
            assertEquals(JobState.SUCCEEDED, job.state(), job::toString);
            assertEquals("auto", job.requestedBy());
            assertEquals(List.of("asks"), List.copyOf(job.items().keySet()));
            List<ContainerId> ids = life.all().stream().map(Container::id).toList();
            assertTrue(ids.contains(off) && ids.contains(notify) && !ids.contains(asks));
        }
    }

    @Test
    void theFirstThatIsPutBackStopsTheOthersOfItsImageAndNoneIsTriedAgain() throws InterruptedException {
        ContainerId one = runs("one", "auto");
        ContainerId two = runs("two", "auto");
        engine.endsWhenStarted(it -> it.containsKey(UpdateLabels.OPERATION));
        try (Life life = knowing()) {
            await().atMost(20, SECONDS).until(() -> !updates(life).isEmpty());
            JobView job = updates(life).getFirst();
            assertEquals(JobState.FAILED, job.state());
            assertEquals(
                    List.of(JobState.FAILED, JobState.SKIPPED),
                    job.items().values().stream().map(it -> it.state()).sorted().toList(),
                    job::toString);
            assertEquals(
                    List.of(one, two).stream().sorted().toList(),
                    life.all().stream().map(Container::id).sorted().toList());
            boolean remembered = life.journal.failures(one).size()
                            + life.journal.failures(two).size()
                    == 1;
            assertTrue(remembered, "the digest that failed is known for the one that was put back");
        }
    }
}
