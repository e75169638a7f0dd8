package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Faults;
import dev.berth.model.MemorySize;
import dev.berth.model.VolumeMount;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads what is mounted into a container: volumes, paths of the host, memory.
final class MountsReader {
    private static final Pattern SIZE = Pattern.compile("\\d.*");
    private static final Pattern OPTION = Pattern.compile(
            "(size|nr_blocks|nr_inodes)=\\d{1,18}[kKmMgG%]?|(mode|uid|gid)=\\d{1,10}|mpol=[a-z0-9:,=-]{1,60}"
                    + "|ro|rw|(no)?(exec|suid|dev|atime|diratime|relatime)|(strict|a)?sync");

    private final Fields fields;
    private final Faults faults;
    private List<VolumeMount> volumes = List.of();

    MountsReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    List<VolumeMount> volumes(String name) {
        volumes = fields.list(
                        name,
                        (value, at) ->
                                fields.text(value, at).flatMap(text -> faults.parse(at, () -> VolumeMount.parse(text))))
                .orElse(List.of());
        Set<String> targets = new HashSet<>();
        for (VolumeMount volume : volumes)
            if (!targets.add(volume.target())) faults.add(name, "two volumes are mounted at " + volume.target());
        return volumes;
    }

    /// To be read after the volumes: each path with a size, with mount options, or with null for the kernel's defaults.
    Map<String, String> tmpfs(String name) {
        Map<String, String> all = fields.entries(name, this::options);
        for (String path : all.keySet()) {
            String at = fields.path(name) + "." + path;
            if (!path.startsWith("/") || path.equals("/") || path.indexOf('\0') >= 0 || path.indexOf(':') >= 0)
                faults.add(at, "must be an absolute path inside the container");
            if (volumes.stream().anyMatch(it -> it.target().equals(path)))
                faults.add(at, "a volume is mounted there already");
        }
        return all;
    }

    private Optional<String> options(Json value, String at) {
        if (value.isNull()) return Optional.of("");
        if (value instanceof Json.Num) {
            OptionalLong bytes = value.exactWhole();
            if (bytes.isPresent() && bytes.getAsLong() > 0) return Optional.of("size=" + bytes.getAsLong());
            faults.add(at, "must be a whole number of bytes, at least 1");
            return Optional.empty();
        }
        return fields.text(value, at)
                .flatMap(text -> SIZE.matcher(text).matches() ? size(text, at) : checked(text, at));
    }

    private Optional<String> size(String text, String at) {
        return faults.parse(at, () -> MemorySize.parse(text))
                .filter(size -> {
                    // 0 is all of the host's memory to the kernel.
                    if (size.bytes() == 0) faults.add(at, "0 is not a size; null is the kernel's default");
                    return size.bytes() > 0;
                })
                .map(size -> "size=" + size.bytes());
    }

    private Optional<String> checked(String text, String at) {
        for (String option : text.split(",", -1)) {
            if (text.isEmpty() || OPTION.matcher(option).matches()) continue;
            faults.add(
                    at,
                    "'" + option + "' is neither a size such as \"64m\" nor an option such as size=64m or mode=1777");
            return Optional.empty();
        }
        return Optional.of(text);
    }
}
