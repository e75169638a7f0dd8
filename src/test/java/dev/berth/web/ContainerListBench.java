package dev.berth.web;

import dev.berth.feed.Feed;
import dev.berth.images.Freshness;
import dev.berth.stats.SampledContainers;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What the first reader after a round of samples pays; whoever comes later gets the same bytes.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls run() first
public class ContainerListBench {
    private static final Query WHOLE = Query.parse("");

    @Param({"10", "50", "300", "2000"})
    public int containers = 10;

    private SampledContainers sampled;
    private ContainerList list;

    @Setup
    public void run() {
        sampled = new SampledContainers(containers);
        list = new ContainerList(
                sampled.mirror(), sampled.stats(), new Freshness(sampled.mirror(), new Feed(InstantSource.system())));
    }

    @Setup(Level.Invocation)
    public void sample() {
        sampled.sample();
    }

    @Benchmark
    public byte[] plain() {
        return list.get(WHOLE).plain();
    }

    @Benchmark
    public byte[] gzip() {
        return list.get(WHOLE).gzip();
    }

    @TearDown
    public void end() {
        sampled.close();
    }
}
