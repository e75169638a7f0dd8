package dev.berth.stats;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Where the hierarchies of control groups are mounted, by `/proc/self/mountinfo`.
record CgroupMounts(Path root, List<Mount> mounts) {
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    /// @param controllers of cgroup v1; none is cgroup v2
    /// @param top what of the hierarchy the mount begins with: `/`, or a folder of it within a container
    /// @param point the folder where it is mounted
    record Mount(Set<String> controllers, String top, String point) {
        /// What to append to the mount point, if the path is in what is mounted.
        Optional<String> below(String path) {
            if (top.equals("/")) return Optional.of(path);
            boolean inside = path.equals(top) || path.startsWith(top + "/");
            return inside ? Optional.of(path.substring(top.length())) : Optional.empty();
        }
    }

    static CgroupMounts parse(Path root, String text) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : text.lines().toList()) {
            // id parent device top point options [optional ...] - type source superoptions
            int dash = line.indexOf(" - cgroup");
            if (dash < 0) continue;
            String[] left = line.substring(0, dash).split(" ", -1);
            String[] right = line.substring(dash + 3).split(" ", -1);
            if (left.length < 5 || right.length < 3) continue;
            String top = unescape(left[3]);
            String point = unescape(left[4]);
            if (right[0].equals("cgroup2")) mounts.add(new Mount(Set.of(), top, point));
            if (right[0].equals("cgroup"))
                mounts.add(new Mount(Set.copyOf(Arrays.asList(right[2].split(",", -1))), top, point));
        }
        return new CgroupMounts(root, List.copyOf(mounts));
    }

    /// Blanks, tabs, line feeds and backslashes are written as octal numbers of their bytes.
    private static String unescape(String text) {
        return ESCAPE.matcher(text).replaceAll(found -> "\\" + (char) Integer.parseInt(found.group(1), 8));
    }

    /// The folder of a cgroup v1 controller's group.
    Optional<Path> folder(String controller, Optional<String> path) {
        return path.flatMap(it -> first(it, mount -> mount.controllers().contains(controller)));
    }

    /// The folder of a cgroup v2 group.
    Optional<Path> unified(String path) {
        return first(path, mount -> mount.controllers().isEmpty());
    }

    /// A hierarchy may be mounted several times, and the kernel also lists what another mount hides.
    private Optional<Path> first(String path, Predicate<Mount> right) {
        // A path outside of our own cgroup namespace begins with `..`, which says too little.
        return mounts.stream()
                .filter(right)
                .flatMap(mount -> mount
                        .below(path)
                        .filter(it -> !(it + "/").contains("/../"))
                        .map(it -> root.resolve((mount.point() + "/" + it).replaceFirst("^/+", "")))
                        .stream())
                .filter(Files::isDirectory)
                .findFirst();
    }
}
