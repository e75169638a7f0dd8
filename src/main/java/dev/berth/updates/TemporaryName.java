package dev.berth.updates;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a container is called while its update is under way: its name, which of the two it is, and the operation.
enum TemporaryName {
    /// A successor that has not been started.
    NEW,
    /// A forerunner whose successor has its name.
    OLD,
    /// A successor that has lost the name again.
    FAILED;

    String of(String name, String operation) {
        return name + ending(operation);
    }

    boolean isOf(String name, String operation) {
        return name.endsWith(ending(operation));
    }

    /// What stands before it; none if the name is no temporary one.
    static Optional<String> within(String name, String operation) {
        return Arrays.stream(values())
                .filter(it -> it.isOf(name, operation))
                .map(it ->
                        name.substring(0, name.length() - it.ending(operation).length()))
                .findFirst();
    }

    private String ending(String operation) {
        return ".berth-" + name().toLowerCase(Locale.ROOT) + "-" + operation;
    }
}
