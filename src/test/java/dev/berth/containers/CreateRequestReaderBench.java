package dev.berth.containers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.json.JsonReader;
import dev.berth.model.Cpus;
import dev.berth.model.Faults;
import dev.berth.model.MemorySize;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// The body of a create, from bytes to a checked request.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CreateRequestReaderBench {
    private final EngineHost host = new EngineHost(
            Optional.of(Cpus.of(2)),
            Optional.of(MemorySize.parse("4g")),
            MemoryPresets.NONE,
            Optional.of("/dev/sda"::equals));
    private final byte[] body = """
            {"image_name": "nginx", "name": "web", "ports": {"80/tcp": 8080, "443/tcp": null}, "mem_limit": "2g",
             "cpu_percent_limit": 50, "environment": ["STAGE=try", "COLOUR=blue"], "labels": {"stage": "try"},
             "device_read_bps": [{"Path": "/dev/sda", "Rate": "10mb"}], "restart_policy": "always"}
            """.getBytes(UTF_8);

    @Benchmark
    public CreateRequest read() throws JsonReader.Broken {
        var faults = new Faults();
        return CreateRequestReader.read(JsonReader.request(body, faults), host, faults)
                .orElseThrow();
    }
}
