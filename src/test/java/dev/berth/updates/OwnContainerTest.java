package dev.berth.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.model.ContainerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Berth knows the container that it runs in.
class OwnContainerTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir
    private Path proc = Path.of("set by JUnit");

    private Optional<ContainerId> found(String cgroup, String mounts) throws IOException {
        Files.writeString(proc.resolve("cgroup"), cgroup);
        Files.writeString(proc.resolve("mountinfo"), mounts);
        return OwnContainer.find(proc);
    }

    @Test
    void byItsGroup() throws IOException {
        assertEquals(Optional.of(new ContainerId(ID)), found("4:memory:/docker/" + ID + "\n", ""));
        assertEquals(Optional.of(new ContainerId(ID)), found("0::/system.slice/docker-" + ID + ".scope\n", ""));
    }

    @Test
    void byWhatTheEngineMountedWhereItsGroupsAreItsOwn() throws IOException {
        String mounts = "601 590 8:1 /var/lib/docker/containers/" + ID
                + "/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/sda1 rw\n";
        assertEquals(Optional.of(new ContainerId(ID)), found("0::/\n", mounts));
    }

    @Test
    void onAHostThatRunsContainersItIsInNone() throws IOException {
        String mounts = "88 30 0:45 / /var/lib/docker/containers/" + ID + "/mounts/shm rw - tmpfs shm rw\n";
        assertEquals(Optional.empty(), found("0::/user.slice/session-1.scope\n", mounts));
    }

    @Test
    void withoutTheFilesItIsInNone() {
        assertEquals(Optional.empty(), OwnContainer.find(proc.resolve("nowhere")));
    }
}
