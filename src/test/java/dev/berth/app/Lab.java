package dev.berth.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The private engine and registry that `./test` has started; see lab/README.md.
public record Lab(Map<String, String> variables) {
    /// The one that `./test` started for all tests.
    public static Lab shared() {
        var variables = new TreeMap<String, String>();
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("BERTH_LAB_")) variables.put(name, value);
        });
        if (!variables.containsKey("BERTH_LAB_ENGINE"))
            throw new IllegalStateException("no lab: run ./test, or lab/up and export what it prints");
        return new Lab(variables);
    }

    /// An engine of its own for one test, which uses the shared registry; `lab/down` of the shared lab ends it too.
    public Lab engine(String suffix) {
        return engine(suffix, List.of());
    }

    /// One whose data lie on a disk of their own.
    ///
    /// @param size such as `64m`
    Lab engineOnDisk(String suffix, String size) {
        return engine(suffix, List.of("--disk", size));
    }

    private Lab engine(String suffix, List<String> options) {
        String name = variable("BERTH_LAB_NAME") + suffix;
        List<String> command = new ArrayList<>(List.of("lab/engine", "start", name, "--registry", registry()));
        command.addAll(options);
        Output output = run(command.toArray(String[]::new));
        if (output.code() != 0) throw new IllegalStateException(command + ": " + output.text());
        var own = new TreeMap<>(variables);
        output.text().lines().filter(it -> it.startsWith("BERTH_LAB_")).forEach(line -> {
            int equals = line.indexOf('=');
            own.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return new Lab(own);
    }

    private String variable(String name) {
        String value = variables.get(name);
        if (value == null) throw new IllegalStateException("the lab has no " + name);
        return value;
    }

    public String name() {
        return variable("BERTH_LAB_NAME");
    }

    public String engine() {
        return variable("BERTH_LAB_ENGINE");
    }

    public String registry() {
        return variable("BERTH_LAB_REGISTRY");
    }

    /// Where published ports answer.
    public String address() {
        return variable("BERTH_LAB_ADDRESS");
    }

    /// The folder of the engine's data.
    Path data() {
        return Path.of(variable("BERTH_LAB_STATE"), "data");
    }

    Path netns() {
        return Path.of(variable("BERTH_LAB_NETNS"));
    }

    /// The lines that the registry has logged so far.
    List<String> registryLog() {
        try {
            return Files.readAllLines(Path.of(variable("BERTH_LAB_REGISTRY_LOG")));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// What a container's cgroup file says, in whatever hierarchy the engine put it.
    String cgroup(String controller, String file, String containerId) {
        Path v1 = Path.of("/sys/fs/cgroup", controller + variable("BERTH_LAB_CGROUP"), containerId, file);
        try {
            return Files.readString(v1).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// The engine's own command line, as somebody beside the server would type it.
    public String docker(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "-H", engine()));
        command.addAll(List.of(arguments));
        Output output = run(command.toArray(String[]::new));
        if (output.code() != 0) throw new IllegalStateException(command + ": " + output.text());
        return output.text().strip();
    }

    public void removeContainers() {
        docker("ps", "-aq").lines().forEach(it -> docker("rm", "-fv", it));
    }

    int containerCount() {
        return (int) docker("ps", "-aq").lines().count();
    }

    /// What a command printed, errors included.
    public record Output(int code, String text) {}

    public Output run(String... command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(variables);
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(2, TimeUnit.MINUTES)) throw new IllegalStateException(List.of(command) + " hangs");
            return new Output(process.exitValue(), text);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// The block device under the engine's data, which a rate can be put on.
    String disk() {
        String source = run("findmnt", "-no", "SOURCE", "-T", variable("BERTH_LAB_STATE"))
                .text()
                .strip();
        String parent = run("lsblk", "-no", "PKNAME", source).text().strip();
        return Optional.of(parent)
                .filter(it -> !it.isEmpty())
                .map(it -> "/dev/" + it)
                .orElse(source);
    }
}
