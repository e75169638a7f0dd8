package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Status;
import dev.berth.updates.Pair.Was;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Containers made with `--rm`. To stop one is to lose it, so while its successor proves itself it is frozen,
/// and its addresses and ports are free for the other because it is off its networks. An engine that crashes
/// destroys it all the same: then the way back makes it anew, from the old image, without what it had written
/// outside of volumes.
final class Departing {
    private Departing() {}

    static void freeze(Engine engine, Mirror mirror, Pair pair) {
        if (!pair.was().ran()) return;
        Container now = present(mirror, pair.old());
        if (now.status() == Status.RUNNING) engine.containers().pause(pair.old());
        for (String network : networks(pair).keySet()) engine.verbatim().disconnect(network, pair.old());
        mirror.refresh(pair.old());
    }

    /// The successor stands: this is the end.
    static void let(Engine engine, Mirror mirror, Pair pair) {
        if (!pair.was().ran() || mirror.refresh(pair.old()).isEmpty()) return;
        engine.containers().stop(pair.old(), OptionalInt.empty());
        mirror.refresh(pair.old());
    }

    /// Makes it anew under its name of the way back, if it is lost.
    ///
    /// @return the new one's id
    static Optional<ContainerId> restore(Engine engine, Mirror mirror, Pair pair, String name) {
        if (mirror.refresh(pair.old()).isPresent()) return Optional.empty();
        Successor anew = pair.anew()
                .orElseThrow(() -> new Failure.NotFound(
                        "no-such-container", pair.name() + " is gone, and nothing says how it was made"));
        ContainerId id = anew.create(engine.verbatim(), name);
        mirror.refresh(id);
        return Optional.of(id);
    }

    static void thaw(Engine engine, Mirror mirror, Pair pair) {
        Container now = present(mirror, pair.old());
        if (now.status() == Status.PAUSED && pair.was() == Was.RUNNING)
            engine.containers().unpause(pair.old());
        networks(pair).forEach((network, settings) -> engine.verbatim().connect(network, pair.old(), settings));
        if (!now.status().alive()) engine.containers().start(pair.old());
        if (pair.was() == Was.PAUSED) engine.containers().pause(pair.old());
        mirror.refresh(pair.old());
    }

    private static Map<String, Json> networks(Pair pair) {
        return Successor.endpoints(
                pair.inspect(), pair.inspect().at("HostConfig", "NetworkMode").textOrEmpty());
    }

    private static Container present(Mirror mirror, ContainerId id) {
        return mirror.refresh(id)
                .orElseThrow(() -> new Failure.NotFound("no-such-container", id.shortId() + " was removed"));
    }
}
