package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.DockerEngine;
import dev.berth.engine.EngineSettings;
import dev.berth.engine.EngineTimes;
import dev.berth.engine.RegistryAuth;
import dev.berth.feed.Feed;
import dev.berth.feed.Overheard;
import dev.berth.images.Credentials;
import dev.berth.images.DockerConfig;
import dev.berth.images.Images;
import dev.berth.images.ImagesSettings;
import dev.berth.images.PruneRule;
import dev.berth.images.Registries;
import dev.berth.images.registry.RegistryAnswer;
import dev.berth.images.registry.RegistryClient;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.mirror.HandTime;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.Digest;
import dev.berth.model.Faults;
import dev.berth.model.ImageRef;
import dev.berth.model.Pause;
import dev.berth.store.ScratchDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images between a real engine and real registries. The check for updates comes when a test says so.
class RegistryIT {
    private static final Lab LAB = Lab.shared();
    private static final InstantSource CLOCK = InstantSource.system();
    private static final String CHECK = "update check";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final Random random = new Random(1);
    private final Feed feed = new Feed(CLOCK);
    private final HandTime time = new HandTime();
    private final DockerEngine engine = DockerEngine.at(
            EngineSettings.read(Optional.of(LAB.engine()), Map.of(), _ -> true, new Faults())
                    .orElseThrow(),
            new EngineTimes(System::nanoTime));
    private final Mirror mirror = new Mirror(engine, feed, CLOCK, Pause.REAL, random);
    private final Jobs jobs = new Jobs(ScratchDatabase.make(), Set.of(), feed, CLOCK, random);
    private Optional<Images> made = Optional.empty();

    @BeforeEach
    void connect() {
        LAB.removeContainers();
        LAB.docker("images", "-q", "--no-trunc").lines().distinct().forEach(it -> LAB.docker("rmi", "-f", it));
        var credentials = new Credentials(new DockerConfig(folder.resolve("config.json"), List.of(folder)));
        var registries = new Registries(engine.images(), credentials, true, CLOCK, Pause.REAL);
        var settings = new ImagesSettings(3, Optional.of(Duration.ofHours(6)));
        made = Optional.of(new Images(engine, mirror, jobs, feed, registries, settings, CLOCK, time, random));
        mirror.start();
        Awaitility.await().until(() -> mirror.snapshot().state().connected());
    }

    @AfterEach
    void leave() {
        jobs.close();
        images().close();
        mirror.close();
        engine.close();
        LAB.removeContainers();
    }

    private Images images() {
        return made.orElseThrow();
    }

    private void publish(String repository, String content) throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.writeString(root.resolve("content"), content);
        var output = LAB.run("lab/push", LAB.registry(), repository, root.toString(), "{\"Cmd\":[\"/content\"]}");
        assertEquals(0, output.code(), output::text);
    }

    private Job pull(String... names) throws InterruptedException {
        Job job = images().pull(List.of(names).stream().map(ImageRef::parse).toList(), Optional.empty(), "anna");
        assertTrue(job.await(Duration.ofMinutes(1)));
        return job;
    }

    private Job updateAll() throws InterruptedException {
        Job job = images().updateAll("anna");
        assertTrue(job.await(Duration.ofMinutes(1)));
        return job;
    }

    private static Item item(Job job, String name) {
        return Optional.ofNullable(job.view().items().get(name)).orElseThrow();
    }

    /// What a registry was asked for, by whom, since some line of its log.
    private static long asked(Path log, int from, String question, String by) throws IOException {
        return Files.readAllLines(log).stream()
                .skip(from)
                .filter(it -> it.contains('"' + question + " /v2/") && it.contains("/manifests/"))
                .filter(it -> it.contains('"' + by))
                .count();
    }

    private static Path log(String registry) {
        return Path.of(String.valueOf(LAB.variables().get("BERTH_LAB_STATE")), registry + ".log");
    }

    @Test
    void theDigestIsTheOneThatTheEngineTells() throws Exception {
        publish("ask/app:1", "one");
        try (var client = new RegistryClient(engine.images().registryConfig(), CLOCK)) {
            for (String name : List.of(LAB.registry() + "/ask/app:1", LAB.registry() + "/library/nginx:latest")) {
                ImageRef tag = ImageRef.parse(name);
                var known = assertInstanceOf(RegistryAnswer.Known.class, client.digest(tag, RegistryAuth.NONE));
                assertEquals(engine.images().remoteDigest(tag, RegistryAuth.NONE), known.digest());
            }
            // Docker Hub's, by the engine's mirror.
            var nginx = client.digest(ImageRef.parse("nginx"), RegistryAuth.NONE);
            var same = client.digest(ImageRef.parse(LAB.registry() + "/library/nginx"), RegistryAuth.NONE);
            assertEquals(same, nginx);
            assertInstanceOf(
                    RegistryAnswer.Unknown.class,
                    client.digest(ImageRef.parse(LAB.registry() + "/ask/app:no"), RegistryAuth.NONE));
        }
    }

    @Test
    void anUpdateOfWhatIsUnchangedFetchesNoManifest() throws Exception {
        publish("quiet/app:1", "one");
        String app = LAB.registry() + "/quiet/app:1";
        pull(app, "hello-world");
        int before = LAB.registryLog().size();
        Job job = updateAll();
        assertEquals(JobState.UNCHANGED, item(job, app).state(), job.view()::toString);
        assertEquals(JobState.UNCHANGED, item(job, "hello-world:latest").state(), job.view()::toString);
        assertEquals(2, asked(log("registry"), before, "HEAD", "berth"));
        assertEquals(0, asked(log("registry"), before, "GET", ""));
    }

    @Test
    void aPushShowsAtTheNextCheckAndAContainerIsBehindUntilItIsMadeAnew() throws Exception {
        String app = LAB.registry() + "/behind/app:1";
        publish("behind/app:1", "one");
        pull(app);
        LAB.docker("create", "--name", "web", app);
        Awaitility.await().until(() -> mirror.snapshot().containers().size() == 1);
        assertEquals(Optional.of(false), behind("web"));
        images().start();
        time.round(CHECK);
        assertEquals(Optional.of(false), behind("web"));
        publish("behind/app:1", "two");
        var told = new Overheard(feed);
        time.round(CHECK);
        assertEquals(Optional.of(true), behind("web"));
        assertEquals(app, Overheard.fact(told.await("image.update_available"), "reference"));
        Digest newer = images().freshness().latest(ImageRef.parse(app)).orElseThrow();
        assertEquals(newer, engine.images().remoteDigest(ImageRef.parse(app), RegistryAuth.NONE));
        pull(app);
        assertEquals(Optional.of(true), behind("web"));
        LAB.docker("rm", "web");
        LAB.docker("create", "--name", "web", app);
        Awaitility.await().until(() -> behind("web").equals(Optional.of(false)));
    }

    private Optional<Boolean> behind(String name) {
        var snapshot = mirror.snapshot();
        Optional<Container> container = snapshot.containers().values().stream()
                .filter(it -> it.name().equals(name))
                .findFirst();
        return container.flatMap(images().freshness().available(snapshot)::of);
    }

    @Test
    void aRegistryThatWantsAPasswordGetsItFromAHelperAndOneThatIsGoneFailsItsItemsAlone() throws Exception {
        assertEquals(0, LAB.run("lab/registry", "start", LAB.name(), "auth").code());
        String closed = LAB.registry().replaceFirst(":\\d+$", ":5001");
        try {
            String app = closed + "/team/app:1";
            pull("busybox");
            LAB.docker("tag", "busybox", app);
            String login = Files.createDirectories(folder.resolve("login")).toString();
            LAB.docker("--config", login, "login", "-u", "lab", "-p", "secret", closed);
            LAB.docker("--config", login, "push", app);
            Awaitility.await()
                    .until(() -> mirror.snapshot()
                            .image(ImageRef.parse(app))
                            .filter(it -> it.digests().stream()
                                    .anyMatch(one -> one.domain().equals(closed)))
                            .isPresent());
            Job denied = updateAll();
            assertEquals(JobState.FAILED, item(denied, app).state(), denied.view()::toString);
            helper(closed);
            // The engine was asked while the registry refused us; another server has not seen that.
            var registries = new Registries(
                    engine.images(),
                    new Credentials(new DockerConfig(folder.resolve("config.json"), List.of(folder))),
                    true,
                    CLOCK,
                    Pause.REAL);
            try (var other =
                    new Images(engine, mirror, jobs, feed, registries, ImagesSettings.DEFAULTS, CLOCK, time, random)) {
                int before = Files.readAllLines(log("registry-auth")).size();
                Job job = other.updateAll("otto");
                assertTrue(job.await(Duration.ofMinutes(1)));
                assertEquals(JobState.UNCHANGED, item(job, app).state(), job.view()::toString);
                assertEquals(0, asked(log("registry-auth"), before, "GET", ""));
                LAB.run("lab/registry", "stop", LAB.name(), "auth");
                Job away = other.updateAll("otto");
                assertTrue(away.await(Duration.ofMinutes(1)));
                assertEquals(
                        Optional.of("the registry " + closed + " is not reachable: connection refused"),
                        item(away, app).error());
                assertEquals(JobState.UNCHANGED, item(away, "busybox:latest").state());
            }
        } finally {
            LAB.run("lab/registry", "stop", LAB.name(), "auth");
        }
    }

    private void helper(String registry) throws IOException {
        Path program = Files.writeString(folder.resolve("docker-credential-lab"), """
                #!/bin/sh
                [ "$1 $(cat)" = "get REGISTRY" ] || exit 1
                echo '{"ServerURL":"REGISTRY","Username":"lab","Secret":"secret"}'
                """.replace("REGISTRY", registry));
        assertTrue(program.toFile().setExecutable(true));
        Files.writeString(folder.resolve("config.json"), "{\"credHelpers\":{\"" + registry + "\":\"lab\"}}");
    }

    @Test
    void anOldImageThatSeveralRepositoriesKnowIsPruned() throws Exception {
        List<String> names = List.of(LAB.registry() + "/prune/a:1", LAB.registry() + "/prune/b:1");
        for (String repository : List.of("prune/a:1", "prune/b:1")) publish(repository, "one");
        pull(names.getFirst(), names.getLast());
        var old = mirror.snapshot().image(names.getFirst());
        assertEquals(2, old.digests().size(), old::toString);
        for (String repository : List.of("prune/a:1", "prune/b:1")) publish(repository, "two, longer");
        pull(names.getFirst(), names.getLast());
        assertEquals(List.of(old.id().text()), images().prunable(new PruneRule(true, Optional.empty())));
        Job job = images().prune(new PruneRule(true, Optional.empty()), "anna");
        assertTrue(job.await(Duration.ofMinutes(1)));
        Item item = item(job, old.id().text());
        assertEquals(JobState.SUCCEEDED, item.state(), job.view()::toString);
        assertEquals(Optional.of(Json.of(3)), Optional.ofNullable(item.more().get("reclaimed_bytes"))); // "one"
        assertTrue(engine.images().inspect(old.id()).isEmpty());
    }
}
