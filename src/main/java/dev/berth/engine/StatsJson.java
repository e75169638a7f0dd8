package dev.berth.engine;

import dev.berth.engine.StatsRecord.CpuCounters;
import dev.berth.json.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/// A line of a container's statistics.
final class StatsJson {
    private StatsJson() {}

    /// An empty record with a zero time is a stopped container's, and goes on without end: it ends the stream.
    static TranslatedStream.Step<StatsRecord> read(Json json) {
        Optional<Instant> read = ContainerJson.time(json.get("read"));
        if (read.isEmpty()) return new TranslatedStream.Step.End<>();
        Json memory = json.get("memory_stats");
        return new TranslatedStream.Step.Item<>(new StatsRecord(
                read.get(),
                cpu(json.get("cpu_stats")),
                before(json),
                memory.get("usage").whole(),
                memory.get("max_usage").whole(),
                inactiveFile(memory.get("stats")),
                json.at("pids_stats", "current").whole(),
                network(json.get("networks"), "rx_bytes"),
                network(json.get("networks"), "tx_bytes"),
                block(json, 'r'),
                block(json, 'w'),
                json.get("cpu_stats").at("throttling_data", "throttled_periods").whole()));
    }

    private static CpuCounters cpu(Json cpu) {
        long online = cpu.get("online_cpus").wholeOr(0);
        int each = cpu.at("cpu_usage", "percpu_usage").items().size();
        return new CpuCounters(
                cpu.at("cpu_usage", "total_usage").wholeOr(0),
                cpu.get("system_cpu_usage").whole(),
                (int) (online > 0 ? online : each));
    }

    /// A stream's first record has zeros for the one before it, and Podman's always have.
    private static Optional<CpuCounters> before(Json json) {
        CpuCounters before = cpu(json.get("precpu_stats"));
        boolean known = ContainerJson.time(json.get("preread")).isPresent()
                || before.host().orElse(0) > 0;
        return known && before.container() > 0 ? Optional.of(before) : Optional.empty();
    }

    /// As `docker stats` takes it: cgroup v1's sum over the hierarchy, else v2's.
    private static OptionalLong inactiveFile(Json stats) {
        OptionalLong hierarchy = stats.get("total_inactive_file").whole();
        return hierarchy.isPresent() ? hierarchy : stats.get("inactive_file").whole();
    }

    private static OptionalLong network(Json networks, String counter) {
        if (networks.fields().isEmpty()) return OptionalLong.empty();
        return sum(networks.fields().values().stream()
                .mapToLong(it -> it.get(counter).wholeOr(0)));
    }

    /// Operations are `Read` and `Write` on cgroup v1, `read` and `write` on v2.
    private static OptionalLong block(Json json, char operation) {
        Json all = json.at("blkio_stats", "io_service_bytes_recursive");
        if (all.isNull()) return OptionalLong.empty();
        return sum(all.items().stream()
                .filter(it ->
                        it.get("op").textOrEmpty().toLowerCase(Locale.ROOT).indexOf(operation) == 0)
                .mapToLong(it -> it.get("value").wholeOr(0)));
    }

    /// Counters are unsigned; beyond the largest signed number a sum stays there.
    private static OptionalLong sum(LongStream values) {
        return OptionalLong.of(values.reduce(0, (sum, value) -> sum + value < 0 ? Long.MAX_VALUE : sum + value));
    }
}
