package dev.berth.images;

import dev.berth.jobs.Jobs;
import dev.berth.mirror.MirrorBench;
import dev.berth.model.Pause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The room of images on an engine in memory, in the time that its test moves.
final class ImagesOnABench {
    static final DockerConfig NOBODY = new DockerConfig(Path.of("no", "such", "config.json"), List.of());

    private ImagesOnABench() {}

    /// Asks registries through the engine, and only when it is told to.
    static Images unchecked(MirrorBench bench, Jobs jobs) {
        return with(bench, jobs, far(bench), Optional.empty());
    }

    static Images with(MirrorBench bench, Jobs jobs, Registries registries, Optional<Duration> checkEvery) {
        return new Images(
                bench.engine,
                bench.mirror,
                jobs,
                bench.feed,
                registries,
                new ImagesSettings(3, checkEvery),
                bench.time,
                bench.time,
                new Random(1));
    }

    static Registries far(MirrorBench bench) {
        return registries(bench, NOBODY, false, bench.time);
    }

    static Registries registries(MirrorBench bench, DockerConfig config, boolean near, Pause pause) {
        return new Registries(bench.engine.images(), new Credentials(config), near, bench.time, pause);
    }
}
