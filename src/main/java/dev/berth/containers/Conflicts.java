package dev.berth.containers;

import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerPort;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.PortBinding;
import java.util.Optional;

/// Says which container stands in the way of a new one. The engine is the judge; this knows names.
record Conflicts(Snapshot snapshot) {
    /// @throws Failure.Conflict if a name or a port that a container wants is taken by another
    void check(ContainerSpec spec, boolean start) {
        spec.name().flatMap(this::named).ifPresent(other -> {
            throw nameTaken(other);
        });
        if (start)
            holder(spec).ifPresent(held -> {
                throw portTaken(held);
            });
    }

    /// @throws Failure.Conflict if another container has the name
    void checkName(String name, ContainerId but) {
        named(name).filter(it -> !it.id().equals(but)).ifPresent(other -> {
            throw nameTaken(other);
        });
    }

    /// The engine's refusal, with the name of the container that holds the port if one does.
    Failure explained(Failure refusal, ContainerSpec spec) {
        if (!refusal.code().equals("port-taken")) return refusal;
        Optional<Held> held = holder(spec);
        if (held.isEmpty()) return refusal;
        Failure explained = portTaken(held.get());
        refusal.engineMessage().ifPresent(explained::saidByEngine);
        return explained;
    }

    private record Held(int port, ContainerPort.Protocol protocol, Container by) {}

    private static Failure portTaken(Held held) {
        return new Failure.Conflict(
                        "port-taken",
                        "the host's port " + held.port() + " is taken by container "
                                + held.by().name())
                .with("container", held.by().name())
                .with("port", (long) held.port());
    }

    private static Failure nameTaken(Container other) {
        return new Failure.Conflict(
                        "name-taken",
                        "the name '" + other.name() + "' is taken by container "
                                + other.id().shortId())
                .with("container", other.id().hex());
    }

    private Optional<Container> named(String name) {
        return snapshot.containers().values().stream()
                .filter(it -> it.name().equals(name))
                .findFirst();
    }

    private Optional<Held> holder(ContainerSpec spec) {
        for (var wanted : spec.ports().entrySet())
            for (PortBinding binding : wanted.getValue())
                for (Container other : snapshot.containers().values())
                    if (other.status().alive() && binding.port().isPresent() && holds(other, wanted.getKey(), binding))
                        return Optional.of(new Held(
                                binding.port().getAsInt(), wanted.getKey().protocol(), other));
        return Optional.empty();
    }

    private static boolean holds(Container other, ContainerPort wanted, PortBinding binding) {
        return other.ports().entrySet().stream()
                .filter(it -> it.getKey().protocol() == wanted.protocol())
                .flatMap(it -> it.getValue().stream())
                .anyMatch(it -> it.port() == binding.port().getAsInt()
                        && (binding.ip().filter(ip -> !isAny(ip)).isEmpty()
                                || isAny(it.ip())
                                || binding.ip().get().equals(it.ip())));
    }

    private static boolean isAny(String ip) {
        return ip.equals("0.0.0.0") || ip.equals("::");
    }
}
