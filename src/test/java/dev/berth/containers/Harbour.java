package dev.berth.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.berth.admission.Admission;
import dev.berth.admission.AdmissionSettings;
import dev.berth.attachments.Attachments;
import dev.berth.engine.Engine;
import dev.berth.engine.EngineTimes;
import dev.berth.engine.FakeEngine;
import dev.berth.feed.Feed;
import dev.berth.images.Credentials;
import dev.berth.images.DockerConfig;
import dev.berth.images.Images;
import dev.berth.images.ImagesSettings;
import dev.berth.images.Registries;
import dev.berth.inside.Details;
import dev.berth.inside.Execs;
import dev.berth.inside.FileCopies;
import dev.berth.inside.Logs;
import dev.berth.inside.TerminalSettings;
import dev.berth.jobs.Jobs;
import dev.berth.metrics.Metrics;
import dev.berth.metrics.MetricsSettings;
import dev.berth.metrics.RequestCounts;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Alarm;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Pause;
import dev.berth.stats.Stats;
import dev.berth.stats.StatsSettings;
import dev.berth.store.Database;
import dev.berth.store.ScratchDatabase;
import dev.berth.updates.Journal;
import dev.berth.updates.UpdateSettings;
import dev.berth.updates.Updates;
import dev.berth.web.Rooms;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The rooms below the web on the engine in memory. The sweep moves only when a test ticks.
public final class Harbour implements AutoCloseable {
    public static final String SERVER = "this-installation";
    private static final LocalDevices ELSEWHERE = new LocalDevices(false, "elsewhere", "none");

    public final FakeEngine engine;
    public final Feed feed = new Feed(InstantSource.system());
    public final Mirror mirror;
    public final Stats stats;
    public final Jobs jobs;
    public final Images images;
    public final Admission admission;
    public final Containers containers;
    public final Updates updates;
    public final Attachments attachments;
    public final EngineTimes engineTimes = new EngineTimes(System::nanoTime);
    public final RequestCounts requests = new RequestCounts(System::nanoTime);
    public final Metrics metrics;
    public final FileCopies copies;
    public final Execs execs;
    public final Logs logs;
    public final Details details;
    private final Database database;
    public final Ticks ticks = new Ticks();

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    public Harbour() {
        this(new FakeEngine());
    }

    /// @param engine may have a past already
    public Harbour(FakeEngine engine) {
        this(engine, AdmissionSettings.DEFAULTS, true);
    }

    /// @param engine may have a past already
    /// @param endedCleanly whether an earlier life of this server left nothing under way
    public Harbour(FakeEngine engine, AdmissionSettings memory, boolean endedCleanly) {
        this(engine, engine, memory, endedCleanly);
    }

    /// @param engine as this server is to see it
    public Harbour(FakeEngine truth, Engine engine, AdmissionSettings memory, boolean endedCleanly) {
        this.engine = truth;
        var random = new Random(1);
        var clock = InstantSource.system();
        mirror = new Mirror(engine, feed, clock, Harbour::briefly, random);
        stats = Stats.ofEngine(engine, mirror, StatsSettings.DEFAULTS, clock, Harbour::briefly, random);
        Path file = ScratchDatabase.file();
        database = Database.at(file);
        jobs = new Jobs(database, Set.of(), feed, clock, random);
        var credentials = new Credentials(new DockerConfig(Path.of("/nonexistent/config.json"), List.of()));
        var registries = new Registries(engine.images(), credentials, false, clock, Harbour::briefly);
        var unchecked = new ImagesSettings(3, Optional.empty());
        images = new Images(engine, mirror, jobs, feed, registries, unchecked, clock, Harbour::briefly, random);
        var keys = new IdempotencyKeys(database, clock);
        admission = new Admission(mirror, stats::table, memory, feed, clock);
        attachments = Attachments.of(engine, mirror);
        copies = new FileCopies(mirror, engine, clock);
        execs = new Execs(
                engine,
                mirror,
                false,
                SERVER,
                endedCleanly,
                TerminalSettings.DEFAULTS,
                Harbour::brieflyUnlessLong,
                random);
        containers =
                new Containers(engine, mirror, images, admission, keys, SERVER, endedCleanly, ELSEWHERE, random, ticks);
        updates = new Updates(
                engine,
                mirror,
                images,
                containers,
                admission,
                jobs,
                new Journal(database, Objects.requireNonNull(file.getParent())),
                UpdateSettings.DEFAULTS,
                SERVER,
                Optional.empty(),
                clock,
                Harbour::briefly,
                random);
        logs = new Logs(engine, mirror, clock, Harbour::briefly, random);
        details = new Details(engine);
        metrics = new Metrics(
                mirror,
                stats,
                admission,
                jobs,
                engineTimes,
                requests,
                new MetricsSettings(List.of("stage")),
                clock,
                "0.0.0");
    }

    /// What the HTTP edge is given.
    public Rooms rooms() {
        return new Rooms(
                mirror,
                stats,
                jobs,
                images,
                admission,
                containers,
                updates,
                feed,
                attachments,
                metrics,
                copies,
                execs,
                logs,
                details);
    }

    /// Follows the engine from now on, and knows it.
    public Harbour open() {
        mirror.start();
        containers.start();
        execs.start();
        awaitConnected();
        return this;
    }

    /// Reconnects and audits need not take the seconds that they take outside.
    private static void briefly(Duration duration) throws InterruptedException {
        Duration brief = duration.compareTo(Duration.ofMillis(20)) < 0 ? duration : Duration.ofMillis(20);
        boolean _ = new CountDownLatch(1).await(brief.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// What is meant to take long does: a command's usual time limit must not be over before the command.
    private static void brieflyUnlessLong(Duration duration) throws InterruptedException {
        if (duration.compareTo(Duration.ofSeconds(10)) < 0) briefly(duration);
        else {
            boolean _ = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    public void awaitConnected() {
        await().atMost(20, SECONDS).until(() -> snapshot().state().connected());
    }

    public void awaitUnreachable() {
        await().atMost(20, SECONDS).until(() -> !snapshot().state().connected());
    }

    public Snapshot snapshot() {
        return mirror.snapshot();
    }

    public Optional<Container> shown(ContainerId id) {
        return snapshot().container(id);
    }

    /// A container that somebody else runs, once we know of it.
    public ContainerId foreign(ContainerSpec spec) {
        ContainerId id = engine.runs(spec);
        await().atMost(20, SECONDS).until(() -> shown(id).isPresent());
        return id;
    }

    public static CreateRequest request(ContainerSpec spec) {
        return new CreateRequest(spec, CreateRequest.Pull.MISSING, true, Optional.empty());
    }

    public Container create(ContainerSpec spec) {
        return create(request(spec));
    }

    public Container create(CreateRequest request) {
        return containers.create(request, Optional.empty(), Duration.ZERO, new Departure());
    }

    /// A client of its own.
    public <T> Future<T> inBackground(Callable<T> work) {
        return clients.submit(work);
    }

    public List<String> names() {
        return snapshot().containers().values().stream()
                .map(Container::name)
                .sorted()
                .toList();
    }

    /// The server ends, and the engine goes on.
    public void leave() {
        clients.shutdownNow();
        execs.close();
        jobs.close();
        images.close();
        containers.close();
        logs.close();
        database.close();
        stats.close();
        mirror.close();
    }

    @Override
    public void close() {
        leave();
        engine.close();
    }

    /// Time that passes when a test says so.
    public static final class Ticks implements Pause {
        private int sleeps;
        private int allowed;

        @Override
        public synchronized void sleep(Duration duration) throws InterruptedException {
            int mine = ++sleeps; // several may sleep, and who falls asleep later must not hold back the others
            notifyAll();
            while (allowed < mine) wait();
        }

        /// Always rung: what waits for something to do goes on to sleep, so that rounds can be counted.
        @Override
        public Alarm alarm() {
            return new Alarm() {
                @Override
                public void await(Duration longest) {}

                @Override
                public void ring() {}
            };
        }

        /// Whoever sleeps now may go on.
        public synchronized void wakeAll() {
            allowed = Math.max(allowed, sleeps);
            notifyAll();
        }

        /// Lets so many rounds pass, each to its end.
        public synchronized void pass(int rounds) throws InterruptedException {
            for (int i = 0; i < rounds; i++) {
                while (sleeps <= allowed) wait();
                allowed++;
                notifyAll();
                while (sleeps <= allowed) wait();
            }
        }
    }
}
