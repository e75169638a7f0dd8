package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.ContainerId;

/// Calls that take the engine's own JSON, as an inspect showed it: nothing is lost that only a newer engine
/// knows.
public interface EngineVerbatim {
    /// Creates without starting.
    ///
    /// @param body as Docker's API defines it for `POST /containers/create`
    /// @throws dev.berth.model.Failure.NotFound (`no-such-image`) if the image is not there
    /// @throws dev.berth.model.Failure.Conflict (`name-taken`)
    /// @throws dev.berth.model.Failure.Rejected (`create-refused`, `network-not-found`)
    ContainerId create(String name, Json body);

    /// Connects a container, running or not, to a further network; one that is connected already stays as
    /// it is.
    ///
    /// @param network by name or id
    /// @param settings of the endpoint, as an inspect shows them
    /// @throws dev.berth.model.Failure.Rejected (`network-not-found`, `create-refused`)
    /// @throws dev.berth.model.Failure.Conflict (`address-taken`)
    void connect(String network, ContainerId id, Json settings);

    /// Takes a container off a network; one that is not connected is fine.
    void disconnect(String network, ContainerId id);
}
