package dev.berth.attachments;

import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The containers that use something, running or not.
///
/// @param containers each one's name, by short id
public record UsedBy(java.util.SortedMap<String, String> containers) {
    static UsedBy network(Snapshot snapshot, String name) {
        return of(snapshot, it -> it.networks().containsKey(name));
    }

    static UsedBy volume(Snapshot snapshot, String name) {
        return of(
                snapshot,
                it -> it.mounts().stream()
                        .anyMatch(mount -> mount.type().equals("volume")
                                && mount.name().filter(name::equals).isPresent()));
    }

    private static UsedBy of(Snapshot snapshot, Predicate<Container> uses) {
        var users = new TreeMap<String, String>();
        for (Container container : snapshot.containers().values())
            if (uses.test(container)) users.put(container.id().shortId(), container.name());
        return new UsedBy(users);
    }

    boolean isNobody() {
        return containers.isEmpty();
    }

    List<String> names() {
        return List.copyOf(containers.values());
    }
}
