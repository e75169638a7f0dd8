package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.Container.HostPort;
import dev.berth.model.ContainerPort;
import dev.berth.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A container's ports in its inspect: what it exposes, with the host's addresses where there are any.
final class PortsJson {
    private static final String EVERY_ADDRESS = "0.0.0.0";
    private static final int HIGHEST = 65_535;

    private PortsJson() {}

    /// @param alive a running container's ports are those that the engine bound; a stopped one's those it will bind,
    ///     less the ones that the engine will pick then
    static Map<ContainerPort, List<HostPort>> read(Json json, boolean alive) {
        var ports = new TreeMap<ContainerPort, List<HostPort>>();
        json.at("Config", "ExposedPorts")
                .fields()
                .keySet()
                .forEach(name -> port(name).ifPresent(port -> ports.put(port, List.of())));
        Json bound = alive ? json.at("NetworkSettings", "Ports") : json.at("HostConfig", "PortBindings");
        bound.fields().forEach((name, bindings) -> port(name).ifPresent(port -> ports.put(port, bindings(bindings))));
        return ports;
    }

    private static List<HostPort> bindings(Json bindings) {
        List<HostPort> read = new ArrayList<>();
        for (Json binding : bindings.items())
            number(binding.get("HostPort").textOrEmpty())
                    .ifPresent(number -> read.add(
                            new HostPort(binding.get("HostIp").someText().orElse(EVERY_ADDRESS), number)));
        return List.copyOf(read);
    }

    private static Optional<ContainerPort> port(String name) {
        try {
            return Optional.of(ContainerPort.parse(name));
        } catch (Failure.Invalid unknownProtocol) {
            return Optional.empty();
        }
    }

    /// Empty and 0 are for the engine to pick; a range is not yet decided either.
    private static Optional<Integer> number(String text) {
        try {
            int number = Integer.parseInt(text);
            return number > 0 && number <= HIGHEST ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }
}
