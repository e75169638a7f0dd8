package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.Container;
import dev.berth.model.Container.Reliance;
import dev.berth.model.ContainerId;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import dev.berth.model.MemorySize;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// A container's inspect.
final class ContainerJson {
    private static final long NANO_CPUS = 1_000_000_000;
    private static final long USUAL_PERIOD = 100_000;
    private static final String OF_CONTAINER = "container:";

    private ContainerJson() {}

    static Container read(Json json) {
        Json state = json.get("State");
        Json config = json.get("Config");
        Json host = json.get("HostConfig");
        Status status = status(state.get("Status").textOrEmpty());
        Optional<Instant> started = time(state.get("StartedAt"));
        return new Container(
                new ContainerId(json.get("Id").textOrEmpty()),
                withoutSlash(json.get("Name").textOrEmpty()),
                ImageId.parse(json.get("Image").textOrEmpty()),
                config.get("Image").textOrEmpty(),
                time(json.get("Created")).orElse(Instant.EPOCH),
                status,
                state.get("Error").textOrEmpty(),
                started,
                time(state.get("FinishedAt")),
                started.isPresent() && !status.alive()
                        ? OptionalInt.of((int) state.get("ExitCode").wholeOr(0))
                        : OptionalInt.empty(),
                state.get("OOMKilled").isTrue(),
                state.at("Health", "Status").someText().filter(it -> !it.equals("none")),
                (int) json.get("RestartCount").wholeOr(0),
                restartPolicy(host.get("RestartPolicy")),
                (int) state.get("Pid").wholeOr(0),
                positive(host.get("Memory")).map(MemorySize::new),
                cpus(host),
                pids(host),
                PortsJson.read(json, status.alive()),
                texts(config.get("Labels")),
                networks(json.at("NetworkSettings", "Networks")),
                json.get("Mounts").items().stream().map(ContainerJson::mount).toList(),
                config.get("Cmd").texts(),
                config.get("Entrypoint").texts(),
                config.get("WorkingDir").textOrEmpty(),
                config.get("User").textOrEmpty(),
                config.get("Hostname").textOrEmpty(),
                host.get("AutoRemove").isTrue(),
                relies(host));
    }

    /// `NetworkMode: container:<id>`; `Links: /db:/web/alias`.
    private static Reliance relies(Json host) {
        var namespaces = new TreeSet<ContainerId>();
        for (String mode : List.of("NetworkMode", "PidMode", "IpcMode")) {
            String value = host.get(mode).textOrEmpty();
            String other = value.startsWith(OF_CONTAINER) ? value.substring(OF_CONTAINER.length()) : "";
            if (ContainerId.isFull(other)) namespaces.add(new ContainerId(other));
        }
        var links = new TreeSet<String>();
        for (String link : host.get("Links").texts())
            links.add(withoutSlash(link.substring(0, Math.max(0, link.lastIndexOf(':')))));
        return new Reliance(namespaces, links);
    }

    static String withoutSlash(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    /// An engine's time; its zero, the year 1, is none.
    static Optional<Instant> time(Json json) {
        try {
            return json.someText().map(Rfc3339::parse).filter(it -> it.isAfter(Instant.EPOCH));
        } catch (DateTimeException unreadable) {
            throw new Failure.Invalid("'" + json.textOrEmpty() + "' is not a time");
        }
    }

    static Map<String, String> texts(Json object) {
        var texts = new TreeMap<String, String>();
        object.fields().forEach((key, value) -> texts.put(key, value.textOrEmpty()));
        return texts;
    }

    /// Podman has states of its own.
    private static Status status(String word) {
        return switch (word) {
            case "configured", "initialized" -> Status.CREATED;
            case "stopping" -> Status.RUNNING;
            case "stopped" -> Status.EXITED;
            default -> Status.parse(word);
        };
    }

    private static RestartPolicy restartPolicy(Json json) {
        String name = json.get("Name").textOrEmpty();
        if (name.isEmpty()) return RestartPolicy.NO;
        RestartPolicy policy = RestartPolicy.parse(name);
        return policy.kind() == RestartPolicy.Kind.ON_FAILURE
                ? new RestartPolicy(
                        policy.kind(), (int) json.get("MaximumRetryCount").wholeOr(0))
                : policy;
    }

    private static Optional<Cpus> cpus(Json host) {
        Optional<Long> nanos = positive(host.get("NanoCpus"));
        if (nanos.isPresent()) return nanos.map(Cpus::new);
        long period = positive(host.get("CpuPeriod")).orElse(USUAL_PERIOD);
        return positive(host.get("CpuQuota"))
                .map(quota -> BigInteger.valueOf(quota)
                        .multiply(BigInteger.valueOf(NANO_CPUS))
                        .divide(BigInteger.valueOf(period)))
                .filter(it -> it.bitLength() < 64)
                .map(it -> new Cpus(it.longValueExact()));
    }

    /// 0 and less is unlimited, as is none.
    private static OptionalLong pids(Json host) {
        long limit = host.get("PidsLimit").wholeOr(0);
        return limit > 0 ? OptionalLong.of(limit) : OptionalLong.empty();
    }

    private static Optional<Long> positive(Json json) {
        long value = json.wholeOr(0);
        return value > 0 ? Optional.of(value) : Optional.empty();
    }

    private static Map<String, Container.Attachment> networks(Json networks) {
        var all = new TreeMap<String, Container.Attachment>();
        networks.fields()
                .forEach((name, it) -> all.put(
                        name,
                        new Container.Attachment(
                                it.get("IPAddress").someText(),
                                it.get("GlobalIPv6Address").someText(),
                                it.get("MacAddress").someText(),
                                it.get("Aliases").texts())));
        return all;
    }

    private static Container.Mount mount(Json json) {
        return new Container.Mount(
                json.get("Type").textOrEmpty(),
                json.get("Name").someText(),
                json.get("Source").someText(),
                json.get("Destination").textOrEmpty(),
                !json.get("RW").isTrue());
    }
}
