package dev.berth.app;

import dev.berth.access.Secret;
import dev.berth.access.Tokens;
import dev.berth.admission.Admission;
import dev.berth.admission.Overcommitment;
import dev.berth.attachments.Attachments;
import dev.berth.containers.Containers;
import dev.berth.containers.IdempotencyKeys;
import dev.berth.containers.LocalDevices;
import dev.berth.engine.DockerEngine;
import dev.berth.engine.EngineTimes;
import dev.berth.feed.Feed;
import dev.berth.images.Credentials;
import dev.berth.images.Images;
import dev.berth.images.Registries;
import dev.berth.inside.Details;
import dev.berth.inside.Execs;
import dev.berth.inside.FileCopies;
import dev.berth.inside.Logs;
import dev.berth.jobs.Jobs;
import dev.berth.metrics.Metrics;
import dev.berth.metrics.RequestCounts;
import dev.berth.mirror.Mirror;
import dev.berth.model.Pause;
import dev.berth.stats.Stats;
import dev.berth.store.Database;
import dev.berth.updates.Journal;
import dev.berth.updates.OwnContainer;
import dev.berth.updates.Updates;
import dev.berth.web.Rooms;
import dev.berth.web.Routes;
import dev.berth.web.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// The object graph, by hand, from top to bottom; and start and stop in order.
final class App implements AutoCloseable {
    private static final Duration COLLECTED_EACH = Duration.ofMinutes(10);
    /// Opening the database takes as much as the rest of the start; who needs it sooner opens it.
    private static final Duration JOBS_READ_AFTER = Duration.ofSeconds(2);

    private final DockerEngine engine;
    private final Mirror mirror;
    private final Stats stats;
    private final Overcommitment overcommitment;
    private final Jobs jobs;
    private final Images images;
    private final Database database;
    private final Containers containers;
    private final Updates updates;
    private final Execs execs;
    private final Logs logs;
    private final Server server;
    private final Thread collection;
    private final Thread reading;

    /// @param endedCleanly whether the last life of this server left nothing under way
    App(Settings settings, Machine machine, Secret token, String serverId, boolean endedCleanly) {
        // Ids and pauses need to differ, not to be secret; a secure source would cost more than a whole answer.
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        InstantSource clock = InstantSource.system();
        Pause pause = Pause.REAL;
        var engineTimes = new EngineTimes(System::nanoTime);
        engine = DockerEngine.at(settings.engine(), engineTimes);
        var feed = new Feed(clock);
        mirror = new Mirror(engine, feed, clock, pause, random);
        stats = settings.engine().isLocal()
                ? Stats.ofFiles(engine, mirror, settings.stats(), clock, System::nanoTime, pause, random)
                : Stats.ofEngine(engine, mirror, settings.stats(), clock, pause, random);
        database = Database.at(settings.data().resolve("berth.db"));
        jobs = new Jobs(database, Set.of(Updates.KIND), feed, clock, random);
        var registries = new Registries(
                engine.images(),
                new Credentials(settings.dockerConfig()),
                settings.engine().isLocal(),
                clock,
                pause);
        images = new Images(engine, mirror, jobs, feed, registries, settings.images(), clock, pause, random);
        var devices = new LocalDevices(settings.engine().isLocal(), machine.hostname(), machine.kernel());
        var keys = new IdempotencyKeys(database, clock);
        var admission = new Admission(mirror, stats::table, settings.admission(), feed, clock);
        overcommitment = new Overcommitment(admission, stats::unwatched, feed, pause);
        containers =
                new Containers(engine, mirror, images, admission, keys, serverId, endedCleanly, devices, random, pause);
        updates = new Updates(
                engine,
                mirror,
                images,
                containers,
                admission,
                jobs,
                new Journal(database, settings.data()),
                settings.updates(),
                serverId,
                OwnContainer.find(Path.of("/proc/self")),
                clock,
                pause,
                random);
        logs = new Logs(engine, mirror, clock, pause, random);
        execs = new Execs(
                engine,
                mirror,
                settings.engine().isLocal(),
                serverId,
                endedCleanly,
                settings.terminal(),
                pause,
                random);
        collection = Thread.ofVirtual().name("collection").unstarted(() -> collect(pause));
        reading = Thread.ofVirtual().name("jobs of earlier lives").unstarted(() -> read(jobs, pause));
        var requests = new RequestCounts(System::nanoTime);
        var metrics = new Metrics(
                mirror, stats, admission, jobs, engineTimes, requests, settings.metrics(), clock, machine.version());
        server = new Server(
                settings.server(),
                Routes.all(
                        new Rooms(
                                mirror,
                                stats,
                                jobs,
                                images,
                                admission,
                                containers,
                                updates,
                                feed,
                                Attachments.of(engine, mirror),
                                metrics,
                                new FileCopies(mirror, engine, clock),
                                execs,
                                logs,
                                new Details(engine)),
                        clock,
                        machine.hostname(),
                        machine.version()),
                new Tokens(token),
                requests,
                clock,
                random);
    }

    /// The serial collector looks at old objects only when they fill all of the heap: what dies in a quiet server
    /// would lie there for hours and be counted as the server's.
    private static void collect(Pause pause) {
        try {
            while (true) {
                pause.sleep(COLLECTED_EACH);
                System.gc();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static void read(Jobs jobs, Pause pause) {
        try {
            pause.sleep(JOBS_READ_AFTER);
            jobs.open();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /// Listens first: whoever asks while the engine is being read learns that, instead of nothing.
    void start() {
        server.start();
        mirror.start();
        containers.start();
        updates.start();
        execs.start();
        overcommitment.start();
        images.start();
        collection.start();
        reading.start();
    }

    Mirror mirror() {
        return mirror;
    }

    int port() {
        return server.port();
    }

    /// The door first, then what was let in, then what it stood on.
    @Override
    public void close() {
        collection.interrupt();
        reading.interrupt();
        server.close();
        execs.close();
        logs.close();
        jobs.close();
        updates.close();
        images.close();
        containers.close();
        overcommitment.close();
        database.close();
        stats.close();
        mirror.close();
        engine.close();
    }
}
