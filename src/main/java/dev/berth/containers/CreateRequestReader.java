package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.ImageRef;
import dev.berth.model.RestartPolicy;
import dev.berth.model.UpdateRule;
import dev.berth.model.UpdateWindow;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Reads the body of a create, and names everything that is wrong with it at once.
public final class CreateRequestReader {
    private static final int LONGEST_STOP_TIMEOUT = 86_400;
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Pattern NETWORK = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern HOSTNAME = Pattern.compile(
            "(?=.{1,63}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*");
    private static final String OURS = "berth.";
    /// Ours that anybody may give, by what reads them.
    private static final Map<String, Consumer<String>> OURS_TO_GIVE =
            Map.of(UpdateRule.LABEL, UpdateRule::parse, UpdateWindow.LABEL, UpdateWindow::parse);

    private final Fields fields;
    private final Faults faults;

    private CreateRequestReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    /// Reads a body; what is wrong goes to `faults`, and then nothing is returned.
    public static Optional<CreateRequest> read(Json body, EngineHost host, Faults faults) {
        return new CreateRequestReader(Fields.of(body, "", faults), faults).read(host);
    }

    private Optional<CreateRequest> read(EngineHost host) {
        Optional<ImageRef> image = fields.parsed("image_name", ImageRef::parse);
        if (fields.raw("image_name").isEmpty()) faults.add("image_name", "is required");
        var spec = image.map(it -> spec(it, host));
        if (image.isEmpty()) spec(ImageRef.parse("unread"), host); // for the faults of the other fields
        var pull = pull();
        boolean start = fields.bool("start", true);
        Optional<Duration> waitHealthy = waitHealthy(start);
        fields.refuseUnknown();
        return faults.any() ? Optional.empty() : spec.map(it -> new CreateRequest(it, pull, start, waitHealthy));
    }

    private ContainerSpec spec(ImageRef image, EngineHost host) {
        var mounts = new MountsReader(fields, faults);
        var privileges = new PrivilegesReader(fields, faults);
        var runtime = new RuntimeReader(fields, faults);
        return new ContainerSpec(
                image,
                ContainerName.read(fields, faults),
                new PortsReader(fields, faults).read("ports"),
                new LimitsReader(fields, faults, host).read(),
                new EnvironmentReader(fields, faults).read("environment"),
                nonEmpty(fields.strings("command"), "command"),
                fields.strings("entrypoint"),
                absolutePath("working_dir"),
                fields.string("user").filter(it -> notBlank("user", it)),
                matching("hostname", HOSTNAME, "must be a host name of at most 63 characters"),
                labels(),
                mounts.volumes("volumes"),
                networks(),
                fields.parsed("restart_policy", RestartPolicy::parse).orElse(RestartPolicy.NO),
                fields.bool("read_only", false),
                privileges.capabilities("cap_drop"),
                fields.bool("init", false),
                stopTimeout(),
                new HealthCheckReader(fields, faults).read("healthcheck"),
                mounts.tmpfs("tmpfs"),
                runtime.ulimits(),
                runtime.logging(),
                privileges.read());
    }

    private Optional<Duration> waitHealthy(boolean start) {
        Optional<Json> value = fields.raw("wait_healthy");
        if (value.isEmpty()) return Optional.empty();
        if (!start) faults.add("wait_healthy", "what is not started does not become healthy");
        boolean off = fields.raw("healthcheck")
                .filter(it ->
                        it.get("disable").isTrue() || it.get("test").texts().equals(List.of("NONE")))
                .isPresent();
        if (off) faults.add("wait_healthy", "the health check is switched off");
        return new Spans(faults).read(value.get(), "wait_healthy", LONGEST_WAIT);
    }

    private CreateRequest.Pull pull() {
        Optional<String> word = fields.string("pull");
        for (CreateRequest.Pull pull : CreateRequest.Pull.values())
            if (word.isEmpty() || pull.word().equals(word.get())) return pull;
        faults.add("pull", "must be missing, always or never");
        return CreateRequest.Pull.MISSING;
    }

    private Optional<String> matching(String name, Pattern pattern, String problem) {
        return fields.string(name).filter(text -> {
            boolean fits = pattern.matcher(text).matches();
            if (!fits) faults.add(name, problem);
            return fits;
        });
    }

    private Optional<String> absolutePath(String name) {
        return fields.string(name).filter(text -> {
            if (!text.startsWith("/")) faults.add(name, "must be an absolute path");
            return text.startsWith("/");
        });
    }

    private boolean notBlank(String name, String text) {
        if (text.isBlank()) faults.add(name, "must not be empty");
        return !text.isBlank();
    }

    private Optional<List<String>> nonEmpty(Optional<List<String>> list, String name) {
        return list.filter(it -> {
            if (it.isEmpty()) faults.add(name, "must not be empty; leave it out to keep the image's");
            return !it.isEmpty();
        });
    }

    /// The strings of a list, each looked at with the place at which it stands.
    private List<String> each(String name, BiConsumer<String, String> check) {
        return fields.list(name, (value, at) -> {
                    Optional<String> text = fields.text(value, at);
                    text.ifPresent(it -> check.accept(it, at));
                    return text;
                })
                .orElse(List.of());
    }

    private void checkKey(String key, String at) {
        if (key.indexOf('\0') >= 0) faults.add(at, "must not contain a NUL character");
    }

    private Map<String, String> labels() {
        Map<String, String> labels = fields.entries("labels", fields::text);
        for (String key : labels.keySet()) {
            checkKey(key, "labels." + key);
            if (key.isBlank()) faults.add("labels." + key, "a label needs a name");
            if (key.startsWith(OURS)) checkOurs(key, labels.getOrDefault(key, ""));
        }
        return labels;
    }

    private void checkOurs(String key, String value) {
        try {
            Consumer<String> reader = OURS_TO_GIVE.get(key);
            if (reader != null) reader.accept(value);
            else
                faults.add(
                        "labels." + key,
                        "labels under berth. are Berth's own, except " + UpdateRule.LABEL + " and "
                                + UpdateWindow.LABEL);
        } catch (Failure.Invalid unreadable) {
            faults.add("labels." + key, unreadable.detail());
        }
    }

    private List<String> networks() {
        List<String> networks = each("networks", (network, at) -> {
            if (network.equals("host") || network.startsWith("container:"))
                faults.add(at, "sharing the network of the host or of another container is not allowed");
            else if (!NETWORK.matcher(network).matches()) faults.add(at, "is not the name of a network");
        });
        Set<String> seen = new HashSet<>();
        for (String network : networks)
            if (!seen.add(network)) faults.add("networks", "'" + network + "' stands more than once");
        if (networks.size() > 1 && seen.contains("none")) faults.add("networks", "none stands alone");
        return networks;
    }

    private OptionalInt stopTimeout() {
        OptionalLong seconds = fields.whole("stop_timeout", 0, LONGEST_STOP_TIMEOUT);
        return seconds.isPresent() ? OptionalInt.of((int) seconds.getAsLong()) : OptionalInt.empty();
    }
}
