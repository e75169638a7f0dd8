package dev.berth.engine;

import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import java.util.List;

/// What an engine does with networks.
public interface EngineNetworks {
    List<Network> list();

    /// @return its id
    /// @throws dev.berth.model.Failure.Conflict (`network-exists`, `subnet-taken`)
    /// @throws dev.berth.model.Failure.Rejected (`network-refused`) for a driver that is not there, …
    String create(NetworkSpec spec);

    /// Removes it; one that is gone already is fine. Stopped containers are no obstacle to an engine.
    ///
    /// @throws dev.berth.model.Failure.Conflict (`network-in-use`, `network-predefined`)
    void remove(String id);
}
