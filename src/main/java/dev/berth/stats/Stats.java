package dev.berth.stats;

import dev.berth.engine.Engine;
import dev.berth.mirror.ContainerListener;
import dev.berth.mirror.Mirror;
import dev.berth.model.Alarm;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Host;
import dev.berth.model.Pause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// The latest sample of every running container.
public final class Stats implements AutoCloseable, ContainerListener {
    /// How long one table of samples is shown before a new one is made of what has come since: with many streams a
    /// sample comes each few milliseconds, and what is rendered from a table should be used more than once.
    private static final Duration SHOWN_FOR = Duration.ofMillis(250);

    /// Engines send a record each second.
    private static final Duration ENGINE_INTERVAL = Duration.ofSeconds(1);

    private final Engine engine;
    private final Mirror mirror;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final Map<ContainerId, StreamReader> readers = new ConcurrentHashMap<>();
    private final Map<ContainerId, Sample> latest = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();
    private final Object renewing = new Object();
    private volatile SampleTable table = SampleTable.EMPTY;
    private final History history;
    private final LiveSamples live = new LiveSamples(this::looked);
    private final Map<ContainerId, Instant> lives = new HashMap<>();
    private final Optional<FileSampler> sampler;
    private final Sample.Source sourceOfFiles;
    private boolean closed;

    /// Samples from the engine's streams alone, for an engine whose files are not here.
    public static Stats ofEngine(
            Engine engine,
            Mirror mirror,
            StatsSettings settings,
            InstantSource clock,
            Pause pause,
            RandomGenerator random) {
        return new Stats(
                engine,
                mirror,
                settings,
                Optional.empty(),
                Sample.Source.ENGINE,
                clock,
                () -> 0,
                Alarm.real(),
                pause,
                random);
    }

    /// Samples from the files of this machine, and from the engine's streams for containers whose files are not here.
    ///
    /// @param nanoTime a clock that only goes forward
    public static Stats ofFiles(
            Engine engine,
            Mirror mirror,
            StatsSettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            Pause pause,
            RandomGenerator random) {
        var files = new CgroupSource(Path.of("/"), nanoTime, Descriptors.halfOf(Path.of("/proc/self/limits")));
        boolean unified = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
        return new Stats(
                engine,
                mirror,
                settings,
                Optional.of(files::open),
                unified ? Sample.Source.CGROUP_V2 : Sample.Source.CGROUP_V1,
                clock,
                nanoTime,
                Alarm.real(),
                pause,
                random);
    }

    Stats(
            Engine engine,
            Mirror mirror,
            StatsSettings settings,
            Optional<ProbeOpener> files,
            Sample.Source sourceOfFiles,
            InstantSource clock,
            LongSupplier nanoTime,
            Alarm alarm,
            Pause pause,
            RandomGenerator random) {
        this.engine = engine;
        this.history = new History(settings.historyBytes().bytes());
        this.sourceOfFiles = sourceOfFiles;
        this.mirror = mirror;
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        this.sampler = files.map(opener -> new FileSampler(opener, this::cpus, nanoTime, clock, alarm, sink()));
        mirror.listen(this);
        sampler.ifPresent(FileSampler::start);
    }

    private FileSampler.Sink sink() {
        return new FileSampler.Sink() {
            @Override
            public void take(List<FileSampler.Taken> samples) {
                Stats.this.take(samples);
            }

            @Override
            public void notOurs(ContainerId id, Instant startedAt) {
                stream(id, startedAt);
            }

            @Override
            public void doubt(ContainerId id) {
                mirror.hint(id);
            }

            @Override
            public boolean watched() {
                return live.any();
            }
        };
    }

    private int cpus() {
        Optional<Host> host = mirror.snapshot().host();
        return host.isPresent() ? host.get().cpus() : 0;
    }

    /// The samples as they are now; the same object for a quarter of a second.
    public SampleTable table() {
        looked();
        return unwatched();
    }

    /// The same for who only watches over them: it does not count as somebody who looks, for whom to sample quicker.
    public SampleTable unwatched() {
        SampleTable shown = table;
        return isFresh(shown) ? shown : renew();
    }

    private void looked() {
        sampler.ifPresent(FileSampler::looked);
    }

    public History history() {
        return history;
    }

    public LiveSamples live() {
        return live;
    }

    public Sampling sampling() {
        if (sampler.isEmpty()) return new Sampling(Sample.Source.ENGINE.word(), ENGINE_INTERVAL, Optional.empty(), 0);
        FileSampler.Round round = sampler.get().lastRound();
        List<Sample.Source> sources =
                latest.values().stream().map(Sample::source).distinct().toList();
        String source = sources.size() > 1
                ? "mixed"
                : sources.stream().findFirst().orElse(sourceOfFiles).word();
        return new Sampling(source, round.interval(), round.cost(), round.skipped());
    }

    private boolean isFresh(SampleTable shown) {
        if (shown.version() == received.get()) return true;
        Instant now = clock.instant();
        return shown.madeAt().plus(SHOWN_FOR).isAfter(now) && !shown.madeAt().isAfter(now);
    }

    /// One at a time, so that nobody's older table follows a newer one.
    private SampleTable renew() {
        synchronized (renewing) {
            if (!isFresh(table)) table = new SampleTable(received.get(), clock.instant(), Map.copyOf(latest));
            return table;
        }
    }

    @Override
    public synchronized void changed(Container container) {
        if (closed) return;
        Optional<Instant> life = container.status().alive() ? container.startedAt() : Optional.empty();
        Instant present = lives.get(container.id());
        if (life.equals(Optional.ofNullable(present))) return;
        end(container.id());
        life.ifPresent(startedAt -> {
            lives.put(container.id(), startedAt);
            if (sampler.isPresent()) sampler.get().follow(container.id(), startedAt, container.pid());
            else stream(container.id(), startedAt);
        });
    }

    private synchronized void stream(ContainerId id, Instant startedAt) {
        if (closed || !startedAt.equals(lives.get(id)) || readers.containsKey(id)) return;
        var reader = new StreamReader(
                engine.containers(), id, startedAt, hostCounterIsTheHosts(), pause, random, this::take);
        readers.put(id, reader);
        reader.start();
    }

    @Override
    public synchronized void removed(ContainerId id) {
        end(id);
        history.forget(id);
        live.end(id);
    }

    private void end(ContainerId id) {
        lives.remove(id);
        sampler.ifPresent(it -> it.end(id));
        StreamReader reader = readers.remove(id);
        if (reader != null) reader.close();
        if (latest.remove(id) != null) received.incrementAndGet();
    }

    /// A round of samples is one change, however many containers it is about.
    private synchronized void take(List<FileSampler.Taken> samples) {
        for (FileSampler.Taken each : samples) {
            boolean ofPresentLife = each.sample().startedAt().equals(lives.get(each.id()));
            if (ofPresentLife && !readers.containsKey(each.id())) keep(each.id(), each.sample());
        }
        received.incrementAndGet();
    }

    private synchronized void take(StreamReader from, Sample sample) {
        if (readers.get(from.id()) != from) return;
        keep(from.id(), sample);
        received.incrementAndGet();
    }

    /// Under the lock under which a container ends, so that nothing is kept of one that has been removed. The history
    /// before who follows: who begins to follow in between finds it there.
    private void keep(ContainerId id, Sample sample) {
        latest.put(id, sample);
        history.add(id, sample);
        live.offer(id, sample);
    }

    /// Podman's `system_cpu_usage` is the container's own cgroup's, not the host's.
    private boolean hostCounterIsTheHosts() {
        return mirror.snapshot()
                .host()
                .map(it -> !it.engineName().equals("podman"))
                .orElse(true);
    }

    @Override
    public synchronized void close() {
        closed = true;
        sampler.ifPresent(FileSampler::close);
        readers.values().forEach(StreamReader::close);
        readers.clear();
    }
}
