package dev.berth.web;

import dev.berth.images.AvailableUpdates;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.Cpus;
import dev.berth.model.Host;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.model.MemorySize;
import dev.berth.stats.Sample;
import dev.berth.stats.SampleTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// A container as the API shows it.
///
/// @param updates of the same snapshot
record ContainerView(Snapshot snapshot, SampleTable samples, AvailableUpdates updates) {
    /// The names of all its fields, for `?fields=`.
    static final Set<String> FIELDS = Set.of(
            ("block_read_bytes block_write_bytes command cpu_percent cpu_percent_limit created entrypoint exit_code"
                            + " finished_at health hostname id image image_short_id image_tags labels mem_limit"
                            + " mem_limit_bytes mem_max_usage mem_usage mem_working_set mounts name network_rx_bytes"
                            + " network_tx_bytes networks node oom_killed owner pids ports restart_count restart_policy"
                            + " sample_source sampled_at short_id started_at status update_available user working_dir")
                    .split(" "));

    Json.Obj of(Container container) {
        var object = new ObjBuilder();
        identity(object, container);
        state(object, container);
        configuration(object, container);
        statistics(object, container, samples);
        return object.build();
    }

    /// Its last sample alone.
    static Json.Obj statistics(Container container, SampleTable samples) {
        var object = new ObjBuilder();
        statistics(object, container, samples);
        return object.put("short_id", container.id().shortId())
                .put("name", container.name())
                .build();
    }

    private void identity(ObjBuilder object, Container container) {
        List<String> tags = snapshot.image(container.imageId()).map(Image::tags).orElse(List.of()).stream()
                .map(ImageRef::toString)
                .sorted()
                .toList();
        object.put("id", container.id().hex())
                .put("short_id", container.id().shortId())
                .put("name", container.name())
                .put("image", container.image())
                .put("image_short_id", container.imageId().shortId())
                .put("image_tags", tags)
                .put("created", container.created())
                .put("owner", Json.Null.VALUE)
                .put("node", Json.Null.VALUE)
                .put("update_available", known(updates.of(container)));
    }

    static Json known(Optional<Boolean> yes) {
        return yes.map(Json::of).orElse(Json.Null.VALUE);
    }

    private static void state(ObjBuilder object, Container container) {
        object.put("status", container.status().word())
                .putTime("started_at", container.startedAt())
                .putTime("finished_at", container.finishedAt())
                .put("exit_code", container.exitCode())
                .put("oom_killed", container.oomKilled())
                .putText("health", container.health())
                .put("restart_count", container.restartCount());
    }

    private void configuration(ObjBuilder object, Container container) {
        object.put("ports", ports(container))
                .put("labels", Json.of(container.labels()))
                .put("networks", networks(container))
                .put("mounts", mounts(container))
                .put(
                        "mem_limit",
                        container.memoryLimit().map(ContainerView::mebibytes).orElseGet(this::hostMemory))
                .put(
                        "mem_limit_bytes",
                        container.memoryLimit().map(it -> Json.of(it.bytes())).orElse(Json.Null.VALUE))
                .put(
                        "cpu_percent_limit",
                        container.cpuLimit().map(Cpus::percent).map(Json::of).orElse(Json.Null.VALUE))
                .put("restart_policy", container.restartPolicy().toString())
                .put("command", container.command())
                .put("entrypoint", container.entrypoint())
                .put("working_dir", container.workingDir())
                .put("user", container.user())
                .put("hostname", container.hostname());
    }

    /// Without a limit the original showed the host's memory.
    private Json hostMemory() {
        return snapshot.host().map(Host::memory).map(ContainerView::mebibytes).orElse(Json.Null.VALUE);
    }

    private static Json mebibytes(MemorySize size) {
        return Json.of(size.mebibytes());
    }

    private static void statistics(ObjBuilder object, Container container, SampleTable samples) {
        Optional<Sample> sample = samples.of(container);
        object.put(
                        "cpu_percent",
                        sample.map(Sample::cpuPercent)
                                .orElse(OptionalDouble.empty())
                                .orElse(0))
                .put("mem_usage", original(sample, Sample::memoryUsage))
                .put("mem_max_usage", original(sample, Sample::memoryMaximum))
                .put("mem_working_set", original(sample, Sample::workingSet))
                .put("pids", newer(sample, Sample::pids))
                .put("network_rx_bytes", newer(sample, Sample::networkReceived))
                .put("network_tx_bytes", newer(sample, Sample::networkSent))
                .put("block_read_bytes", newer(sample, Sample::blockRead))
                .put("block_write_bytes", newer(sample, Sample::blockWritten))
                .putTime("sampled_at", sample.map(Sample::at))
                .putText("sample_source", sample.map(it -> it.source().word()));
    }

    /// MiB; 0 without a sample, so that sums work; null only where the engine cannot tell.
    private static Json original(Optional<Sample> sample, Function<Sample, OptionalLong> figure) {
        if (sample.isEmpty()) return Json.of(0);
        OptionalLong bytes = figure.apply(sample.get());
        return bytes.isPresent() ? Json.of(new MemorySize(bytes.getAsLong()).mebibytes()) : Json.Null.VALUE;
    }

    private static OptionalLong newer(Optional<Sample> sample, Function<Sample, OptionalLong> figure) {
        return sample.map(figure).orElse(OptionalLong.empty());
    }

    private static Json ports(Container container) {
        var ports = new TreeMap<String, Json>();
        container.ports().forEach((port, bindings) -> {
            var addresses = new ArrayList<Json>();
            for (Container.HostPort binding : bindings)
                addresses.add(new ObjBuilder()
                        .put("ip", binding.ip())
                        .put("port", binding.port())
                        .build());
            ports.put(port.toString(), new Json.Arr(addresses));
        });
        return new Json.Obj(ports);
    }

    private static Json networks(Container container) {
        var networks = new TreeMap<String, Json>();
        for (Map.Entry<String, Container.Attachment> entry :
                container.networks().entrySet()) {
            Container.Attachment network = entry.getValue();
            networks.put(
                    entry.getKey(),
                    new ObjBuilder()
                            .putText("ip_address", network.ipAddress())
                            .putText("ipv6_address", network.ipv6Address())
                            .putText("mac_address", network.macAddress())
                            .put("aliases", network.aliases())
                            .build());
        }
        return new Json.Obj(networks);
    }

    private static Json mounts(Container container) {
        var mounts = new ArrayList<Json>();
        for (Container.Mount mount : container.mounts())
            mounts.add(new ObjBuilder()
                    .put("type", mount.type())
                    .putText("name", mount.name())
                    .putText("source", mount.source())
                    .put("destination", mount.destination())
                    .put("read_only", mount.readOnly())
                    .build());
        return new Json.Arr(mounts);
    }
}
