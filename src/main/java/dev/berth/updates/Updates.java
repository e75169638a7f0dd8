package dev.berth.updates;

import dev.berth.admission.Admission;
import dev.berth.containers.Containers;
import dev.berth.containers.Reservation;
import dev.berth.containers.Sweep;
import dev.berth.engine.Engine;
import dev.berth.images.Images;
import dev.berth.images.UpToDate;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.Jobs;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.model.Pause;
import dev.berth.model.RandomId;
import dev.berth.model.UpdateRule;
import dev.berth.store.DatabaseFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/// Replaces containers by successors from newer images. Whatever dies in the middle, the engine, the server or
/// the machine: once both are back either the old one runs or the new one, never none and never both.
public final class Updates implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Updates.class.getName());
    /// The kind of job that goes on after a restart.
    public static final String KIND = "update";

    private static final int OPERATION_LENGTH = 12;
    /// Containers that are replaced at the same time.
    private static final int AT_ONCE = 3;
    private static final double PULLED = 60;

    private final Engine engine;
    private final Mirror mirror;
    private final Images images;
    private final Containers containers;
    private final Admission admission;
    private final Jobs jobs;
    private final Journal journal;
    private final Planner planner;
    private final Gate gate;
    private final Recovery recovery;
    private final Leftovers leftovers;
    private final Sweep sweep;
    private final Auto auto;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final Semaphore places = new Semaphore(AT_ONCE, true);
    private final Families families = new Families();
    /// What nobody can do anything about for now, by each container that it is about.
    private final Map<ContainerId, Entry> stuck = new ConcurrentHashMap<>();
    private final String server;

    /// @param journal of this installation
    /// @param server the id of this installation
    /// @param ourselves the container that this process runs in
    public Updates(
            Engine engine,
            Mirror mirror,
            Images images,
            Containers containers,
            Admission admission,
            Jobs jobs,
            Journal journal,
            UpdateSettings settings,
            String server,
            Optional<ContainerId> ourselves,
            InstantSource clock,
            Pause pause,
            RandomGenerator random) {
        this.engine = engine;
        this.mirror = mirror;
        this.images = images;
        this.containers = containers;
        this.admission = admission;
        this.jobs = jobs;
        this.journal = journal;
        this.planner = new Planner(engine, mirror, ourselves);
        this.gate = new Gate(engine, mirror, settings.grace(), clock, pause);
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        this.server = server;
        var lost = new LostUpdates(engine.containers(), mirror, containers, jobs, families, server);
        this.recovery = new Recovery(mirror, jobs, journal, families, lost, this::resume, pause);
        this.leftovers = new Leftovers(server, recovery::operations);
        this.sweep = new Sweep("leftovers of updates", engine.containers(), mirror, leftovers.rule(), pause);
        this.auto = new Auto(this, mirror, images.freshness(), journal, clock, ZoneId.systemDefault(), pause);
        mirror.listen(sweep);
    }

    /// Goes on with what an earlier life of the server has left.
    public void start() {
        recovery.start();
        sweep.start();
        auto.start();
    }

    /// Begins to update one container.
    ///
    /// @throws Failure.Conflict (`update-refused`) if it is not ours to update
    public Job update(String named, String requestedBy) {
        Container container = containers.find(named);
        Optional<Entry> open = Optional.ofNullable(stuck.get(container.id()));
        if (open.isPresent())
            return jobs.start(
                    KIND,
                    "update " + container.id(),
                    requestedBy,
                    List.of(open.get().item),
                    job -> again(job, open.get()));
        planner.reference(container);
        return jobs.start(
                KIND,
                "update " + container.id(),
                requestedBy,
                List.of(container.name()),
                job -> each(job, List.of(container)));
    }

    /// Begins to update every container that does not refuse it by its labels.
    public Job updateAll(String requestedBy) {
        mirror.requireConnected();
        List<Container> all = updatable();
        return jobs.start(KIND, "update all", requestedBy, names(all), job -> each(job, all));
    }

    /// What an update of one container would do.
    ///
    /// @throws Failure.Conflict (`update-refused`) if it is not ours to update
    /// @throws Failure.Rejected if the registry cannot be asked
    public UpdatePlan plan(String named) throws InterruptedException {
        Container container = mirror.known().container(named);
        try (var upToDate = images.upToDate()) {
            return new Preview(engine, mirror, planner, upToDate).of(container);
        }
    }

    /// What an update of all would do.
    public List<UpdatePlan> planAll() throws InterruptedException {
        mirror.requireConnected();
        var plans = new ArrayList<UpdatePlan>();
        try (var upToDate = images.upToDate()) {
            var preview = new Preview(engine, mirror, planner, upToDate);
            for (Container container : updatable()) plans.add(preview.ofMany(container));
        }
        return plans;
    }

    /// The given ones, as `auto` wants it: the first that goes back stops the others of its image.
    Job updateByItself(List<Container> some) {
        return jobs.start(
                KIND, "update by itself", "auto", names(some), job -> new Rollout(this, images, job).run(some));
    }

    private static List<String> names(Collection<Container> some) {
        return some.stream().map(Container::name).toList();
    }

    private List<Container> updatable() {
        return mirror.snapshot().containers().values().stream()
                .filter(it -> UpdateLabels.rule(it, mirror.snapshot().image(it.imageId())) != UpdateRule.OFF)
                .toList();
    }

    private void each(Job job, List<Container> some) throws InterruptedException {
        try (var upToDate = images.upToDate(job);
                var threads = Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("update item").factory())) {
            for (Container container : some) threads.execute(() -> one(job, container, upToDate));
        }
        if (Thread.interrupted()) throw new InterruptedException();
    }

    /// One container of a job, from the question to the registry to the end.
    void one(Job job, Container container, UpToDate upToDate) {
        String item = container.name();
        try {
            if (!job.cancelled()) work(job, container, upToDate);
        } catch (Failure.Cancelled cancelled) {
            if (!job.cancelled()) job.item(item, it -> it.failed(cancelled.detail()));
        } catch (Failure failure) {
            boolean left = failure.code().equals("update-refused");
            job.item(item, it -> left ? it.skipped(failure.whole()) : it.failed(failure.whole()));
        } catch (DatabaseFailure unwritable) {
            LOG.log(Level.ERROR, "update of " + item, unwritable);
            job.item(
                    item,
                    it -> it.failed(
                            "nothing was begun, as the journal cannot be read or written: " + unwritable.getMessage()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt(); // the next life goes on with it
        }
    }

    private void work(Job job, Container container, UpToDate upToDate) throws InterruptedException {
        ImageRef reference = planner.reference(container);
        Optional<Image> present = mirror.snapshot().image(container.imageId());
        Optional<String> before = present.flatMap(it -> Images.digest(it, reference));
        job.item(container.name(), it -> it.running().before(before));
        Image next = upToDate.of(
                reference,
                (percent, current, total) ->
                        job.item(container.name(), it -> it.progress(percent * PULLED / 100, current, total)));
        places.acquire();
        try {
            recovery.await();
            inTurn(job, container, reference, next, before);
        } finally {
            places.release();
        }
    }

    /// One at a time of those that have members in common; what the one before has changed is seen.
    private void inTurn(Job job, Container container, ImageRef reference, Image next, Optional<String> before)
            throws InterruptedException {
        while (true) {
            if (job.cancelled()) throw new Failure.Cancelled("cancelled before anything was changed");
            Container now = present(container);
            if (next.id().equals(now.imageId())) {
                job.item(container.name(), Item::unchanged);
                return;
            }
            if (stuck.containsKey(now.id()))
                throw new Failure.Conflict("update-under-way", "an earlier update of it needs attention first");
            List<Container> group = planner.group(now);
            List<ContainerId> ids = group.stream().map(Container::id).toList();
            if (!families.takeOrWait(ids)) continue;
            try {
                swap(job, container.name(), group, now, reference, next, before);
                return;
            } finally {
                families.letGo(ids);
            }
        }
    }

    /// One that shared the namespaces of another has a successor since that was updated.
    private Container present(Container container) {
        return mirror.refresh(container.id())
                .or(() -> mirror.snapshot().containers().values().stream()
                        .filter(it -> container.id().hex().equals(it.labels().get(UpdateLabels.FORERUNNER)))
                        .filter(it -> it.name().equals(container.name()))
                        .findFirst())
                .orElseThrow(
                        () -> new Failure.NotFound("no-such-container", container.name() + " was removed meanwhile"));
    }

    private void swap(
            Job job,
            String item,
            List<Container> group,
            Container first,
            ImageRef reference,
            Image next,
            Optional<String> before)
            throws InterruptedException {
        try (Reservation reservation =
                containers.reserve(group.stream().map(Container::id).toList(), names(group))) {
            var origin = new Successor.Origin(RandomId.next(random, OPERATION_LENGTH), server);
            List<Pair> pairs = planner.pairs(group, first, next, origin);
            var entry = new Entry(
                    origin.operation(),
                    job.id(),
                    item,
                    next.id().text(),
                    before,
                    Images.digest(next, reference),
                    pairs);
            try (var holds = new Holds(admission, entry, false)) {
                journal.layBallast();
                journal.write(entry);
                carryOut(job, entry, reservation, holds, Course::run);
            }
        }
    }

    /// How a course is entered.
    @FunctionalInterface
    interface Way {
        void go(Course course) throws InterruptedException;
    }

    /// What was stuck, once more, as somebody may have mended it.
    private void again(Job job, Entry entry) throws InterruptedException {
        while (!families.takeOrWait(entry.ids())) if (job.cancelled()) return;
        entry.ids().forEach(stuck::remove);
        entry.needsAttention = false;
        resume(job, entry);
    }

    /// Its family is taken.
    private void resume(Job job, Entry entry) throws InterruptedException {
        List<ContainerId> family = entry.ids();
        try (Reservation reservation = containers.reserve(entry.ids(), entry.names());
                var holds = new Holds(admission, entry, true)) {
            carryOut(job, entry, reservation, holds, Course::resume);
        } finally {
            families.letGo(family);
        }
    }

    private void carryOut(Job job, Entry entry, Reservation reservation, Holds holds, Way way)
            throws InterruptedException {
        leftovers.active(entry.operation);
        try (Images.Keeping _ = images.keep(entry.images())) {
            var swap = new Swap(engine, mirror, gate, clock, entry, id -> {
                holds.bind(entry, id);
                reserve(reservation, id);
            });
            way.go(new Course(mirror, journal, clock, pause, entry, swap, job::cancelled, () -> tell(job, entry)));
            end(job, entry);
        } finally {
            leftovers.over(entry.operation);
        }
    }

    private static void reserve(Reservation reservation, ContainerId id) {
        try {
            reservation.add(id);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new Failure.Cancelled("the server is stopping");
        }
    }

    private static void tell(Job job, Entry entry) {
        Json step = Json.of(entry.back ? "going back" : entry.step.word());
        job.item(
                entry.item,
                it -> it.running()
                        .obstacle(entry.obstacle.or(() -> entry.reason))
                        .progress(entry.step.percent(), it.currentBytes(), it.totalBytes())
                        .with("step", step));
    }

    private void end(Job job, Entry entry) {
        if (entry.back && !job.cancelled())
            journal.failed(entry.first().old(), entry.digestAfter.orElse(entry.imageId), clock.instant());
        job.item(entry.item, it -> ended(it, entry, job.cancelled()));
        if (entry.needsAttention) job.needsAttention(entry.item + ": " + entry.reason.orElse("see its item"));
        if (entry.step == Step.DONE) journal.remove(entry);
        else entry.ids().forEach(it -> stuck.put(it, entry));
    }

    private static Item ended(Item item, Entry entry, boolean cancelled) {
        Item told = item.before(entry.digestBefore).with("step", Json.of(entry.back ? "back" : entry.step.word()));
        if (entry.stopped.isPresent() && entry.stood.isPresent())
            told = told.with(
                    "downtime_seconds",
                    Json.of(Duration.between(entry.stopped.get(), entry.stood.get())
                                    .toMillis()
                            / 1000.0));
        if (!entry.log.isEmpty()) told = told.with("log", Json.of(entry.log));
        Optional<ContainerId> stands =
                entry.back ? Optional.of(entry.first().old()) : entry.first().next();
        if (stands.isPresent())
            told = told.with("container", Json.of(stands.get().shortId()));
        if (entry.step == Step.DONE && !entry.back) return told.succeeded(entry.digestAfter);
        if (cancelled && !entry.needsAttention) return told.obstacle(Optional.empty());
        return told.failed(entry.reason.orElse("it was put back"));
    }

    Planner planner() {
        return planner;
    }

    @Override
    public void close() {
        auto.close();
        recovery.close();
        sweep.close();
    }
}
