package dev.berth.web;

import dev.berth.admission.Admission;
import dev.berth.admission.AdmissionSettings;
import dev.berth.engine.EngineTimes;
import dev.berth.feed.Feed;
import dev.berth.jobs.Jobs;
import dev.berth.metrics.Format;
import dev.berth.metrics.Metrics;
import dev.berth.metrics.MetricsSettings;
import dev.berth.metrics.RequestCounts;
import dev.berth.stats.SampledContainers;
import dev.berth.store.ScratchDatabase;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What each reader of the figures pays: they are written anew.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls run() first
public class MetricsBench {
    @Param({"10", "50", "300", "2000"})
    public int containers = 10;

    private SampledContainers sampled;
    private Jobs jobs;
    private Metrics all;

    @Setup
    public void run() {
        sampled = new SampledContainers(containers);
        sampled.sample();
        var clock = InstantSource.system();
        var feed = new Feed(clock);
        jobs = new Jobs(ScratchDatabase.make(), Set.of(), feed, clock, new Random(1));
        all = new Metrics(
                sampled.mirror(),
                sampled.stats(),
                new Admission(sampled.mirror(), sampled.stats()::table, AdmissionSettings.DEFAULTS, feed, clock),
                jobs,
                new EngineTimes(System::nanoTime),
                new RequestCounts(System::nanoTime),
                new MetricsSettings(List.of("stage")),
                clock,
                "0");
    }

    @Benchmark
    public byte[] metrics() {
        return Rendered.text(all.text(Format.TEXT)).plain();
    }

    @TearDown
    public void end() {
        sampled.close();
        jobs.close();
    }
}
