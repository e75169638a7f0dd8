package dev.berth.metrics;

import dev.berth.model.Faults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What is shown of containers beside their figures.
///
/// @param containerLabels the labels of containers that become labels of their series
public record MetricsSettings(List<String> containerLabels) {
    public static final String CONTAINER_LABELS = "metrics.container-labels";
    public static final MetricsSettings DEFAULTS = new MetricsSettings(List.of());
    private static final int MOST = 32;

    public MetricsSettings {
        containerLabels = List.copyOf(containerLabels);
    }

    /// @param setting the text of a key, if it is set
    public static MetricsSettings read(Function<String, Optional<String>> setting, Faults faults) {
        var labels = new ArrayList<String>();
        var names = new HashMap<String, String>();
        for (String text : setting.apply(CONTAINER_LABELS).orElse("").split(",", -1)) {
            String label = text.strip();
            if (label.isEmpty()) continue;
            String other = names.putIfAbsent(Labels.nameOf(label), label);
            if (other == null) labels.add(label);
            else if (!other.equals(label))
                faults.add(
                        CONTAINER_LABELS,
                        "'" + other + "' and '" + label + "' would both be named " + Labels.nameOf(label));
        }
        if (labels.size() > MOST) faults.add(CONTAINER_LABELS, "must be " + MOST + " labels at most");
        return new MetricsSettings(labels);
    }
}
