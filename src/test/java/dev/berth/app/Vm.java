package dev.berth.app;

import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The emulated machine of `lab/vm`: an engine on cgroup v2, and a Berth inside that reads its files.
record Vm(Map<String, String> variables) {
    /// Whether the emulator is here. Without it, it is not worth its download to everybody who runs all tests.
    static boolean isPossible() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(it -> Files.isExecutable(Path.of(it, "qemu-system-x86_64")));
    }

    static Vm start() {
        Lab lab = Lab.shared();
        Lab.Output output = lab.run("lab/vm", "start", name(lab));
        if (output.code() != 0) throw new IllegalStateException(output.text());
        var variables = new TreeMap<String, String>();
        output.text().lines().filter(it -> it.startsWith("BERTH_VM_")).forEach(line -> {
            int equals = line.indexOf('=');
            variables.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return new Vm(variables);
    }

    private static String name(Lab lab) {
        return lab.name() + "vm";
    }

    private String variable(String name) {
        String value = variables.get(name);
        if (value == null) throw new IllegalStateException("the machine has no " + name);
        return value;
    }

    String engine() {
        return variable("BERTH_VM_ENGINE");
    }

    Http http() {
        return new Http(variable("BERTH_VM_BERTH"), variable("BERTH_VM_TOKEN"));
    }

    /// What its console has shown: the lines of the engine and of Berth.
    String log() {
        try {
            return Files.readString(Path.of(variable("BERTH_VM_LOG")), StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Beside the server, on the machine's engine.
    String docker(String... arguments) {
        return new Lab(Map.of("BERTH_LAB_ENGINE", engine())).docker(arguments);
    }

    /// A running container with this script.
    ContainerId run(String script) {
        return new ContainerId(docker("run", "-d", "-v", "/data", "busybox", "sh", "-c", script));
    }

    /// All that Berth shows of a container; null if it is not in the list.
    Json shown(ContainerId id) {
        return http().get("/container").json().get(id.shortId());
    }

    void removeContainers() {
        docker("ps", "-aq").lines().forEach(it -> docker("rm", "-fv", it));
    }

    /// Also when it has not started, or not to the end.
    static void end() {
        Lab lab = Lab.shared();
        Lab.Output output = lab.run("lab/down", name(lab));
        if (output.code() != 0) throw new IllegalStateException(output.text());
    }
}
