package dev.berth.updates;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Carries volumes that have no name of a person's over to a successor: by their names, which engines make up
/// of 64 hex digits. Bound by name a volume is no longer anonymous to the engine, so a label says that it is
/// one.
final class AnonymousVolumes {
    private AnonymousVolumes() {}

    /// @param names those that nobody named
    record Carried(List<String> binds, Json mounts, Set<String> names) {}

    /// What a container's `HostConfig` must say for its successor to have the same volumes.
    ///
    /// @param container its inspect
    /// @param fromOthers what it gets from `VolumesFrom` anyway, by destination
    static Carried of(Json container, Set<String> fromOthers) {
        Json host = container.get("HostConfig");
        List<String> binds = new ArrayList<>(host.get("Binds").texts());
        var named = new HashSet<>(fromOthers);
        for (String bind : binds) destination(bind).ifPresent(named::add);
        for (Json mount : host.get("Mounts").items())
            named.add(mount.get("Target").textOrEmpty());
        host.get("Tmpfs").fields().keySet().forEach(named::add);
        var anonymous = new TreeSet<String>();
        var sources = new TreeMap<String, String>();
        for (Json mount : container.get("Mounts").items()) {
            String type = mount.get("Type").textOrEmpty();
            String target = mount.get("Destination").textOrEmpty();
            String name = mount.get("Name").textOrEmpty();
            String source = type.equals("volume") ? name : mount.get("Source").textOrEmpty();
            if (type.equals("volume")) sources.put(target, name);
            if (named.contains(target) || source.isEmpty()) continue;
            if (!type.equals("volume") && !type.equals("bind")) continue;
            binds.add(source + ":" + target + (mount.get("RW").isTrue() ? "" : ":ro"));
            if (ContainerId.isFull(name)) anonymous.add(name);
        }
        return new Carried(binds, filled(host.get("Mounts"), sources, anonymous), anonymous);
    }

    /// A mount of a volume without a source is one that the engine made up.
    private static Json filled(Json mounts, Map<String, String> sources, Set<String> anonymous) {
        if (mounts.items().isEmpty()) return mounts;
        var filled = new ArrayList<Json>();
        for (Json mount : mounts.items()) {
            String name = sources.getOrDefault(mount.get("Target").textOrEmpty(), "");
            boolean madeUp = mount.get("Type").textOrEmpty().equals("volume")
                    && mount.get("Source").someText().isEmpty()
                    && !name.isEmpty();
            if (!madeUp) {
                filled.add(mount);
                continue;
            }
            var whole = new ObjBuilder();
            mount.fields().forEach(whole::put);
            filled.add(whole.put("Source", name).build());
            if (ContainerId.isFull(name)) anonymous.add(name);
        }
        return new Json.Arr(filled);
    }

    /// `source:destination[:options]`.
    private static Optional<String> destination(String bind) {
        String[] parts = bind.split(":", -1);
        return parts.length < 2 ? Optional.empty() : Optional.of(parts[1]);
    }
}
