package dev.berth.updates;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.berth.admission.Admission;
import dev.berth.admission.AdmissionSettings;
import dev.berth.containers.Containers;
import dev.berth.containers.IdempotencyKeys;
import dev.berth.containers.LocalDevices;
import dev.berth.engine.Engine;
import dev.berth.feed.Feed;
import dev.berth.images.Credentials;
import dev.berth.images.DockerConfig;
import dev.berth.images.Images;
import dev.berth.images.ImagesSettings;
import dev.berth.images.Registries;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.Pause;
import dev.berth.stats.Stats;
import dev.berth.stats.StatsSettings;
import dev.berth.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One life of a server, as far as updates need it: what outlives it is the engine and the folder.
final class Life implements AutoCloseable {
    static final String SERVER = "this-installation";

    final Mirror mirror;
    final Jobs jobs;
    final Containers containers;
    final Admission admission;
    final Updates updates;
    final Journal journal;
    private final Database database;
    final Images images;
    private final Stats stats;

    /// @param engine as this server is to see it
    /// @param folder with its database
    Life(Engine engine, Path folder, Duration grace) {
        this(engine, folder, grace, InstantSource.system());
    }

    Life(Engine engine, Path folder, Duration grace, InstantSource clock) {
        var random = new Random();
        Pause pause = Life::briefly;
        var feed = new Feed(clock);
        mirror = new Mirror(engine, feed, clock, pause, random);
        stats = Stats.ofEngine(engine, mirror, StatsSettings.DEFAULTS, clock, pause, random);
        database = Database.at(folder.resolve("berth.db"));
        jobs = new Jobs(database, Set.of(Updates.KIND), feed, clock, random);
        var credentials = new Credentials(new DockerConfig(Path.of("/nonexistent/config.json"), List.of()));
        images = new Images(
                engine,
                mirror,
                jobs,
                feed,
                new Registries(engine.images(), credentials, false, clock, pause),
                new ImagesSettings(3, Optional.empty()),
                clock,
                pause,
                random);
        admission = new Admission(mirror, stats::table, AdmissionSettings.DEFAULTS, feed, clock);
        containers = new Containers(
                engine,
                mirror,
                images,
                admission,
                new IdempotencyKeys(database, clock),
                SERVER,
                true,
                new LocalDevices(false, "elsewhere", "none"),
                random,
                pause);
        journal = new Journal(database, folder);
        updates = new Updates(
                engine,
                mirror,
                images,
                containers,
                admission,
                jobs,
                journal,
                new UpdateSettings(grace),
                SERVER,
                Optional.empty(),
                clock,
                pause,
                random);
    }

    /// What takes a second outside need not take one here.
    private static void briefly(Duration duration) throws InterruptedException {
        long millis = Math.min(duration.toMillis(), 20);
        boolean _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    Life open() {
        mirror.start();
        containers.start();
        updates.start();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(60, SECONDS)
                .until(() -> mirror.snapshot().state().connected());
        return this;
    }

    List<Container> all() {
        return List.copyOf(mirror.snapshot().containers().values());
    }

    /// As if it had been killed with -9: nothing more reaches the disk. What it sees of the engine is cut off
    /// by the test.
    void die() {
        database.close();
    }

    @Override
    public void close() {
        jobs.close();
        updates.close();
        images.close();
        containers.close();
        stats.close();
        mirror.close();
        database.close();
    }
}
