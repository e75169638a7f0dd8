package dev.berth.attachments;

import dev.berth.engine.EngineNetworks;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Failure;
import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The engine's networks: list, create, remove.
public final class Networks {
    private static final System.Logger LOG = System.getLogger(Networks.class.getName());
    private static final Set<String> PREDEFINED = Set.of("bridge", "host", "none", "ingress", "podman");
    private static final Pattern ID_PREFIX = Pattern.compile("[0-9a-f]{1,64}");

    private final EngineNetworks engine;
    private final Mirror mirror;
    private final UnderWay underWay = new UnderWay();

    Networks(EngineNetworks engine, Mirror mirror) {
        this.engine = engine;
        this.mirror = mirror;
    }

    /// A network and who is attached to it.
    public record Item(Network network, UsedBy usedBy) {}

    public List<Item> list() {
        Snapshot snapshot = mirror.known();
        return engine.list().stream().map(it -> item(it, snapshot)).toList();
    }

    /// The network that a person means: by full id, by name, or by an id prefix that fits only one.
    ///
    /// @throws Failure.NotFound (`no-such-network`)
    /// @throws Failure.Conflict (`ambiguous-id`) if a name or a prefix fits several
    public Item one(String named) {
        Snapshot snapshot = mirror.known();
        return item(meant(named), snapshot);
    }

    private static Item item(Network network, Snapshot snapshot) {
        return new Item(network, UsedBy.network(snapshot, network.name()));
    }

    private Network meant(String named) {
        List<Network> all = engine.list();
        List<Network> fitting = all.stream().filter(it -> it.id().equals(named)).toList();
        if (fitting.isEmpty())
            fitting = all.stream().filter(it -> it.name().equals(named)).toList();
        if (fitting.isEmpty() && ID_PREFIX.matcher(named).matches())
            fitting = all.stream().filter(it -> it.id().startsWith(named)).toList();
        if (fitting.isEmpty()) throw new Failure.NotFound("no-such-network", "no network is called '" + named + "'");
        if (fitting.size() > 1)
            throw new Failure.Conflict("ambiguous-id", "this fits " + fitting.size() + " networks")
                    .with(
                            "candidates",
                            fitting.stream()
                                    .map(it -> it.id() + " " + it.name())
                                    .toList());
        return fitting.getFirst();
    }

    /// @throws Failure.Conflict if the name or the subnet is taken
    public Item create(NetworkSpec spec) {
        mirror.requireConnected();
        return underWay.alone(spec.name(), () -> exists(spec), () -> {
            check(spec);
            String id = engine.create(spec);
            LOG.log(Level.INFO, "network {0} ({1}) created", spec.name(), id);
            return one(id);
        });
    }

    /// @throws Failure what a create would be refused for, as far as it can be seen beforehand
    public void check(NetworkSpec spec) {
        mirror.requireConnected();
        if (engine.list().stream().anyMatch(it -> it.name().equals(spec.name()))) throw exists(spec);
    }

    private static Failure exists(NetworkSpec spec) {
        return new Failure.Conflict("network-exists", "there is a network '" + spec.name() + "' already");
    }

    /// @throws Failure.Conflict if containers are attached to it, running or not: they could not be started any more
    public Network remove(String named) {
        Network network = removable(named);
        try {
            engine.remove(network.id());
        } catch (Failure.Conflict refused) {
            throw named(refused, one(network.id()));
        }
        LOG.log(Level.INFO, "network {0} ({1}) removed", network.name(), network.id());
        return network;
    }

    /// The network that `remove` would remove now.
    public Network removable(String named) {
        mirror.requireConnected();
        Item item = one(named);
        if (PREDEFINED.contains(item.network().name()))
            throw new Failure.Conflict("network-predefined", "a network of the engine's own cannot be removed");
        if (!item.usedBy().isNobody())
            throw named(new Failure.Conflict("network-in-use", "containers are attached to the network"), item);
        return item.network();
    }

    private static Failure named(Failure.Conflict refused, Item item) {
        return item.usedBy().isNobody()
                ? refused
                : refused.with("containers", item.usedBy().names());
    }

    /// Removes all that no container is attached to, running or not.
    public List<Network> prune() {
        List<Network> removed = new ArrayList<>();
        for (Network network : prunable()) {
            try {
                engine.remove(network.id());
                removed.add(network);
            } catch (Failure.Conflict | Failure.Rejected needed) {
                // Somebody was quicker, or a swarm's service has it: it stays.
                LOG.log(Level.DEBUG, "network {0} stays: {1}", network.name(), needed.detail());
            }
        }
        LOG.log(Level.INFO, "{0} unused networks removed", removed.size());
        return removed;
    }

    /// What `prune` would try to remove now.
    public List<Network> prunable() {
        mirror.requireConnected();
        return list().stream()
                .filter(it -> it.usedBy().isNobody()
                        && !PREDEFINED.contains(it.network().name()))
                .map(Item::network)
                .toList();
    }
}
