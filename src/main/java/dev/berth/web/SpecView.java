package dev.berth.web;

import dev.berth.containers.CreateRequest;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.Device;
import dev.berth.model.DeviceRate;
import dev.berth.model.HealthCheck;
import dev.berth.model.Limits;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import dev.berth.model.VolumeMount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// What a container would be made from, in the words of the request.
final class SpecView {
    private SpecView() {}

    static Json of(CreateRequest request) {
        ContainerSpec spec = request.spec();
        var object = new ObjBuilder()
                .put("image_name", spec.image().toString())
                .putText("name", spec.name())
                .put("ports", ports(spec))
                .put("environment", spec.environment())
                .put("command", strings(spec.command()))
                .put("entrypoint", strings(spec.entrypoint()))
                .putText("working_dir", spec.workingDir())
                .putText("user", spec.user())
                .putText("hostname", spec.hostname())
                .put("labels", Json.of(spec.labels()))
                .put(
                        "volumes",
                        spec.volumes().stream().map(VolumeMount::toString).toList())
                .put("networks", spec.networks())
                .put("restart_policy", spec.restartPolicy().toString())
                .put("read_only", spec.readOnly())
                .put("cap_drop", spec.dropCapabilities())
                .put("init", spec.init())
                .put("stop_timeout", spec.stopTimeoutSeconds())
                .put("healthcheck", spec.healthCheck().map(SpecView::check).orElse(Json.Null.VALUE))
                .put("tmpfs", Json.of(spec.tmpfs()))
                .put("ulimits", ulimits(spec))
                .putText("log_driver", spec.logging().driver())
                .put("log_options", Json.of(spec.logging().options()))
                .put("privileged", spec.privileges().all())
                .put("cap_add", spec.privileges().addCapabilities())
                .put(
                        "devices",
                        spec.privileges().devices().stream()
                                .map(Device::toString)
                                .toList())
                .put("start", request.start())
                .put("pull", request.pull().word())
                .put("wait_healthy", seconds(request.waitHealthy()));
        limits(object, spec.limits());
        return object.build();
    }

    private static Json check(HealthCheck check) {
        if (check.disabled()) return new ObjBuilder().put("disable", true).build();
        return new ObjBuilder()
                .put("retries", check.retries())
                .put("test", check.test().map(SpecView::test).orElse(Json.Null.VALUE))
                .put("interval", seconds(check.interval()))
                .put("timeout", seconds(check.timeout()))
                .put("start_period", seconds(check.startPeriod()))
                .build();
    }

    private static Json test(HealthCheck.Test test) {
        return test.shell() ? Json.of(test.words().getFirst()) : Json.of(test.words());
    }

    private static Json seconds(Optional<Duration> span) {
        return span.map(it -> Json.of(it.toNanos() / 1e9)).orElse(Json.Null.VALUE);
    }

    private static Json ulimits(ContainerSpec spec) {
        var ulimits = new TreeMap<String, Json>();
        spec.ulimits()
                .forEach((name, limit) -> ulimits.put(
                        name,
                        new ObjBuilder()
                                .put("soft", limit.soft())
                                .put("hard", limit.hard())
                                .build()));
        return new Json.Obj(ulimits);
    }

    private static void limits(ObjBuilder object, Limits limits) {
        object.put("mem_limit", bytes(limits.memory()))
                .put("mem_reservation", bytes(limits.memoryReservation()))
                .put(
                        "cpu_percent_limit",
                        limits.cpus().map(Cpus::percent).map(Json::of).orElse(Json.Null.VALUE))
                .put("pids_limit", limits.pids())
                .put("device_read_bps", rates(limits.readBytes()))
                .put("device_read_iops", rates(limits.readOperations()))
                .put("device_write_bps", rates(limits.writeBytes()))
                .put("device_write_iops", rates(limits.writeOperations()));
    }

    private static Json bytes(Optional<MemorySize> size) {
        return size.map(it -> Json.of(it.bytes())).orElse(Json.Null.VALUE);
    }

    private static Json strings(Optional<List<String>> list) {
        return list.map(Json::of).orElse(Json.Null.VALUE);
    }

    private static Json rates(List<DeviceRate> rates) {
        var list = new ArrayList<Json>();
        for (DeviceRate rate : rates)
            list.add(new ObjBuilder()
                    .put("Path", rate.path())
                    .put("Rate", rate.perSecond())
                    .build());
        return new Json.Arr(list);
    }

    private static Json ports(ContainerSpec spec) {
        var ports = new TreeMap<String, Json>();
        spec.ports().forEach((port, bindings) -> {
            var list = new ArrayList<Json>();
            for (PortBinding binding : bindings)
                list.add(new ObjBuilder()
                        .putText("ip", binding.ip())
                        .put("port", binding.port())
                        .build());
            ports.put(port.toString(), new Json.Arr(list));
        });
        return new Json.Obj(ports);
    }
}
