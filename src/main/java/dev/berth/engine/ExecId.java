package dev.berth.engine;

import dev.berth.model.Failure;
import java.util.regex.Pattern;

/// The engine's name for one command that is run inside a container.
public record ExecId(String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{8,128}");

    public ExecId {
        if (!HEX.matcher(hex).matches()) throw new Failure.Invalid("'" + hex + "' is no id");
    }

    @Override
    public String toString() {
        return hex;
    }
}
