package dev.berth.updates;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.Severable;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.jobs.JobView;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Updates in the middle of which something dies, and what is there when all is back.
final class Crashes {
    private static final Duration POLL = Duration.ofMillis(10);

    private final Yard yard;
    private final Duration grace;

    /// @param grace that successors get
    Crashes(Yard yard, Duration grace) {
        this.yard = yard;
        this.grace = grace;
    }

    /// What dies.
    enum Victim {
        SERVER,
        ENGINE,
        BOTH,
        /// The server, and its database is not found again.
        DATABASE
    }

    /// @param halves at which call that changes something, see [Severable#killAfter]
    /// @return whether the update was long enough for it
    boolean survives(Victim victim, String policy, boolean stands, int halves) {
        String what = victim + " at half " + halves + ", " + policy + (stands ? ", stands" : ", falls");
        ContainerId old = yard.lay(policy, stands);
        Set<String> volumes = yard.volumes();
        Path folder = temporary();
        try {
            boolean reached = victim == Victim.ENGINE
                    ? engineDies(folder, halves, stands)
                    : serverDies(folder, halves, stands, victim == Victim.BOTH);
            if (reached && victim == Victim.DATABASE) checkWithoutJournal(what, folder, policy, volumes);
            else if (reached) check(what, folder, old, policy, stands, volumes);
            return reached;
        } finally {
            delete(folder);
        }
    }

    private boolean serverDies(Path folder, int halves, boolean stands, boolean engineToo) {
        var severable = new Severable(yard.engine());
        try (var life = new Life(severable.view(), folder, grace).open()) {
            severable.onDeath(life::die);
            severable.killAfter(halves);
            Job job = life.updates.update("web", "test");
            await().pollInterval(POLL).atMost(120, SECONDS).until(() -> severable.isDead() || ended(job));
            if (!severable.isDead()) {
                requireWhole(job, stands);
                return false;
            }
        }
        if (engineToo) yard.crash();
        return true;
    }

    private boolean engineDies(Path folder, int halves, boolean stands) {
        var severable = new Severable(yard.engine());
        try (var life = new Life(severable.view(), folder, grace).open()) {
            severable.interruptAfter(halves, yard::crash);
            Job job = life.updates.update("web", "test");
            await().pollInterval(POLL).atMost(180, SECONDS).until(() -> ended(job));
            if (!severable.wasInterrupted()) requireWhole(job, stands);
            return severable.wasInterrupted();
        }
    }

    /// One that nothing broke off does all that it should, else it would not show that there are no more calls.
    private static void requireWhole(Job job, boolean stands) {
        assertEquals(
                stands ? JobState.SUCCEEDED : JobState.FAILED,
                job.view().state(),
                () -> job.view().toString());
        if (!stands)
            assertTrue(
                    job.view().items().values().toString().contains("ended with exit code"),
                    () -> job.view().toString());
    }

    private static boolean ended(Job job) {
        return job.view().state().ended();
    }

    private void check(String what, Path folder, ContainerId old, String policy, boolean stands, Set<String> volumes) {
        try (var life = new Life(yard.engine(), folder, grace).open()) {
            await(what)
                    .atMost(60, SECONDS)
                    .until(() -> life.journal.open().isEmpty()
                            && life.jobs.list().stream()
                                    .allMatch(it -> it.state().ended())
                            && life.all().size() == 1);
            Container only = life.all().getFirst();
            assertEquals("web", only.name(), what);
            assertEquals(Status.RUNNING, only.status(), what);
            assertEquals(RestartPolicy.parse(policy), only.restartPolicy(), what);
            JobView job = life.jobs.list().getFirst();
            boolean updated = job.state() == JobState.SUCCEEDED;
            assertTrue(stands || !updated, what);
            assertEquals(!updated, only.id().equals(old), () -> what + ": " + job);
            assertEquals(!updated, yard.runsOld(only.id()), what);
            assertTrue(!job.needsAttention(), () -> what + ": " + job);
            assertEquals(volumes, yard.volumes(), what);
        }
    }

    /// One of the two runs under the name with its policy, none that ever ran is deleted, and it is said what is left.
    /// Another start finds it like that, and leaves it.
    private void checkWithoutJournal(String what, Path folder, String policy, Set<String> volumes) {
        empty(folder);
        Set<ContainerId> ids = Set.of();
        for (int lives = 0; lives < 2; lives++) {
            try (var life = new Life(yard.engine(), folder, grace).open()) {
                await(what).atMost(60, SECONDS).until(() -> isSettled(life, policy));
                List<Container> others = life.all().stream()
                        .filter(it -> !it.name().equals("web"))
                        .toList();
                assertTrue(others.size() <= 1, what);
                for (Container other : others) {
                    assertTrue(!other.status().alive(), what);
                    assertEquals(RestartPolicy.NO, other.restartPolicy(), what);
                    JobView job = life.jobs.list().getFirst();
                    assertTrue(job.needsAttention(), () -> what + ": " + job);
                    assertTrue(job.detail().orElse("").contains(other.id().shortId()), () -> what + ": " + job);
                }
                assertEquals(volumes, yard.volumes(), what);
                var now = life.all().stream().map(Container::id).collect(Collectors.toSet());
                assertTrue(lives == 0 || now.equals(ids), what);
                ids = now;
            }
        }
    }

    private static boolean isSettled(Life life, String policy) {
        if (life.jobs.list().stream().anyMatch(it -> !it.state().ended())) return false;
        return life.all().stream()
                        .noneMatch(it -> it.startedAt().isEmpty() || it.name().contains(".berth-new-"))
                && life.all().stream()
                        .anyMatch(it -> it.name().equals("web")
                                && it.status() == Status.RUNNING
                                && it.restartPolicy().equals(RestartPolicy.parse(policy)));
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("crashes");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static void empty(Path folder) {
        delete(folder);
        try {
            Files.createDirectory(folder);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    static final List<String> POLICIES = List.of("no", "always", "unless-stopped", "on-failure:3");
}
