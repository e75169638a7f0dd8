package dev.berth.updates;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A container and the successor that is to take its place, as they are known when the update begins.
///
/// @param was how it was then; an engine that crashes forgets it
/// @param policy its own, which is off while both exist
/// @param removesItself whether it was made with `--rm`, so that a stop would be its end
/// @param inspect the engine's own words about it, to make it anew if it is lost
/// @param successor how to make the other
/// @param anew how to make the old one again, for those that an engine destroys when it crashes
/// @param next the other's id; none before it was made, or as long as nobody knows
record Pair(
        ContainerId old,
        String name,
        Was was,
        RestartPolicy policy,
        boolean removesItself,
        Json inspect,
        Successor successor,
        Optional<Successor> anew,
        Optional<ContainerId> next) {

    /// How a container was.
    enum Was {
        RUNNING,
        PAUSED,
        STOPPED;

        static Was of(Container container) {
            if (container.status() == Status.PAUSED) return PAUSED;
            return container.status().alive() || container.status() == Status.RESTARTING ? RUNNING : STOPPED;
        }

        static Optional<Was> parse(String word) {
            return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst();
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean ran() {
            return this != STOPPED;
        }
    }

    Pair with(ContainerId id) {
        return new Pair(old, name, was, policy, removesItself, inspect, successor, anew, Optional.of(id));
    }

    /// The same with another in the place of one that is lost.
    Pair restored(ContainerId id) {
        return new Pair(id, name, was, policy, removesItself, inspect, successor, anew, next);
    }

    Json json() {
        return new ObjBuilder()
                .put("old", old.hex())
                .put("name", name)
                .put("was", was.word())
                .put("policy", policy.toString())
                .put("removes_itself", removesItself)
                .put("inspect", inspect)
                .put("successor", successor.json())
                .put("anew", anew.map(Successor::json).orElse(Json.Null.VALUE))
                .putText("next", next.map(ContainerId::hex))
                .build();
    }

    static Pair read(Json json) {
        return new Pair(
                new ContainerId(json.get("old").textOrEmpty()),
                json.get("name").textOrEmpty(),
                Was.valueOf(json.get("was").textOrEmpty().toUpperCase(Locale.ROOT)),
                RestartPolicy.parse(json.get("policy").textOrEmpty()),
                json.get("removes_itself").isTrue(),
                json.get("inspect"),
                Successor.read(json.get("successor")),
                Optional.of(json.get("anew")).filter(it -> !it.isNull()).map(Successor::read),
                json.get("next").text().map(ContainerId::new));
    }
}
