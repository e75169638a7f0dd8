package dev.berth.attachments;

import dev.berth.engine.EngineVolumes;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Failure;
import dev.berth.model.Volume;
import dev.berth.model.VolumeSpec;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.OptionalLong;

/// The engine's volumes: list, create, remove.
public final class Volumes {
    private static final System.Logger LOG = System.getLogger(Volumes.class.getName());

    private final EngineVolumes engine;
    private final Mirror mirror;
    private final UnderWay underWay = new UnderWay();

    Volumes(EngineVolumes engine, Mirror mirror) {
        this.engine = engine;
        this.mirror = mirror;
    }

    /// A volume and who mounts it.
    public record Item(Volume volume, UsedBy usedBy) {}

    /// What a prune did, or would do.
    ///
    /// @param bytes none beforehand: engines measure when they delete
    public record Pruned(List<String> names, OptionalLong bytes) {}

    public List<Item> list() {
        Snapshot snapshot = mirror.known();
        return engine.list().stream().map(it -> item(it, snapshot)).toList();
    }

    /// @throws Failure.NotFound (`no-such-volume`)
    public Item one(String name) {
        Snapshot snapshot = mirror.known();
        return engine.inspect(name)
                .map(it -> item(it, snapshot))
                .orElseThrow(() -> new Failure.NotFound("no-such-volume", "no volume is called '" + name + "'"));
    }

    private static Item item(Volume volume, Snapshot snapshot) {
        return new Item(volume, UsedBy.volume(snapshot, volume.name()));
    }

    /// @throws Failure.Conflict if there is one of that name: to an engine that would be fine
    public Item create(VolumeSpec spec) {
        mirror.requireConnected();
        return underWay.alone(spec.name(), () -> exists(spec), () -> {
            check(spec);
            Volume made = engine.create(spec);
            LOG.log(Level.INFO, "volume {0} created", made.name());
            return item(made, mirror.known());
        });
    }

    /// @throws Failure what a create would be refused for, as far as it can be seen beforehand
    public void check(VolumeSpec spec) {
        mirror.requireConnected();
        if (engine.inspect(spec.name()).isPresent()) throw exists(spec);
    }

    private static Failure exists(VolumeSpec spec) {
        return new Failure.Conflict("volume-exists", "there is a volume '" + spec.name() + "' already");
    }

    /// Removes it and what is in it.
    ///
    /// @throws Failure.Conflict if containers mount it, running or not
    public void remove(String name) {
        String removed = removable(name).name();
        try {
            engine.remove(removed);
        } catch (Failure.Conflict refused) {
            throw named(refused, UsedBy.volume(mirror.known(), removed));
        }
        LOG.log(Level.INFO, "volume {0} removed", removed);
    }

    /// The volume that `remove` would remove now.
    public Volume removable(String name) {
        mirror.requireConnected();
        Item item = one(name);
        if (!item.usedBy().isNobody())
            throw named(new Failure.Conflict("volume-in-use", "containers mount the volume"), item.usedBy());
        return item.volume();
    }

    private static Failure named(Failure.Conflict refused, UsedBy users) {
        return users.isNobody() ? refused : refused.with("containers", users.names());
    }

    /// Removes all that no container mounts, running or not, and what is in them. The engine is the judge.
    public Pruned prune() {
        mirror.requireConnected();
        EngineVolumes.Pruned done = engine.prune();
        LOG.log(
                Level.INFO,
                "{0} unused volumes removed, {1} bytes",
                done.names().size(),
                done.bytes());
        return new Pruned(done.names(), OptionalLong.of(done.bytes()));
    }

    /// What `prune` would remove now.
    public Pruned prunable() {
        mirror.requireConnected();
        return new Pruned(engine.unused().stream().map(Volume::name).toList(), OptionalLong.empty());
    }
}
