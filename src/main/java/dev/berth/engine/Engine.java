package dev.berth.engine;

import dev.berth.model.Host;
import java.time.Instant;

/// A container engine that speaks Docker's API, behind words of our own.
///
/// Every method blocks, can be called from any thread, has a time limit, and throws `Failure.EngineDown`,
/// `EngineSlow` or `EngineNonsense` when the engine cannot be reached, does not answer in time, or answers
/// something else; `NotFound`, `Conflict` and `Rejected` say what the engine refused.
public interface Engine extends AutoCloseable {
    /// Asks for the engine's version and settles on the newest API that both know; what follows is spoken in it.
    /// Done by itself before the first call, and to be done again after the engine was away, as it may have become
    /// another.
    ///
    /// @throws dev.berth.model.Failure.Rejected if the engine is too old (below API 1.40) or no longer speaks any
    ///     version of ours
    Greeting connect();

    Host host();

    /// Whether it answers at all; throws if not.
    void ping();

    EngineContainers containers();

    EngineImages images();

    EngineNetworks networks();

    EngineVolumes volumes();

    EngineFiles files();

    EngineExecs execs();

    EngineLogs logs();

    EngineDetails details();

    EngineVerbatim verbatim();

    /// Everything that happens on the engine from `since` on; returns when the engine has answered, so that a list
    /// taken afterwards leaves no gap. Exec and attach noise is left out.
    ///
    /// @param since in the engine's clock; what its ring still holds from then on is replayed
    EngineStream<EngineEvent> events(Instant since);

    /// What is executed in containers from now on (`exec_start: …`, `exec_die`), the commands of health checks
    /// included.
    EngineStream<EngineEvent> execEvents();

    @Override
    void close();

    /// What the engine said when it was met.
    ///
    /// @param clock the engine's own time, to a second
    record Greeting(String engineName, String engineVersion, String apiVersion, Instant clock) {}
}
