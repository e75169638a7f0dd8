package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.Failure;
import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The fake engine's networks. The engine itself is the lock.
final class FakeNetworks implements EngineNetworks {
    private static final Set<String> PREDEFINED = Set.of("bridge", "host", "none");

    private final FakeEngine engine;
    private final Map<String, Network> all = new LinkedHashMap<>();

    FakeNetworks(FakeEngine engine) {
        this.engine = engine;
        for (String name : PREDEFINED) put(new NetworkSpec(name, Optional.of(name), List.of(), false, Map.of()));
    }

    @Override
    public List<Network> list() {
        return engine.call(Call.LIST_NETWORKS, () -> List.copyOf(all.values()));
    }

    @Override
    public String create(NetworkSpec spec) {
        return engine.call(Call.CREATE_NETWORK, () -> {
            if (all.values().stream().anyMatch(it -> it.name().equals(spec.name())))
                throw new Failure.Conflict("network-exists", "there is a network '" + spec.name() + "' already")
                        .saidByEngine("network with name " + spec.name() + " already exists");
            if (spec.driver().filter(it -> it.startsWith("nosuch")).isPresent())
                throw new Failure.Rejected("network-refused", "the engine refused to create the network")
                        .saidByEngine("plugin \"" + spec.driver().get() + "\" not found");
            List<String> taken = all.values().stream()
                    .flatMap(it -> it.ranges().stream())
                    .map(Network.Range::subnet)
                    .toList();
            if (spec.ranges().stream().anyMatch(it -> taken.contains(it.subnet())))
                throw new Failure.Conflict("subnet-taken", "the subnet overlaps with one that another network has")
                        .saidByEngine("Pool overlaps with other one on this address space");
            return put(spec).id();
        });
    }

    @Override
    public void remove(String id) {
        engine.call(Call.REMOVE_NETWORK, () -> {
            Network network = all.get(id);
            if (network == null) return true;
            if (PREDEFINED.contains(network.name()))
                throw new Failure.Conflict("network-predefined", "a network of the engine's own cannot be removed")
                        .saidByEngine(network.name() + " is a pre-defined network and cannot be removed");
            if (engine.runsIn(network.name()))
                throw new Failure.Conflict("network-in-use", "the network is in use")
                        .saidByEngine("network " + network.name() + " has active endpoints");
            all.remove(id);
            return true;
        });
    }

    boolean has(String name) {
        return all.values().stream()
                .anyMatch(it -> it.name().equals(name) || it.id().equals(name));
    }

    private Network put(NetworkSpec spec) {
        var network = new Network(
                FakeImages.hash("network " + spec.name()),
                spec.name(),
                spec.driver().orElse("bridge"),
                spec.ranges(),
                spec.internal(),
                spec.labels(),
                Optional.of(engine.tick()));
        all.put(network.id(), network);
        return network;
    }
}
