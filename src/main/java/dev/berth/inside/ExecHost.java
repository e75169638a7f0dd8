package dev.berth.inside;

import dev.berth.model.ContainerId;
import dev.berth.model.Pause;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The processes of the engine's machine, where that is ours.
final class ExecHost {
    private static final int ROUNDS = 5;
    private static final Duration BETWEEN = Duration.ofMillis(10);

    /// Behind the command's name, which may contain anything: state, parent, group, session.
    private static final int STATE = 0;

    private static final int SESSION = 3;

    private final Path proc;

    ExecHost(Path proc) {
        this.proc = proc;
    }

    /// Kills a command's first process and all of its session.
    ///
    /// @return whether we could; not if the number means nothing here, or something else, or is not ours to kill
    boolean kill(ContainerId container, int leader, Pause pause) throws InterruptedException {
        if (!belongs(leader, container)) return false;
        boolean killed = false;
        for (int round = 0; round < ROUNDS; round++) {
            List<Long> members = session(leader);
            if (members.isEmpty()) return true;
            for (long member : members) killed |= kill(container, member);
            if (!killed) return false;
            pause.sleep(BETWEEN);
        }
        return true;
    }

    /// What a process of a container began with, one variable behind the other; nothing if we cannot know.
    Optional<String> environment(ContainerId container, int pid) {
        return belongs(pid, container) ? read(pid, "environ") : Optional.empty();
    }

    /// A handle knows when its process began, so it cannot hit one that got the same number since we looked.
    private boolean kill(ContainerId container, long pid) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        return handle.isPresent() && belongs(pid, container) && handle.get().destroyForcibly();
    }

    /// The engine's numbers are those of its own process namespace, so one is believed only in the right cgroup.
    private boolean belongs(long pid, ContainerId container) {
        return read(pid, "cgroup").filter(it -> it.contains(container.hex())).isPresent();
    }

    private List<Long> session(long leader) {
        List<Long> members = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : all) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (read(pid, "stat").filter(it -> isMember(it, leader)).isPresent()) members.add(pid);
            }
        } catch (IOException unreadable) {
            return members; // no processes to be seen here, so none to kill
        }
        return members;
    }

    private static boolean isMember(String stat, long leader) {
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        boolean dead = fields.get(STATE).equals("Z") || fields.get(STATE).equals("X");
        return !dead && fields.get(SESSION).equals(String.valueOf(leader));
    }

    private Optional<String> read(long pid, String file) {
        try {
            return Optional.of(Files.readString(
                    proc.resolve(String.valueOf(pid)).resolve(file), java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }
}
