package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.Failure;
import dev.berth.model.Volume;
import dev.berth.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The fake engine's volumes, each of a thousand bytes. The engine itself is the lock.
final class FakeVolumes implements EngineVolumes {
    private static final long SIZE = 1000;

    private final FakeEngine engine;
    private final Map<String, Volume> all = new TreeMap<>();

    FakeVolumes(FakeEngine engine) {
        this.engine = engine;
    }

    @Override
    public List<Volume> list() {
        return engine.call(Call.LIST_VOLUMES, () -> List.copyOf(all.values()));
    }

    @Override
    public List<Volume> unused() {
        return engine.call(Call.LIST_VOLUMES, this::free);
    }

    private List<Volume> free() {
        return all.values().stream().filter(it -> !engine.mounts(it.name())).toList();
    }

    @Override
    public Optional<Volume> inspect(String name) {
        return engine.call(Call.INSPECT_VOLUME, () -> Optional.ofNullable(all.get(name)));
    }

    @Override
    public Volume create(VolumeSpec spec) {
        return engine.call(Call.CREATE_VOLUME, () -> {
            if (spec.driver().filter(it -> it.startsWith("nosuch")).isPresent())
                throw new Failure.Rejected("volume-refused", "the engine refused to create the volume")
                        .saidByEngine("error looking up volume plugin "
                                + spec.driver().get());
            return all.computeIfAbsent(
                    spec.name(),
                    name -> new Volume(
                            name,
                            spec.driver().orElse("local"),
                            Optional.of("/var/lib/fake/" + name),
                            spec.labels(),
                            Optional.of(engine.tick())));
        });
    }

    @Override
    public void remove(String name) {
        engine.call(Call.REMOVE_VOLUME, () -> {
            if (all.containsKey(name) && engine.mounts(name))
                throw new Failure.Conflict("volume-in-use", "the volume is in use")
                        .saidByEngine("remove " + name + ": volume is in use");
            all.remove(name);
            return true;
        });
    }

    @Override
    public Pruned prune() {
        return engine.call(Call.PRUNE_VOLUMES, () -> {
            List<String> names = free().stream().map(Volume::name).toList();
            names.forEach(all::remove);
            return new Pruned(names, names.size() * SIZE);
        });
    }
}
