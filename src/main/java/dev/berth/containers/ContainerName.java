package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.model.Faults;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a container, as engines take it.
final class ContainerName {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}");

    private ContainerName() {}

    static Optional<String> read(Fields fields, Faults faults) {
        return fields.string("name").filter(text -> {
            boolean fits = NAME.matcher(text).matches();
            if (!fits)
                faults.add(
                        "name", "must be 2 to 128 letters, digits, '_', '.' or '-' and begin with a letter or digit");
            return fits;
        });
    }
}
