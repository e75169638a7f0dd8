package dev.berth.feed;

import dev.berth.model.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What an event is about, and what can happen to that.
public enum Kind {
    CONTAINER,
    IMAGE,
    JOB,
    ADMISSION,
    ENGINE,
    /// What somebody did through this server; kept for the room of access.
    AUDIT;

    private static final Map<Kind, Set<String>> ACTIONS = Map.of(
            CONTAINER,
            Set.of(
                    "created",
                    "started",
                    "start_failed",
                    "died",
                    "stopped",
                    "paused",
                    "unpaused",
                    "oom",
                    "health",
                    "renamed",
                    "updated",
                    "removed",
                    "exec_started",
                    "exec_died"),
            IMAGE,
            Set.of("pulled", "tagged", "untagged", "deleted", "update_available"),
            JOB,
            Set.of("queued", "running", "progress", "item", "succeeded", "failed", "cancelled"),
            ADMISSION,
            Set.of("refused", "waiting", "moved", "admitted", "left", "overcommitted", "recovered"),
            ENGINE,
            Set.of("unreachable", "resyncing", "connected", "replaced"),
            AUDIT,
            Set.of("recorded"));

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Set<String> actions() {
        return ACTIONS.getOrDefault(this, Set.of());
    }

    /// @throws Failure.Invalid if it is no kind
    public static Kind parse(String word) {
        for (Kind kind : values()) if (kind.word().equals(word)) return kind;
        throw new Failure.Invalid("'" + word + "' is not one of "
                + Arrays.stream(values()).map(Kind::word).collect(Collectors.joining(", ")));
    }

    /// An action of any of these kinds.
    ///
    /// @throws Failure.Invalid if none of them has it
    public static String action(String word, Set<Kind> kinds) {
        var known = new TreeSet<String>();
        for (Kind kind : kinds) known.addAll(kind.actions());
        if (known.contains(word)) return word;
        throw new Failure.Invalid("'" + word + "' is not one of " + String.join(", ", known));
    }
}
