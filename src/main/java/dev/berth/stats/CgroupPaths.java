package dev.berth.stats;

import dev.berth.model.ContainerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a container is in each hierarchy of control groups, by its process's `/proc/PID/cgroup`.
///
/// @param byController cgroup v1: `memory`, `cpuacct`, ...
/// @param unified cgroup v2
record CgroupPaths(Map<String, String> byController, Optional<String> unified) {
    CgroupPaths {
        byController = Map.copyOf(byController);
    }

    boolean isEmpty() {
        return byController.isEmpty() && unified.isEmpty();
    }

    /// Paths that do not hold the container's id are left out: they are not its own.
    static CgroupPaths parse(String text, ContainerId id) {
        Map<String, String> byController = new HashMap<>();
        Optional<String> unified = Optional.empty();
        boolean memoryIsV1 = false;
        for (String line : text.lines().toList()) {
            String[] fields = line.split(":", 3);
            if (fields.length < 3) continue;
            List<String> controllers = List.of(fields[1].split(",", -1));
            memoryIsV1 |= controllers.contains("memory");
            Optional<String> path = own(fields[2], id);
            if (fields[1].isEmpty()) unified = path;
            else path.ifPresent(it -> controllers.forEach(controller -> byController.put(controller, it)));
        }
        return new CgroupPaths(byController, memoryIsV1 ? Optional.empty() : unified);
    }

    /// The part of a path that ends with the container's own folder: `/docker/ID`, `/system.slice/docker-ID.scope`,
    /// `/libpod_parent/libpod-ID`. An init system in the container, and podman with its `container`, put processes
    /// into folders below it; the counters of the container's own folder hold those of all that are below.
    private static Optional<String> own(String path, ContainerId id) {
        List<String> names = new ArrayList<>(List.of(path.split("/", -1)));
        while (!names.isEmpty() && !isOf(names.getLast(), id.hex())) names.removeLast();
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join("/", names));
    }

    private static boolean isOf(String name, String id) {
        String plain = name.endsWith(".scope") ? name.substring(0, name.length() - ".scope".length()) : name;
        // podman's watching process has a folder of its own beside the container's: libpod-conmon-ID.
        return plain.equals(id) || (plain.endsWith("-" + id) && !plain.contains("conmon-"));
    }
}
