package dev.berth.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the server's own process takes, under the names that every process shows such figures by.
final class ProcessSeries {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long BYTES_PER_KB = 1024;

    private final Path status;

    /// @param status the kernel's file about this process, `/proc/self/status`
    ProcessSeries(Path status) {
        this.status = status;
    }

    void write(Exposition to) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            to.counter("process_cpu_seconds_total", "seconds", "CPU time that this process has used.")
                    .seconds("", system.getProcessCpuTime());
            to.gauge("process_open_fds", "", "Open file descriptors.").sample("", system.getOpenFileDescriptorCount());
            to.gauge("process_max_fds", "", "How many file descriptors may be open.")
                    .sample("", system.getMaxFileDescriptorCount());
        }
        to.gauge("process_start_time_seconds", "seconds", "When this process began, in seconds since the epoch.")
                .seconds("", ManagementFactory.getRuntimeMXBean().getStartTime() * NANOS_PER_MILLI);
        List<String> lines = lines();
        size(lines, "VmRSS:")
                .ifPresent(it -> to.gauge(
                                "process_resident_memory_bytes",
                                "bytes",
                                "Memory of this process that is in the machine's.")
                        .sample("", it));
        size(lines, "VmSize:")
                .ifPresent(it -> to.gauge(
                                "process_virtual_memory_bytes", "bytes", "Addresses that this process has taken.")
                        .sample("", it));
        machine(to);
    }

    private static void machine(Exposition to) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        String inHeap = Labels.of("area", "heap").toString();
        String outside = Labels.of("area", "nonheap").toString();
        to.gauge("jvm_memory_used_bytes", "bytes", "Memory that the Java machine uses.")
                .sample(inHeap, heap.getUsed())
                .sample(outside, other.getUsed());
        to.gauge("jvm_memory_committed_bytes", "bytes", "Memory that the Java machine has taken.")
                .sample(inHeap, heap.getCommitted())
                .sample(outside, other.getCommitted());
        to.gauge("jvm_memory_max_bytes", "bytes", "Memory that the Java machine may take.")
                .sample(inHeap, heap.getMax());
        to.gauge("jvm_buffer_pool_used_bytes", "bytes", "Memory of the buffers outside of the heap.");
        for (var pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class))
            to.sample(Labels.of("pool", pool.getName()).toString(), pool.getMemoryUsed());
        to.counter("jvm_gc_collections_total", "", "Garbage collections.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
            to.sample(Labels.of("gc", collector.getName()).toString(), collector.getCollectionCount());
        to.counter("jvm_gc_collection_seconds_total", "seconds", "Time spent on garbage collections.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
            to.seconds(
                    Labels.of("gc", collector.getName()).toString(), collector.getCollectionTime() * NANOS_PER_MILLI);
        to.gauge("jvm_threads_current", "", "Threads of the operating system; virtual ones are not counted.")
                .sample("", ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private List<String> lines() {
        if (!Files.isReadable(status)) return List.of();
        try {
            return Files.readAllLines(status);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// `VmRSS:     12345 kB`
    private static Optional<Long> size(List<String> lines, String name) {
        return lines.stream()
                .filter(it -> it.startsWith(name))
                .map(it -> Long.parseLong(it.replaceAll("\\D", "")) * BYTES_PER_KB)
                .findFirst();
    }
}
