package dev.berth.stats;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Finding numbers in the text of kernel files; what the kernel takes to write them is not in it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ProcTextBench {
    private static final byte[] INACTIVE_FILE = ProcText.word("inactive_file ");

    private final ProcText memory = new ProcText();
    private final ProcText interfaces = new ProcText();
    private final ProcNetwork network = new ProcNetwork();

    @Setup
    public void read() throws IOException, URISyntaxException {
        fill("memory.stat", memory);
        fill("net-dev", interfaces);
    }

    private static void fill(String name, ProcText text) throws IOException, URISyntaxException {
        var place = Objects.requireNonNull(ProcTextBench.class.getResource("cgroup-v2/" + name));
        try (OpenFile file = OpenFile.at(Path.of(place.toURI()), new Descriptors(1))) {
            file.into(text);
        }
    }

    @Benchmark
    public long memoryStat() throws Probe.Gone {
        return memory.number(INACTIVE_FILE);
    }

    @Benchmark
    public long netDev() throws Probe.Gone {
        return network.moved(interfaces) ? 0 : network.received();
    }
}
