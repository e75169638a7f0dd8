package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.ImageId;
import java.util.List;
import java.util.Optional;

/// What an engine shows that is not taken apart here.
public interface EngineDetails {
    /// A container in the engine's own words.
    ///
    /// @param secrets whether secret-looking values of its environment are shown
    /// @throws dev.berth.model.Failure.NotFound (`no-such-container`)
    Json container(ContainerId id, boolean secrets);

    /// An image in the engine's own words.
    ///
    /// @param secrets whether secret-looking values of its environment are shown
    /// @throws dev.berth.model.Failure.NotFound (`no-such-image`)
    Json image(ImageId id, boolean secrets);

    /// An image's layers in the engine's own words, the latest first.
    ///
    /// @throws dev.berth.model.Failure.NotFound (`no-such-image`)
    Json history(ImageId id);

    /// What runs in a container now.
    ///
    /// @param psArguments what to show, in the words of `ps`; none is the engine's choice
    /// @throws dev.berth.model.Failure.NotFound (`no-such-container`)
    /// @throws dev.berth.model.Failure.Conflict (`not-running`)
    /// @throws dev.berth.model.Failure.Rejected (`ps-refused`) if `ps` does not take the arguments
    Processes processes(ContainerId id, Optional<String> psArguments);

    /// A table of processes.
    ///
    /// @param rows each as long as the titles
    record Processes(List<String> titles, List<List<String>> rows) {}
}
