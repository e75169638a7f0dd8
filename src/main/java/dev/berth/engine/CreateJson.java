package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerPort;
import dev.berth.model.ContainerSpec;
import dev.berth.model.DeviceRate;
import dev.berth.model.HealthCheck;
import dev.berth.model.Limits;
import dev.berth.model.Logging;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import dev.berth.model.Privileges;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Ulimit;
import dev.berth.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The body of a create.
final class CreateJson {
    private static final String ROTATING = "json-file";

    private CreateJson() {}

    /// @param logDriver the engine's default
    static Json body(ContainerSpec spec, String logDriver) {
        var body = new ObjBuilder()
                .put("Image", spec.image().toString())
                .put("Env", spec.environment())
                .put("Labels", Json.of(spec.labels()))
                .put("ExposedPorts", object(spec.ports(), _ -> Json.Obj.empty()))
                .put("HostConfig", hostConfig(spec, logDriver));
        spec.command().ifPresent(it -> body.put("Cmd", it));
        spec.entrypoint().ifPresent(it -> body.put("Entrypoint", it));
        spec.workingDir().ifPresent(it -> body.put("WorkingDir", it));
        spec.user().ifPresent(it -> body.put("User", it));
        spec.hostname().ifPresent(it -> body.put("Hostname", it));
        spec.stopTimeoutSeconds().ifPresent(it -> body.put("StopTimeout", it));
        spec.healthCheck().ifPresent(it -> body.put("Healthcheck", healthCheck(it)));
        spec.networks().stream()
                .findFirst()
                .ifPresent(first -> body.put(
                        "NetworkingConfig",
                        new ObjBuilder()
                                .put(
                                        "EndpointsConfig",
                                        new ObjBuilder()
                                                .put(first, Json.Obj.empty())
                                                .build())
                                .build()));
        return body.build();
    }

    private static Json hostConfig(ContainerSpec spec, String logDriver) {
        var host = new ObjBuilder()
                .put("PortBindings", object(spec.ports(), CreateJson::bindings))
                .put("Binds", spec.volumes().stream().map(VolumeMount::toString).toList())
                .put("NetworkMode", spec.networks().stream().findFirst().orElse("default"))
                .put("RestartPolicy", restartPolicy(spec.restartPolicy()))
                .put("ReadonlyRootfs", spec.readOnly())
                .put("CapDrop", spec.dropCapabilities())
                .put("Init", spec.init());
        limits(spec.limits(), host);
        privileges(spec.privileges(), host);
        if (!spec.tmpfs().isEmpty()) host.put("Tmpfs", Json.of(spec.tmpfs()));
        if (!spec.ulimits().isEmpty()) host.put("Ulimits", ulimits(spec.ulimits()));
        logging(spec.logging(), logDriver, host);
        return host.build();
    }

    private static void logging(Logging logging, String engineDefault, ObjBuilder host) {
        String driver = logging.driver().orElse(engineDefault);
        boolean bare = logging.options().isEmpty();
        if (bare && logging.driver().isEmpty() && !driver.equals(ROTATING)) return;
        // Left alone this driver never rotates and fills the disk: https://github.com/moby/moby/issues/27957
        Map<String, String> options =
                bare && driver.equals(ROTATING) ? Map.of("max-size", "10m", "max-file", "3") : logging.options();
        host.put(
                "LogConfig",
                new ObjBuilder()
                        .put("Type", driver)
                        .put("Config", Json.of(options))
                        .build());
    }

    private static void privileges(Privileges privileges, ObjBuilder host) {
        if (privileges.all()) host.put("Privileged", true);
        if (!privileges.addCapabilities().isEmpty()) host.put("CapAdd", privileges.addCapabilities());
        if (privileges.devices().isEmpty()) return;
        host.put(
                "Devices",
                new Json.Arr(privileges.devices().stream()
                        .<Json>map(it -> new ObjBuilder()
                                .put("PathOnHost", it.path())
                                .put("PathInContainer", it.target())
                                .put("CgroupPermissions", it.rights())
                                .build())
                        .toList()));
    }

    private static Json ulimits(Map<String, Ulimit> ulimits) {
        return new Json.Arr(ulimits.entrySet().stream()
                .<Json>map(it -> new ObjBuilder()
                        .put("Name", it.getKey())
                        .put("Soft", it.getValue().soft())
                        .put("Hard", it.getValue().hard())
                        .build())
                .toList());
    }

    private static Json healthCheck(HealthCheck check) {
        if (check.disabled())
            return new ObjBuilder().put("Test", List.of("NONE")).build();
        var json = new ObjBuilder();
        check.test().ifPresent(it -> json.put("Test", words(it)));
        check.interval().ifPresent(it -> json.put("Interval", it.toNanos()));
        check.timeout().ifPresent(it -> json.put("Timeout", it.toNanos()));
        check.startPeriod().ifPresent(it -> json.put("StartPeriod", it.toNanos()));
        check.retries().ifPresent(it -> json.put("Retries", it));
        return json.build();
    }

    private static List<String> words(HealthCheck.Test test) {
        List<String> words = new ArrayList<>(List.of(test.shell() ? "CMD-SHELL" : "CMD"));
        words.addAll(test.words());
        return words;
    }

    private static void limits(Limits limits, ObjBuilder host) {
        limits.memory().ifPresent(it -> memory(it, host));
        limits.memoryReservation().ifPresent(it -> host.put("MemoryReservation", it.bytes()));
        limits.cpus().ifPresent(it -> host.put("NanoCpus", it.nanos()));
        limits.pids().ifPresent(it -> host.put("PidsLimit", it));
        rates(host, "BlkioDeviceReadBps", limits.readBytes());
        rates(host, "BlkioDeviceReadIOps", limits.readOperations());
        rates(host, "BlkioDeviceWriteBps", limits.writeBytes());
        rates(host, "BlkioDeviceWriteIOps", limits.writeOperations());
    }

    static void memory(MemorySize size, ObjBuilder host) {
        // Equal means no swap on top; left out, engines allow as much swap again.
        host.put("Memory", size.bytes()).put("MemorySwap", size.bytes());
    }

    private static void rates(ObjBuilder host, String name, List<DeviceRate> rates) {
        if (rates.isEmpty()) return;
        host.put(
                name,
                new Json.Arr(rates.stream()
                        .<Json>map(it -> new ObjBuilder()
                                .put("Path", it.path())
                                .put("Rate", it.perSecond())
                                .build())
                        .toList()));
    }

    static Json restartPolicy(RestartPolicy policy) {
        return new ObjBuilder()
                .put("Name", policy.kind().word())
                .put("MaximumRetryCount", policy.retries())
                .build();
    }

    private static Json bindings(List<PortBinding> bindings) {
        return new Json.Arr(bindings.stream()
                .<Json>map(it -> new ObjBuilder()
                        .put("HostIp", it.ip().orElse(""))
                        .put(
                                "HostPort",
                                it.port().isPresent() ? String.valueOf(it.port().getAsInt()) : "")
                        .build())
                .toList());
    }

    private static Json object(Map<ContainerPort, List<PortBinding>> ports, Function<List<PortBinding>, Json> value) {
        var object = new ObjBuilder();
        ports.forEach((port, bindings) -> object.put(port.toString(), value.apply(bindings)));
        return object.build();
    }
}
