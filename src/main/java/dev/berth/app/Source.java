package dev.berth.app;

import dev.berth.model.Faults;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/// Where settings come from: the command line, then the environment, then a file.
///
/// A key `some.long-key` is `--some.long-key`, `BERTH_SOME_LONG_KEY`, or `some.long-key = …` in the file.
final class Source {
    private final Map<String, String> arguments = new TreeMap<>();
    private final Map<String, String> environment;
    private final Map<String, String> file = new TreeMap<>();

    private Source(Map<String, String> environment) {
        this.environment = environment;
    }

    /// Reads all three; every unknown option or key becomes a fault.
    ///
    /// @param options the keys that may stand on the command line and in the environment
    /// @param keys the keys that may stand in the file
    static Source read(
            List<String> arguments,
            Map<String, String> environment,
            Set<String> options,
            Set<String> keys,
            Faults faults) {
        var source = new Source(environment);
        source.readArguments(arguments, options, faults);
        source.text("config").ifPresent(path -> source.readFile(Path.of(path), keys, faults));
        return source;
    }

    private void readArguments(List<String> given, Set<String> options, Faults faults) {
        for (int i = 0; i < given.size(); i++) {
            String argument = given.get(i);
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String key = name.startsWith("--") ? name.substring(2) : "";
            if (!options.contains(key))
                faults.add(argument, "is not an option; there are: --" + String.join(", --", options));
            else if (equals >= 0) arguments.put(key, argument.substring(equals + 1));
            else if (i + 1 < given.size()) arguments.put(key, given.get(++i));
            else faults.add(argument, "needs a value");
        }
    }

    private void readFile(Path path, Set<String> keys, Faults faults) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            faults.add("config", path + " cannot be read: " + unreadable.getMessage());
        }
        for (String key : properties.stringPropertyNames()) {
            if (keys.contains(key)) file.put(key, properties.getProperty(key).strip());
            else faults.add(path + ": " + key, "is not a setting; there are: " + String.join(", ", keys));
        }
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(arguments.get(key))
                .or(() -> Optional.ofNullable(environment.get(variable(key))))
                .or(() -> Optional.ofNullable(file.get(key)))
                .filter(it -> !it.isBlank());
    }

    private static String variable(String key) {
        return "BERTH_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
