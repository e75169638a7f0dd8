package dev.berth.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Everything a container is made from.
///
/// @param ports each container port with where it answers on the host
/// @param environment `K=V`, or a bare `K` that removes the image's
/// @param command none keeps the image's
/// @param entrypoint none keeps the image's
/// @param networks by name; none is the engine's default
/// @param dropCapabilities by name, `ALL` for every one
/// @param init whether a small init process reaps zombies and passes signals on
/// @param stopTimeoutSeconds how long a stop waits before the kill; none is the engine's 10
/// @param healthCheck none keeps the image's
/// @param tmpfs paths that lie in memory, each with its mount options
/// @param ulimits by the kernel's name, such as `nofile`
public record ContainerSpec(
        ImageRef image,
        Optional<String> name,
        Map<ContainerPort, List<PortBinding>> ports,
        Limits limits,
        List<String> environment,
        Optional<List<String>> command,
        Optional<List<String>> entrypoint,
        Optional<String> workingDir,
        Optional<String> user,
        Optional<String> hostname,
        Map<String, String> labels,
        List<VolumeMount> volumes,
        List<String> networks,
        RestartPolicy restartPolicy,
        boolean readOnly,
        List<String> dropCapabilities,
        boolean init,
        OptionalInt stopTimeoutSeconds,
        Optional<HealthCheck> healthCheck,
        Map<String, String> tmpfs,
        Map<String, Ulimit> ulimits,
        Logging logging,
        Privileges privileges) {

    /// The same with further labels; theirs win.
    public ContainerSpec labelled(Map<String, String> more) {
        var all = new java.util.TreeMap<>(labels);
        all.putAll(more);
        return new ContainerSpec(
                image,
                name,
                ports,
                limits,
                environment,
                command,
                entrypoint,
                workingDir,
                user,
                hostname,
                all,
                volumes,
                networks,
                restartPolicy,
                readOnly,
                dropCapabilities,
                init,
                stopTimeoutSeconds,
                healthCheck,
                tmpfs,
                ulimits,
                logging,
                privileges);
    }
}
