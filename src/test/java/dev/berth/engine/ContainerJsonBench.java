package dev.berth.engine;

import dev.berth.json.JsonReader;
import dev.berth.model.Container;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// An inspect, from the engine's bytes to our words.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContainerJsonBench {
    private final byte[] bytes = Recorded.bytes("inspect-running");

    @Benchmark
    public Container inspect() throws JsonReader.Broken {
        return ContainerJson.read(JsonReader.engine(bytes, 0, bytes.length));
    }
}
