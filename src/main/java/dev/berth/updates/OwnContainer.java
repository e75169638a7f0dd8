package dev.berth.updates;

import dev.berth.model.ContainerId;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The container that this process runs in, by what the kernel shows of it: its cgroup, or the files that the
/// engine mounts into each (`…/containers/<id>/hostname`).
public final class OwnContainer {
    private static final System.Logger LOG = System.getLogger(OwnContainer.class.getName());
    private static final Pattern IN_CGROUP = Pattern.compile("[/-]([0-9a-f]{64})(?:\\.scope)?(?:/|$)");
    /// What is mounted, then where: a host shows mounts below its containers' folders, too, but not there.
    private static final Pattern IN_MOUNTS =
            Pattern.compile("containers/([0-9a-f]{64})/\\S+ /etc/(?:hostname|hosts|resolv\\.conf) ");

    private OwnContainer() {}

    /// @param proc the folder of this process, `/proc/self`
    public static Optional<ContainerId> find(Path proc) {
        return first(proc.resolve("cgroup"), IN_CGROUP).or(() -> first(proc.resolve("mountinfo"), IN_MOUNTS));
    }

    private static Optional<ContainerId> first(Path file, Pattern pattern) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                Matcher id = pattern.matcher(line);
                if (id.find()) return Optional.of(new ContainerId(id.group(1)));
            }
        } catch (NoSuchFileException elsewhere) {
            LOG.log(Level.DEBUG, "there is no {0}", file);
        } catch (IOException unreadable) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be read, so it is not known whether this is a container: {1}",
                    file,
                    unreadable.getMessage());
        }
        return Optional.empty();
    }
}
