package dev.berth.metrics;

import dev.berth.model.Container;
import dev.berth.model.Cpus;
import dev.berth.model.MemorySize;
import dev.berth.stats.Sample;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// One of cAdvisor's families of series: <https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md>.
///
/// @param unit by which the name ends, empty for a plain number
/// @param split by what cAdvisor tells further series apart, of which ours is the sum
/// @param nanos whether the value is in nanoseconds and shown in seconds
/// @param value none where it is not known
record ContainerFamily(
        String name,
        Type type,
        String unit,
        String help,
        Split split,
        boolean nanos,
        Function<Row, OptionalLong> value) {
    /// CPU is limited over this much time by every engine, unless it is told otherwise, which Berth cannot.
    private static final long PERIOD_MICROS = 100_000;

    private static final long NANOS_PER_CPU = 1_000_000_000;
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    /// A container that runs, and its latest sample if it has one yet.
    record Row(Container container, Optional<Sample> sample) {
        private OptionalLong of(Function<Sample, OptionalLong> figure) {
            return sample.map(figure).orElse(OptionalLong.empty());
        }
    }

    enum Type {
        GAUGE,
        COUNTER
    }

    enum Split {
        NONE,
        CPU,
        DEVICE,
        INTERFACE
    }

    static final List<ContainerFamily> ALL = List.of(
            time(
                    "container_last_seen",
                    "",
                    "When the container was last sampled, in seconds since the epoch.",
                    it -> it.sample().map(Sample::at)),
            time(
                    "container_start_time_seconds",
                    "seconds",
                    "When the container was started, in seconds since the epoch.",
                    it -> it.container().startedAt()),
            new ContainerFamily(
                    "container_cpu_usage_seconds_total",
                    Type.COUNTER,
                    "seconds",
                    "CPU time that the container has used since its start, on all CPUs together.",
                    Split.CPU,
                    true,
                    it -> it.of(Sample::cpuNanos)),
            counter(
                    "container_cpu_cfs_throttled_periods_total",
                    "",
                    "How often the CPU limit has stopped the container.",
                    Split.NONE,
                    it -> it.of(Sample::throttledPeriods)),
            gauge(
                    "container_memory_usage_bytes",
                    "bytes",
                    "Memory in use, page cache included.",
                    it -> it.of(Sample::memoryUsage)),
            gauge(
                    "container_memory_working_set_bytes",
                    "bytes",
                    "Memory in use without the page cache that the kernel would drop first.",
                    it -> it.of(Sample::workingSet)),
            gauge(
                    "container_memory_max_usage_bytes",
                    "bytes",
                    "The highest memory usage since the container's start.",
                    it -> it.of(Sample::memoryMaximum)),
            gauge(
                    "container_spec_memory_limit_bytes",
                    "bytes",
                    "The memory limit, 0 without one.",
                    it -> OptionalLong.of(
                            it.container().memoryLimit().map(MemorySize::bytes).orElse(0L))),
            gauge(
                    "container_spec_cpu_period",
                    "",
                    "The time over which CPU is limited, in microseconds.",
                    _ -> OptionalLong.of(PERIOD_MICROS)),
            gauge(
                    "container_spec_cpu_quota",
                    "",
                    "CPU time allowed in each period, in microseconds; absent without a limit.",
                    it -> it.container().cpuLimit().map(ContainerFamily::quota).orElse(OptionalLong.empty())),
            counter(
                    "container_network_receive_bytes_total",
                    "bytes",
                    "Bytes received since the container's start, on all interfaces but the loopback.",
                    Split.INTERFACE,
                    it -> it.of(Sample::networkReceived)),
            counter(
                    "container_network_transmit_bytes_total",
                    "bytes",
                    "Bytes sent since the container's start, on all interfaces but the loopback.",
                    Split.INTERFACE,
                    it -> it.of(Sample::networkSent)),
            counter(
                    "container_fs_reads_bytes_total",
                    "bytes",
                    "Bytes read from block devices since the container's start.",
                    Split.DEVICE,
                    it -> it.of(Sample::blockRead)),
            counter(
                    "container_fs_writes_bytes_total",
                    "bytes",
                    "Bytes written to block devices since the container's start.",
                    Split.DEVICE,
                    it -> it.of(Sample::blockWritten)),
            gauge(
                    "container_processes",
                    "",
                    "Processes inside the container; threads count as well, since the kernel counts both together.",
                    it -> it.of(Sample::pids)),
            gauge("container_threads", "", "Processes and threads inside the container.", it -> it.of(Sample::pids)),
            gauge(
                    "container_threads_max",
                    "",
                    "The highest number of processes and threads allowed, 0 without a limit.",
                    it -> OptionalLong.of(it.container().pidsLimit().orElse(0))));

    private static ContainerFamily gauge(String name, String unit, String help, Function<Row, OptionalLong> value) {
        return new ContainerFamily(name, Type.GAUGE, unit, help, Split.NONE, false, value);
    }

    private static ContainerFamily counter(
            String name, String unit, String help, Split split, Function<Row, OptionalLong> value) {
        return new ContainerFamily(name, Type.COUNTER, unit, help, split, false, value);
    }

    private static ContainerFamily time(String name, String unit, String help, Function<Row, Optional<Instant>> value) {
        return new ContainerFamily(
                name,
                Type.GAUGE,
                unit,
                help,
                Split.NONE,
                true,
                it -> value.apply(it)
                        .map(at -> OptionalLong.of(Math.addExact(at.getEpochSecond() * NANOS_PER_SECOND, at.getNano())))
                        .orElse(OptionalLong.empty()));
    }

    private static OptionalLong quota(Cpus limit) {
        return OptionalLong.of(limit.nanos() / (NANOS_PER_CPU / PERIOD_MICROS));
    }
}
