package dev.berth.stats;

import dev.berth.model.Alarm;
import dev.berth.model.ContainerId;
import dev.berth.model.Pause;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The sampler as it is in the server, over all groups below one group of this machine, and what it costs. `bench/run`
/// makes the groups and reads the line.
///
///     SamplerLoad FOLDER SECONDS
final class SamplerLoad implements FileSampler.Sink {
    /// So many readings, without pauses, that everything is compiled.
    private static final long WARM_UP = 100_000;

    private static final Duration SETTLING = Duration.ofSeconds(3);

    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong ahead = new AtomicLong();

    /// As long as the warm-up lasts a pause moves the clock instead of waiting.
    private final Alarm alarm = new Alarm() {
        private final Alarm real = Alarm.real();

        @Override
        public void await(Duration longest) throws InterruptedException {
            if (taken.get() < WARM_UP && lost.get() == 0) ahead.addAndGet(longest.toNanos());
            else real.await(longest);
        }

        @Override
        public void ring() {
            real.ring();
        }
    };

    private final FileSampler sampler;

    private SamplerLoad() {
        var files = new CgroupSource(Path.of("/"), this::nanos, Descriptors.halfOf(Path.of("/proc/self/limits")));
        int cpus = Runtime.getRuntime().availableProcessors();
        sampler = new FileSampler(files::open, () -> cpus, this::nanos, InstantSource.system(), alarm, this);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var load = new SamplerLoad();
        int count = load.followAll(Path.of(arguments[0]));
        load.measure(count, Integer.parseInt(arguments[1]));
    }

    private long nanos() {
        return System.nanoTime() + ahead.get();
    }

    /// @param folder with one group for each container, named by its id
    private int followAll(Path folder) throws IOException {
        try (Stream<Path> groups = Files.list(folder)) {
            List<Path> all = groups.filter(it -> it.getFileName().toString().length() == 64)
                    .toList();
            for (Path group : all) {
                String pid = Files.readAllLines(group.resolve("cgroup.procs")).getFirst();
                sampler.follow(new ContainerId(group.getFileName().toString()), Instant.EPOCH, Integer.parseInt(pid));
            }
            return all.size();
        }
    }

    private void measure(int containers, int seconds) throws InterruptedException, IOException {
        sampler.start();
        while (taken.get() < WARM_UP && lost.get() == 0) Pause.REAL.sleep(Duration.ofMillis(50));
        Pause.REAL.sleep(SETTLING);
        long thread = threadId();
        long skippedBefore = sampler.lastRound().skipped();
        long takenBefore = taken.get();
        long threadBefore = threadCpu(thread);
        long processBefore = processCpu();
        List<Long> rounds = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            Pause.REAL.sleep(Duration.ofSeconds(1));
            rounds.add(sampler.lastRound().cost().orElse(Duration.ZERO).toNanos());
        }
        long process = processCpu() - processBefore;
        long ofThread = threadCpu(thread) - threadBefore;
        double samples = Math.max(1, taken.get() - takenBefore);
        long descriptors = descriptors();
        rounds.sort(null);
        System.out.printf(
                "containers %d samples %.0f lost %d skipped %d thread_us %.2f process_us %.2f round_ms %.2f"
                        + " descriptors %d heap_mb %.1f%n",
                containers,
                samples,
                lost.get(),
                sampler.lastRound().skipped() - skippedBefore,
                ofThread / 1e3 / samples,
                process / 1e3 / samples,
                rounds.get(rounds.size() / 2) / 1e6,
                descriptors,
                heapAfterCollection() / 1e6);
        sampler.close();
    }

    private static long threadId() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().equals("sampler"))
                .findFirst()
                .orElseThrow()
                .threadId();
    }

    private static long threadCpu(long thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
    }

    /// All threads, by the scheduler: what the JVM says of its process is rounded to hundredths of a second.
    private static long processCpu() throws IOException {
        long sum = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList())
                sum += Long.parseLong(
                        Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
        }
        return sum;
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count() - 1; // one is that of the listing
        }
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void take(List<FileSampler.Taken> samples) {
        taken.addAndGet(samples.size());
    }

    @Override
    public void notOurs(ContainerId id, Instant startedAt) {
        lost.incrementAndGet();
    }

    @Override
    public void doubt(ContainerId id) {}

    @Override
    public boolean watched() {
        return true;
    }
}
