package dev.berth.app;

import dev.berth.access.Secret;
import dev.berth.admission.AdmissionSettings;
import dev.berth.engine.EngineSettings;
import dev.berth.images.DockerConfig;
import dev.berth.images.ImagesSettings;
import dev.berth.inside.TerminalSettings;
import dev.berth.metrics.MetricsSettings;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.stats.StatsSettings;
import dev.berth.updates.UpdateSettings;
import dev.berth.web.ServerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Everything that can be set, checked; all faults are reported at once.
///
/// @param data the folder for what must outlive the process
/// @param token a preset token; none makes one at the first start
/// @param dockerConfig where the registry credentials of this user are
record Settings(
        ServerSettings server,
        EngineSettings engine,
        StatsSettings stats,
        AdmissionSettings admission,
        MetricsSettings metrics,
        TerminalSettings terminal,
        UpdateSettings updates,
        ImagesSettings images,
        Path data,
        Optional<Secret> token,
        DockerConfig dockerConfig) {
    private static final int PORT = 8473;
    private static final int SHORTEST_TOKEN = 16;
    private static final Set<String> OPTIONS = options();
    private static final Set<String> KEYS = keys();

    /// @param hostname of this machine; it is one of our names
    /// @throws Failure.Invalid with every fault found
    static Settings read(List<String> arguments, Map<String, String> environment, String hostname) {
        var faults = new Faults();
        var source = Source.read(arguments, environment, OPTIONS, KEYS, faults);
        Optional<ServerSettings> server = server(source, hostname, faults);
        Optional<EngineSettings> engine =
                EngineSettings.read(source.text("engine"), environment, Files::exists, faults);
        StatsSettings stats = StatsSettings.read(source::text, faults);
        AdmissionSettings admission = AdmissionSettings.read(source::text, faults);
        MetricsSettings metrics = MetricsSettings.read(source::text, faults);
        TerminalSettings terminal = TerminalSettings.read(source::text, faults);
        UpdateSettings updates = UpdateSettings.read(source::text, faults);
        ImagesSettings images = ImagesSettings.read(source::text, faults);
        Path data = source.text("data").map(Path::of).orElseGet(() -> defaultData(environment));
        Optional<Secret> token = token(environment, faults);
        faults.throwIfAny();
        return new Settings(
                server.orElseThrow(),
                engine.orElseThrow(),
                stats,
                admission,
                metrics,
                terminal,
                updates,
                images,
                data.toAbsolutePath(),
                token,
                DockerConfig.read(environment));
    }

    private static Set<String> options() {
        var options = new TreeSet<>(List.of("listen", "engine", "data", "config", "hosts"));
        options.add(StatsSettings.HISTORY_BYTES);
        options.addAll(AdmissionSettings.KEYS);
        options.add(MetricsSettings.CONTAINER_LABELS);
        options.addAll(TerminalSettings.KEYS);
        options.addAll(UpdateSettings.KEYS);
        options.addAll(ImagesSettings.KEYS);
        return options;
    }

    /// A file does not name another one.
    private static Set<String> keys() {
        var keys = new TreeSet<>(OPTIONS);
        keys.remove("config");
        return keys;
    }

    private static Optional<ServerSettings> server(Source source, String hostname, Faults faults) {
        String listen = source.text("listen").orElse("127.0.0.1:" + PORT);
        int colon = listen.lastIndexOf(':');
        String host = colon < 0 ? listen : listen.substring(0, colon);
        String port = colon < 0 ? String.valueOf(PORT) : listen.substring(colon + 1);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535 || host.isBlank()) {
            faults.add("listen", "'" + listen + "' is not an address; write 127.0.0.1:8473 or [::1]:8473");
            return Optional.empty();
        }
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        var names =
                new TreeSet<>(List.of("localhost", bare.toLowerCase(Locale.ROOT), hostname.toLowerCase(Locale.ROOT)));
        for (String name : source.text("hosts").orElse("").split(",", -1))
            if (!name.isBlank()) names.add(name.strip().toLowerCase(Locale.ROOT));
        return Optional.of(new ServerSettings(bare, Integer.parseInt(port), names));
    }

    /// The token comes from the environment alone: everybody can read a command line.
    private static Optional<Secret> token(Map<String, String> environment, Faults faults) {
        Optional<String> given =
                Optional.ofNullable(environment.get("BERTH_TOKEN")).filter(it -> !it.isBlank());
        if (given.isPresent() && !given.get().matches("[\\x21-\\x7e]{" + SHORTEST_TOKEN + ",512}"))
            faults.add("BERTH_TOKEN", "must have " + SHORTEST_TOKEN + " to 512 visible ASCII characters");
        return given.map(Secret::new);
    }

    private static Path defaultData(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        if (home.isEmpty() || home.equals("/root")) return Path.of("/var/lib/berth");
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        return state.isEmpty() ? Path.of(home, ".local", "state", "berth") : Path.of(state, "berth");
    }
}
