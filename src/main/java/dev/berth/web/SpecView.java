package dev.berth.web;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.DeviceRate;
import dev.berth.model.Limits;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import dev.berth.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// What a container would be made from, in the words of the request.
final class SpecView {
    private SpecView() {}

    static Json of(ContainerSpec spec, boolean start) {
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
                .put("start", start);
        limits(object, spec.limits());
        return object.build();
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
