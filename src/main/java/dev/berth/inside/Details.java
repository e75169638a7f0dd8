package dev.berth.inside;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineDetails;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.ImageId;
import java.util.List;
import java.util.Optional;

/// What the engine shows of a container or an image in its own words, and the processes of a container.
public final class Details {
    private final Engine engine;

    public Details(Engine engine) {
        this.engine = engine;
    }

    /// @param secrets whether secret-looking values of its environment are shown
    public Json container(ContainerId id, boolean secrets) {
        return engine.details().container(id, secrets);
    }

    /// @param secrets whether secret-looking values of its environment are shown
    public Json image(ImageId id, boolean secrets) {
        return engine.details().image(id, secrets);
    }

    public Json history(ImageId id) {
        return engine.details().history(id);
    }

    /// What runs in a container.
    ///
    /// @param psArguments in the words of `ps`; none is the engine's choice
    public Processes processes(ContainerId id, Optional<String> psArguments) {
        EngineDetails.Processes shown = engine.details().processes(id, psArguments);
        return new Processes(shown.titles(), shown.rows());
    }

    /// A table of processes.
    ///
    /// @param rows each as long as the titles
    public record Processes(List<String> titles, List<List<String>> rows) {}
}
