package dev.berth.model;

import java.util.Optional;
import java.util.OptionalInt;

/// Where on the host a container's port answers.
///
/// @param ip the host's address to bind; none is all of them
/// @param port 1 to 65535; none lets the engine pick one
public record PortBinding(Optional<String> ip, OptionalInt port) {
    private static final int HIGHEST = 65_535;

    public PortBinding {
        port.ifPresent(PortBinding::checkNumber);
    }

    static void checkNumber(int number) {
        if (number < 1 || number > HIGHEST) throw new Failure.Invalid("a port is 1 to 65535, not " + number);
    }
}
