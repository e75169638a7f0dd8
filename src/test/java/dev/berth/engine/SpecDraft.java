package dev.berth.engine;

import dev.berth.model.ContainerPort;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.HealthCheck;
import dev.berth.model.ImageRef;
import dev.berth.model.Limits;
import dev.berth.model.Logging;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import dev.berth.model.Privileges;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Ulimit;
import dev.berth.model.VolumeMount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Puts a container's specification together, for tests.
public final class SpecDraft {
    private final ImageRef image;
    private Optional<String> name = Optional.empty();
    private Optional<List<String>> command = Optional.empty();
    private Optional<MemorySize> memory = Optional.empty();
    private Optional<Cpus> cpus = Optional.empty();
    private RestartPolicy restartPolicy = RestartPolicy.NO;
    private boolean readOnly;
    private Optional<HealthCheck> healthCheck = Optional.empty();
    private final Map<String, String> tmpfs = new TreeMap<>();
    private final Map<String, Ulimit> ulimits = new TreeMap<>();
    private Logging logging = Logging.DEFAULT;
    private Privileges privileges = Privileges.NONE;
    private final Map<ContainerPort, List<PortBinding>> ports = new TreeMap<>();
    private final Map<String, String> labels = new TreeMap<>();
    private final List<String> environment = new ArrayList<>();
    private final List<VolumeMount> volumes = new ArrayList<>();
    private final List<String> networks = new ArrayList<>();

    private SpecDraft(ImageRef image) {
        this.image = image;
    }

    public static SpecDraft of(String image) {
        return new SpecDraft(ImageRef.parse(image));
    }

    public SpecDraft named(String text) {
        name = Optional.of(text);
        return this;
    }

    public SpecDraft running(String... words) {
        command = Optional.of(List.of(words));
        return this;
    }

    public SpecDraft memory(String size) {
        memory = Optional.of(MemorySize.parse(size));
        return this;
    }

    public SpecDraft cpus(Cpus share) {
        cpus = Optional.of(share);
        return this;
    }

    public SpecDraft restarting(String policy) {
        restartPolicy = RestartPolicy.parse(policy);
        return this;
    }

    public SpecDraft readOnly() {
        readOnly = true;
        return this;
    }

    /// With a line for the shell, tried ten times a second.
    public SpecDraft checkedBy(String line) {
        var test = new HealthCheck.Test(true, List.of(line));
        return checked(new HealthCheck(
                false,
                Optional.of(test),
                Optional.of(Duration.ofMillis(100)),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty()));
    }

    public SpecDraft checked(HealthCheck check) {
        healthCheck = Optional.of(check);
        return this;
    }

    public SpecDraft tmpfs(String path, String options) {
        tmpfs.put(path, options);
        return this;
    }

    public SpecDraft ulimit(String limit, long soft, long hard) {
        ulimits.put(limit, new Ulimit(soft, hard));
        return this;
    }

    public SpecDraft logging(String driver, Map<String, String> options) {
        logging = new Logging(Optional.of(driver).filter(it -> !it.isEmpty()), options);
        return this;
    }

    public SpecDraft privileged(Privileges further) {
        privileges = further;
        return this;
    }

    public SpecDraft label(String key, String value) {
        labels.put(key, value);
        return this;
    }

    public SpecDraft environment(String entry) {
        environment.add(entry);
        return this;
    }

    public SpecDraft volume(String text) {
        volumes.add(VolumeMount.parse(text));
        return this;
    }

    public SpecDraft network(String network) {
        networks.add(network);
        return this;
    }

    /// @param hostPort 0 lets the engine pick one
    public SpecDraft port(String port, int hostPort) {
        OptionalInt number = hostPort == 0 ? OptionalInt.empty() : OptionalInt.of(hostPort);
        ports.put(ContainerPort.parse(port), List.of(new PortBinding(Optional.empty(), number)));
        return this;
    }

    public SpecDraft exposing(String port) {
        ports.put(ContainerPort.parse(port), List.of());
        return this;
    }

    public ContainerSpec spec() {
        var limits = new Limits(
                memory, Optional.empty(), cpus, OptionalLong.empty(), List.of(), List.of(), List.of(), List.of());
        return new ContainerSpec(
                image,
                name,
                ports,
                limits,
                environment,
                command,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                labels,
                volumes,
                networks,
                restartPolicy,
                readOnly,
                List.of(),
                false,
                OptionalInt.empty(),
                healthCheck,
                tmpfs,
                ulimits,
                logging,
                privileges);
    }
}
