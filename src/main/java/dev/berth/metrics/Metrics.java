package dev.berth.metrics;

import dev.berth.admission.Admission;
import dev.berth.engine.EngineTimes;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.stats.SampleTable;
import dev.berth.stats.Stats;
import java.nio.file.Path;
import java.time.InstantSource;

/// All figures at one moment. Made anew for each reader, from memory.
public final class Metrics {
    private static final int LENGTH_OF_OURS = 32 << 10;
    private static final int LENGTH_OF_ONE = 4 << 10;

    private final Mirror mirror;
    private final Stats stats;
    private final InstantSource clock;
    private final ContainerSeries containers;
    private final ServerSeries server;
    private final ProcessSeries process = new ProcessSeries(Path.of("/proc/self/status"));

    /// @param engine how long the engine takes to answer
    /// @param requests those that this server has answered
    /// @param version of this server
    public Metrics(
            Mirror mirror,
            Stats stats,
            Admission admission,
            Jobs jobs,
            EngineTimes engine,
            RequestCounts requests,
            MetricsSettings settings,
            InstantSource clock,
            String version) {
        this.mirror = mirror;
        this.stats = stats;
        this.clock = clock;
        this.containers = new ContainerSeries(settings.containerLabels());
        this.server = new ServerSeries(admission, jobs, stats, engine, requests, version);
    }

    /// Somebody who reads figures looks at the samples: for the next half minute they are taken each second.
    public String text(Format format) {
        Snapshot snapshot = mirror.snapshot();
        SampleTable samples = stats.table();
        var to = new Exposition(
                format, LENGTH_OF_OURS + LENGTH_OF_ONE * snapshot.containers().size());
        containers.write(snapshot, samples, to);
        server.write(snapshot, samples, clock.instant(), to);
        process.write(to);
        return to.end();
    }
}
