package dev.berth.containers;

import dev.berth.model.Container;
import java.util.List;

/// What a removal would do.
///
/// @param stop whether the container runs and would be stopped first
/// @param volumes the anonymous volumes that would go with it
public record RemovePlan(Container container, boolean stop, List<String> volumes) {}
