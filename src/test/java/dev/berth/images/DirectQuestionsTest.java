package dev.berth.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.RegistryConfig;
import dev.berth.images.registry.SmallRegistry;
import dev.berth.images.registry.SmallRegistry.Door;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.mirror.MirrorBench;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import dev.berth.store.ScratchDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An engine on this machine, and a registry that both of us reach.
@Timeout(60)
class DirectQuestionsTest {
    private static final String ITEM_THREAD = "pull item";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final MirrorBench bench = new MirrorBench();
    private final FakeEngine engine = bench.engine;
    private final SmallRegistry registry = new SmallRegistry();
    private final Jobs jobs = new Jobs(ScratchDatabase.make(), Set.of(), bench.feed, bench.time, new Random(1));
    private Images images = ImagesOnABench.unchecked(bench, jobs);

    @BeforeEach
    void connect() {
        var config = new DockerConfig(folder.resolve("config.json"), List.of(folder));
        images.close();
        images = ImagesOnABench.with(
                bench, jobs, ImagesOnABench.registries(bench, config, true, bench.time), Optional.empty());
        bench.connected();
    }

    @AfterEach
    void close() {
        jobs.close();
        images.close();
        registry.close();
        bench.close();
    }

    /// The registry and the engine have this, in the same version.
    private String put(String tag) {
        String reference = registry.name() + "/" + tag;
        var image = engine.imageStore().put(reference);
        bench.mirror.refresh(image.id());
        registry.hold(tag, Images.digest(image, ImageRef.parse(reference)).orElseThrow());
        return reference;
    }

    private Job updateAll() throws InterruptedException {
        return ended(images.updateAll("anna"));
    }

    private static Job ended(Job job) throws InterruptedException {
        assertTrue(job.await(Duration.ofSeconds(20)));
        return job;
    }

    private static Item item(Job job, String name) {
        return Optional.ofNullable(job.view().items().get(name)).orElseThrow();
    }

    private Duration waited() {
        return bench.time.slept(ITEM_THREAD).stream().reduce(Duration.ZERO, Duration::plus);
    }

    @Test
    void theRegistryIsAskedAndTheEngineIsNot() throws Exception {
        registry.always("ratelimit-limit", "100;w=21600");
        registry.always("ratelimit-remaining", "57;w=21600");
        String app = put("app:1");
        Job job = updateAll();
        assertEquals(JobState.UNCHANGED, item(job, app).state(), job.view()::toString);
        assertEquals(
                Map.of("ratelimit_limit", Json.of(100), "ratelimit_remaining", Json.of(57)),
                item(job, app).more());
        assertEquals(0, engine.count(Call.DIGEST));
        assertEquals(0, engine.count(Call.PULL));
    }

    @Test
    void whatIsNewerThereIsPulled() throws Exception {
        String app = put("app:1");
        Digest newer = engine.imageStore().publish(app, 2);
        registry.hold("app:1", newer.text());
        Job job = updateAll();
        assertEquals(JobState.SUCCEEDED, item(job, app).state(), job.view()::toString);
        assertEquals(Optional.of(newer.text()), item(job, app).digestAfter());
        assertEquals(0, engine.count(Call.DIGEST));
        assertEquals(Optional.of(newer), images.freshness().latest(ImageRef.parse(app)));
    }

    @Test
    void whatIsGoneThereIsSkipped() throws Exception {
        String app = put("app:1");
        put("other:1");
        registry.hold("app:1", "");
        registry.breakWith(404);
        Job job = updateAll();
        assertEquals(JobState.SKIPPED, item(job, app).state(), job.view()::toString);
        assertEquals(0, engine.count(Call.DIGEST));
    }

    @Test
    void whatStandsInTheWayLeadsThroughTheEngineForTenMinutes() throws Exception {
        String app = put("app:1");
        registry.breakWith(500);
        assertEquals(JobState.UNCHANGED, item(updateAll(), app).state());
        assertEquals(1, engine.count(Call.DIGEST));
        registry.breakWith(0);
        int asked = registry.asked().size();
        assertEquals(JobState.UNCHANGED, item(updateAll(), app).state());
        assertEquals(asked, registry.asked().size());
        assertEquals(2, engine.count(Call.DIGEST));
        bench.time.advance(Duration.ofMinutes(10));
        assertEquals(JobState.UNCHANGED, item(updateAll(), app).state());
        assertTrue(registry.asked().size() > asked);
        assertEquals(2, engine.count(Call.DIGEST));
    }

    @Test
    void aRegistryThatIsAwayFailsItsItemsAndNoOthers() throws Exception {
        String app = put("app:1");
        engine.imageStore().put("nginx");
        bench.mirror.refresh(ImageRef.parse("nginx"));
        registry.close();
        // The hub is mirrored by a registry that is there.
        try (var mirror = new SmallRegistry()) {
            var nginx = bench.mirror.snapshot().image("nginx");
            mirror.hold(
                    "library/nginx:latest",
                    Images.digest(nginx, ImageRef.parse("nginx")).orElseThrow());
            engine.imageStore().configure(new RegistryConfig(List.of("http://" + mirror.name()), List.of(), Map.of()));
            engine.refuseNext(
                    Call.DIGEST,
                    new Failure.Rejected(
                                    "registry-unreachable",
                                    "the registry " + registry.name() + " is not reachable: connection refused")
                            .saidByEngine("Get \"http://…/v2/\": dial tcp: connect: connection refused"));
            Job job = updateAll();
            assertEquals(
                    Optional.of("the registry " + registry.name() + " is not reachable: connection refused"),
                    item(job, app).error());
            assertEquals(JobState.UNCHANGED, item(job, "nginx:latest").state());
            assertEquals(0, engine.count(Call.PULL));
        }
    }

    // Limits.

    @Test
    void aRegistryThatWantsAMinuteOrLessGetsIt() throws Exception {
        String app = put("app:1");
        bench.time.free(ITEM_THREAD);
        registry.limitNext(Map.of("Retry-After", "7"));
        registry.limitNext(Map.of("Retry-After", "60"));
        Job job = updateAll();
        assertEquals(JobState.UNCHANGED, item(job, app).state(), job.view()::toString);
        assertEquals(Duration.ofSeconds(67), waited());
        assertEquals(3, registry.asked().size());
        assertEquals(
                Optional.of(Json.Null.VALUE),
                Optional.ofNullable(item(job, app).more().get("retry_after_seconds")));
    }

    @Test
    void itIsNotWaitedForAThirdTime() throws Exception {
        String app = put("app:1");
        bench.time.free(ITEM_THREAD);
        for (int i = 0; i < 4; i++) registry.limitNext(Map.of("Retry-After", "0"));
        Job job = updateAll();
        assertEquals(JobState.FAILED, item(job, app).state(), job.view()::toString);
        assertEquals(3, registry.asked().size());
        assertEquals(0, engine.count(Call.PULL));
    }

    @Test
    void aRegistryThatWantsLongerIsAskedNoMoreInThisJob() throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) all.add(put("app" + i + ":1"));
        for (int i = 0; i < 12; i++) registry.limitNext(Map.of("Retry-After", "3600", "ratelimit-remaining", "0"));
        Job job = updateAll();
        assertTrue(registry.asked().size() <= 4, () -> registry.asked().toString()); // as many as ask at once
        for (String one : all) {
            assertEquals(JobState.FAILED, item(job, one).state());
            assertEquals(
                    Optional.of("the registry " + registry.name()
                            + " has been asked too often; try again after 2026-02-01T01:00:00Z, in 3600 s"),
                    item(job, one).error());
            assertEquals(
                    Optional.of(Json.of(3600)),
                    Optional.ofNullable(item(job, one).more().get("retry_after_seconds")));
        }
        assertEquals(0, engine.count(Call.DIGEST) + engine.count(Call.PULL));
        assertEquals(Duration.ZERO, waited());
    }

    @Test
    void aCancelledJobWaitsNoLonger() throws Exception {
        String app = put("app:1");
        registry.limitNext(Map.of("Retry-After", "60"));
        Job job = images.updateAll("anna");
        bench.time.awaitSleep(ITEM_THREAD);
        job.cancel();
        bench.time.wake(ITEM_THREAD);
        ended(job);
        assertEquals(JobState.CANCELLED, item(job, app).state());
        assertEquals(Duration.ofSeconds(1), waited());
    }

    @Test
    void pullsThatStillStandInLineDoNotAskARegistryThatAnswersNoMore() throws Exception {
        List<ImageRef> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(ImageRef.parse("app" + i + ":1"));
            engine.imageStore().publish("app" + i + ":1", 1);
        }
        Gate steps = engine.hold(Call.PULL_STEP);
        engine.refuseNext(
                Call.PULL,
                new Failure.Refused(
                                "registry-limit", "the registry docker.io has been asked too often; try again later")
                        .saidByEngine("toomanyrequests: You have reached your pull rate limit"));
        Job job = images.pull(all, Optional.empty(), "anna");
        MirrorBench.eventually(() -> failed(job) >= 4);
        steps.open();
        ended(job);
        // Three at once, and one that may have taken the place of the first before that was known.
        assertTrue(engine.count(Call.PULL) <= 4, () -> "pulls: " + engine.count(Call.PULL));
        assertEquals(8, failed(job) + engine.count(Call.PULL) - 1);
        job.view().items().values().stream()
                .filter(it -> it.state() == JobState.FAILED)
                .forEach(it -> assertEquals(
                        Optional.of("the registry docker.io has been asked too often; try again later"), it.error()));
    }

    private static long failed(Job job) {
        return job.view().items().values().stream()
                .filter(it -> it.state() == JobState.FAILED)
                .count();
    }

    // Credentials.

    @Test
    void aHelperRunsOncePerRegistryAndJob() throws Exception {
        registry.guard(Door.TOKEN);
        for (int i = 0; i < 6; i++) put("app" + i + ":1");
        helper("echo '{\"Username\":\"anna\",\"Secret\":\"secret\"}'");
        Job job = updateAll();
        assertEquals(JobState.SUCCEEDED, job.view().state(), job.view()::toString);
        assertEquals(0, engine.count(Call.DIGEST));
        assertEquals(1, runs());
        updateAll();
        assertEquals(2, runs());
    }

    @Test
    void aHelperThatFailsFailsTheItemsOfItsRegistry() throws Exception {
        List<String> all = List.of(put("app:1"), put("other:1"));
        helper("echo geheim; exit 1");
        Job job = updateAll();
        for (String one : all) {
            String error = item(job, one).error().orElseThrow();
            assertTrue(error.contains("docker-credential-test ended with exit code 1"), error);
        }
        assertEquals(1, runs());
        assertEquals(0, engine.count(Call.DIGEST) + engine.count(Call.PULL));
        String given = Base64.getUrlEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
        Job own = ended(images.pull(List.of(ImageRef.parse(all.getFirst())), Optional.of(given), "anna"));
        assertEquals(JobState.SUCCEEDED, own.view().state(), "who brings credentials needs no helper");
    }

    private void helper(String answer) throws IOException {
        Path program = Files.writeString(
                folder.resolve("docker-credential-test"),
                "#!/bin/sh\necho run >>'" + folder.resolve("runs") + "'\n" + answer + "\n");
        assertTrue(program.toFile().setExecutable(true));
        Files.writeString(folder.resolve("config.json"), "{\"credHelpers\":{\"" + registry.name() + "\":\"test\"}}");
    }

    private int runs() throws IOException {
        return Files.readAllLines(folder.resolve("runs")).size();
    }
}
