package dev.berth.mirror;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// How things stand between us and the engine.
///
/// @param since when it became so
/// @param message why, while the engine is unreachable
public record EngineState(Kind kind, Instant since, Optional<String> message) {
    /// Resyncing: the engine answers, but not everything has been looked at again; reads show the last state.
    public enum Kind {
        CONNECTED,
        RESYNCING,
        UNREACHABLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean connected() {
        return kind == Kind.CONNECTED;
    }
}
