package dev.berth.mirror;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;

/// Hears of every change of a container, in order. Called under the mirror's lock: it must not wait for anything.
public interface ContainerListener {
    void changed(Container container);

    void removed(ContainerId id);
}
