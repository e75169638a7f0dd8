package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.DockerEngine;
import dev.berth.engine.EngineSettings;
import dev.berth.engine.EngineTimes;
import dev.berth.feed.Feed;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Faults;
import dev.berth.model.Pause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The same container, seen through the kernel's files and through the engine's streams, on a real engine.
class SourcesAgreeIT {
    private static final String ENGINE = Optional.ofNullable(System.getenv("BERTH_LAB_ENGINE"))
            .orElseThrow(() -> new IllegalStateException("no lab: run ./test"));
    private static final Duration LOAD = Duration.ofSeconds(10);

    private static String docker(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", ENGINE));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), text);
        return text;
    }

    @Test
    void memoryAndCpuOfBothSourcesAgreeUnderLoad() throws IOException, InterruptedException {
        docker("pull", "-q", "busybox");
        String hex = docker("run", "-d", "--cpus", "0.4", "busybox", "sh", "-c", "while :; do :; done");
        var id = new ContainerId(hex.substring(0, 64));
        var random = new Random(1);
        var clock = InstantSource.system();
        var settings = EngineSettings.read(Optional.of(ENGINE), Map.of(), _ -> true, new Faults())
                .orElseThrow();
        try (var engine = DockerEngine.at(settings, new EngineTimes(System::nanoTime));
                var mirror = new Mirror(engine, new Feed(clock), clock, Pause.REAL, random);
                var files = Stats.ofFiles(
                        engine, mirror, StatsSettings.DEFAULTS, clock, System::nanoTime, Pause.REAL, random);
                var streams = Stats.ofEngine(engine, mirror, StatsSettings.DEFAULTS, clock, Pause.REAL, random)) {
            mirror.start();
            Awaitility.await().until(() -> mirror.snapshot().container(id).isPresent());
            Container container = mirror.snapshot().container(id).orElseThrow();
            var ours = new TreeMap<Instant, Sample>();
            var theirs = new TreeMap<Instant, Sample>();
            Awaitility.await().atMost(LOAD.multipliedBy(4)).until(() -> {
                collect(files, container, ours);
                collect(streams, container, theirs);
                return spans(ours) && spans(theirs);
            });
            assertTrue(ours.firstEntry().getValue().source() != Sample.Source.ENGINE);
            assertEquals(Sample.Source.ENGINE, theirs.firstEntry().getValue().source());
            assertEquals(mean(theirs), mean(ours), 2, "percent of a CPU");
            long difference = Math.abs(usage(ours) - usage(theirs));
            assertTrue(difference <= 1 << 20, () -> "memory differs by " + difference + " bytes");
        } finally {
            docker("rm", "-f", hex.substring(0, 64));
        }
    }

    private static void collect(Stats stats, Container container, NavigableMap<Instant, Sample> into) {
        stats.table().of(container).filter(it -> it.cpuPercent().isPresent()).ifPresent(it -> into.put(it.at(), it));
    }

    private static boolean spans(NavigableMap<Instant, Sample> samples) {
        return samples.size() > 1
                && Duration.between(samples.firstKey(), samples.lastKey()).compareTo(LOAD) >= 0;
    }

    private static double mean(NavigableMap<Instant, Sample> samples) {
        return samples.values().stream()
                .mapToDouble(it -> it.cpuPercent().orElseThrow())
                .average()
                .orElseThrow();
    }

    private static long usage(NavigableMap<Instant, Sample> samples) {
        return samples.lastEntry().getValue().memoryUsage().orElseThrow();
    }
}
