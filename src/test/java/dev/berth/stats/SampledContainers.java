package dev.berth.stats;

import dev.berth.engine.SpecDraft;
import dev.berth.engine.StatsRecord;
import dev.berth.engine.StatsRecord.CpuCounters;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.MirrorBench;
import dev.berth.model.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/// Running containers on an engine in memory, sampled when a benchmark says so. Every figure changes with each sample.
public final class SampledContainers implements AutoCloseable {
    private static final Duration BLINK = Duration.ofMillis(250);

    private final MirrorBench bench = new MirrorBench();
    private final Stats stats =
            Stats.ofEngine(bench.engine, bench.mirror, StatsSettings.DEFAULTS, bench.time, bench.time, new Random(1));
    private final List<ContainerId> ids = new ArrayList<>();
    private int second;

    public SampledContainers(int count) {
        for (int number = 0; number < count; number++)
            ids.add(bench.engine.runs(SpecDraft.of("busybox")
                    .named("web-" + number)
                    .running("sleep", "86400")
                    .memory("64m")
                    .label("stage", "production")
                    .port("80/tcp", 0)
                    .spec()));
        bench.connected();
        ids.forEach(id -> MirrorBench.eventually(() -> bench.engine.statsFollowers(id) == 1));
    }

    public Mirror mirror() {
        return bench.mirror;
    }

    public Stats stats() {
        return stats;
    }

    /// One more sample of each container; returns when the table that reads are served from shows them all.
    public void sample() {
        Instant at = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(++second);
        for (int number = 0; number < ids.size(); number++) bench.engine.measure(ids.get(number), record(at, number));
        while (!shown(at)) bench.time.advance(BLINK); // until then the table before it is shown
    }

    private boolean shown(Instant at) {
        var samples = stats.table().samples().values();
        return samples.size() == ids.size()
                && samples.stream().allMatch(it -> it.at().equals(at));
    }

    private StatsRecord record(Instant at, int number) {
        long figure = 1_000_003L * second + 7919L * number;
        var cpu = new CpuCounters(
                figure * 10, OptionalLong.of(Duration.ofSeconds(2L * second).toNanos()), 2);
        return new StatsRecord(
                at,
                cpu,
                Optional.empty(),
                OptionalLong.of(figure),
                OptionalLong.of(2 * figure),
                OptionalLong.of(figure / 3),
                OptionalLong.of(3),
                OptionalLong.of(figure),
                OptionalLong.of(figure * 2),
                OptionalLong.of(figure * 3),
                OptionalLong.of(figure * 4),
                OptionalLong.of(second));
    }

    @Override
    public void close() {
        stats.close();
        bench.close();
    }
}
