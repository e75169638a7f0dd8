package dev.berth.metrics;

import dev.berth.metrics.ContainerFamily.Row;
import dev.berth.metrics.ContainerFamily.Split;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.stats.SampleTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The series of containers, with cAdvisor's names and labels, so that what was made for those shows these.
///
/// A container has series while it runs, as there. Its counters begin anew with each start, which whoever reads
/// counters expects of them.
final class ContainerSeries {
    /// cAdvisor's id is the path of the group, which each engine chooses; this is Docker's own choice, and what
    /// dashboards look for.
    private static final String GROUP = "/docker/";

    private final List<String> shownLabels;

    /// @param shownLabels of containers that become labels
    ContainerSeries(List<String> shownLabels) {
        this.shownLabels = shownLabels;
    }

    private record Labelled(Row row, Map<Split, String> labels) {}

    void write(Snapshot snapshot, SampleTable samples, Exposition to) {
        List<Labelled> running = snapshot.containers().values().stream()
                .filter(it -> it.status().alive())
                .map(it -> new Labelled(new Row(it, samples.of(it)), labels(it)))
                .toList();
        for (ContainerFamily family : ContainerFamily.ALL) {
            switch (family.type()) {
                case GAUGE -> to.gauge(family.name(), family.unit(), family.help());
                case COUNTER -> to.counter(family.name(), family.unit(), family.help());
            }
            for (Labelled one : running) {
                OptionalLong value = family.value().apply(one.row());
                String labels = one.labels().getOrDefault(family.split(), "");
                if (value.isPresent() && family.nanos()) to.seconds(labels, value.getAsLong());
                else if (value.isPresent()) to.sample(labels, value.getAsLong());
            }
        }
    }

    private Map<Split, String> labels(Container container) {
        Labels own = Labels.of("id", GROUP + container.id().hex())
                .with("image", container.image())
                .with("name", container.name());
        for (String label : shownLabels) {
            String value = container.labels().get(label);
            if (value != null) own = own.with(Labels.nameOf(label), value);
        }
        var all = new EnumMap<Split, String>(Split.class);
        all.put(Split.NONE, own.toString());
        all.put(Split.CPU, own.and("cpu", "total"));
        all.put(Split.DEVICE, own.and("device", "all"));
        all.put(Split.INTERFACE, own.and("interface", "all"));
        return all;
    }
}
