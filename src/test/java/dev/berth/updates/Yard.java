package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.model.ContainerId;
import java.util.Set;

/// An engine with a container on it for which its registry has something newer, and the ways to break it.
interface Yard {
    Engine engine();

    /// Clears the engine and runs a container called `web`, whose successor will stand or not.
    ContainerId lay(String policy, boolean stands);

    /// Whether it runs the old image.
    boolean runsOld(ContainerId id);

    /// The engine dies as by `kill -9` and is started again; returns when it answers.
    void crash();

    /// The names of all its volumes.
    Set<String> volumes();
}
