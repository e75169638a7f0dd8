package dev.berth.engine;

import java.util.Optional;
import java.util.OptionalInt;

/// What has become of a command inside a container.
///
/// @param running also while it is being started
/// @param exitCode once it has ended
/// @param pid of its process in the engine's count; 0 until there is one, and for ever if there never was
/// @param user who it was to run as, if somebody said so
public record ExecState(boolean running, OptionalInt exitCode, int pid, Optional<String> user) {
    /// Whether it ended without ever having begun.
    public boolean neverBegan() {
        return !running && pid == 0 && exitCode.isPresent();
    }
}
