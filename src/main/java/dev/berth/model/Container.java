package dev.berth.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// A container as one inspect of the engine showed it.
///
/// @param imageId what it runs
/// @param image the reference it was created from, as it was written then
/// @param error why the last start failed, empty if it did not
/// @param startedAt none if it never ran
/// @param health `starting`, `healthy` or `unhealthy`; none without a health check
/// @param pidsLimit the highest number of processes and threads; none is unlimited
/// @param ports what it exposes and, where published, the host's addresses
/// @param removesItself whether it was made with `--rm`: a stop is its end
/// @param relies on which other containers it lives
/// @param pid of its first process in the engine's pid namespace, 0 when there is none
public record Container(
        ContainerId id,
        String name,
        ImageId imageId,
        String image,
        Instant created,
        Status status,
        String error,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        OptionalInt exitCode,
        boolean oomKilled,
        Optional<String> health,
        int restartCount,
        RestartPolicy restartPolicy,
        int pid,
        Optional<MemorySize> memoryLimit,
        Optional<Cpus> cpuLimit,
        OptionalLong pidsLimit,
        Map<ContainerPort, List<HostPort>> ports,
        Map<String, String> labels,
        Map<String, Attachment> networks,
        List<Mount> mounts,
        List<String> command,
        List<String> entrypoint,
        String workingDir,
        String user,
        String hostname,
        boolean removesItself,
        Reliance relies) {

    /// An address of the host at which a container's port answers.
    public record HostPort(String ip, int port) {}

    /// A container's place in a network; addresses are there while it runs.
    public record Attachment(
            Optional<String> ipAddress,
            Optional<String> ipv6Address,
            Optional<String> macAddress,
            List<String> aliases) {}

    /// Something mounted into a container.
    ///
    /// @param type `volume`, `bind`, `tmpfs`, …
    public record Mount(
            String type, Optional<String> name, Optional<String> source, String destination, boolean readOnly) {}

    /// What it has of other containers.
    ///
    /// @param namespacesOf whose network, processes or IPC it shares
    /// @param linkedTo the names of those that a legacy link leads to
    public record Reliance(Set<ContainerId> namespacesOf, Set<String> linkedTo) {
        public static final Reliance NONE = new Reliance(Set.of(), Set.of());
    }

    /// The same with the mark that the kernel killed a process of it for want of memory.
    public Container withOomKilled() {
        return new Container(
                id,
                name,
                imageId,
                image,
                created,
                status,
                error,
                startedAt,
                finishedAt,
                exitCode,
                true,
                health,
                restartCount,
                restartPolicy,
                pid,
                memoryLimit,
                cpuLimit,
                pidsLimit,
                ports,
                labels,
                networks,
                mounts,
                command,
                entrypoint,
                workingDir,
                user,
                hostname,
                removesItself,
                relies);
    }
}
