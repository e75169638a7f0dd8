package dev.berth.web;

import dev.berth.images.AvailableUpdates;
import dev.berth.images.Freshness;
import dev.berth.json.Json;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import dev.berth.model.Status;
import dev.berth.stats.SampleTable;
import dev.berth.stats.Stats;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The list of all containers, rendered once for however many ask.
final class ContainerList {
    static final Set<String> FILTERS = Set.of("status", "name", "image", "label", "fields");
    private static final int KEY_LENGTH = 10;

    private final Mirror mirror;
    private final Stats stats;
    private final Freshness freshness;
    private volatile Page page = new Page(-1, -1, -1, Rendered.of(Json.Obj.empty()));

    private record Page(long snapshot, long samples, long updates, Rendered rendered) {
        boolean isOf(Snapshot shown, SampleTable table, long known) {
            return snapshot == shown.version() && samples == table.version() && updates == known;
        }
    }

    ContainerList(Mirror mirror, Stats stats, Freshness freshness) {
        this.mirror = mirror;
        this.stats = stats;
        this.freshness = freshness;
    }

    /// Whether all of it has been rendered since the last change.
    boolean isRendered() {
        return page.isOf(mirror.snapshot(), stats.table(), freshness.version());
    }

    Rendered get(Query query) {
        Snapshot snapshot = mirror.known();
        SampleTable samples = stats.table();
        AvailableUpdates updates = freshness.available(snapshot);
        var view = new ContainerView(snapshot, samples, updates);
        if (!query.isEmpty()) return Rendered.of(render(view, filter(query, snapshot), fields(query)));
        Page known = page;
        if (known.isOf(snapshot, samples, updates.version())) return known.rendered();
        return renderPage(view);
    }

    /// One renders, the others take what it rendered.
    private synchronized Rendered renderPage(ContainerView view) {
        if (!page.isOf(view.snapshot(), view.samples(), view.updates().version()))
            page = new Page(
                    view.snapshot().version(),
                    view.samples().version(),
                    view.updates().version(),
                    Rendered.of(render(view, _ -> true, ContainerView.FIELDS)));
        return page.rendered();
    }

    private static Json render(ContainerView view, Predicate<Container> filter, Set<String> fields) {
        Snapshot snapshot = view.snapshot();
        var keys = ShortIds.of(
                snapshot.containers().keySet().stream().map(ContainerId::hex).toList(), KEY_LENGTH);
        var list = new TreeMap<String, Json>();
        for (Container container : snapshot.containers().values())
            if (filter.test(container))
                list.put(
                        keys.getOrDefault(container.id().hex(), container.id().hex()),
                        only(view.of(container), fields));
        return new Json.Obj(list);
    }

    static Json.Obj only(Json.Obj object, Set<String> fields) {
        if (fields.size() == ContainerView.FIELDS.size()) return object;
        var kept = new TreeMap<>(object.entries());
        kept.keySet().retainAll(fields);
        return new Json.Obj(kept);
    }

    /// @throws Failure.Invalid naming every field that containers do not have
    static Set<String> fields(Query query) {
        List<String> wanted = query.list("fields");
        if (wanted.isEmpty()) return ContainerView.FIELDS;
        var faults = new Faults();
        for (String field : wanted)
            if (!ContainerView.FIELDS.contains(field))
                faults.add("fields", "'" + field + "' is not a field of a container");
        faults.throwIfAny();
        return new TreeSet<>(wanted);
    }

    private static Predicate<Container> filter(Query query, Snapshot snapshot) {
        var faults = new Faults();
        List<Status> statuses = query.list("status").stream()
                .flatMap(it -> faults.parse("status", () -> Status.parse(it)).stream())
                .toList();
        List<Predicate<Container>> images = query.list("image").stream()
                .flatMap(it -> faults.parse("image", () -> ofImage(it, snapshot)).stream())
                .toList();
        faults.throwIfAny();
        List<String> names = query.list("name");
        List<String> labels = query.all("label");
        return container -> (statuses.isEmpty() || statuses.contains(container.status()))
                && (names.isEmpty() || names.contains(container.name()))
                && (images.isEmpty() || images.stream().anyMatch(it -> it.test(container)))
                && labels.stream().allMatch(it -> hasLabel(container, it));
    }

    /// Running the image that has this name or id now, or made from this reference when another had it.
    private static Predicate<Container> ofImage(String wanted, Snapshot snapshot) {
        Optional<ImageId> image = image(wanted, snapshot);
        Optional<ImageRef> reference = reference(wanted);
        if (image.isEmpty() && reference.isEmpty())
            throw new Failure.Invalid("'" + wanted + "' is neither an image of this engine nor the name of one");
        return container -> image.filter(container.imageId()::equals).isPresent()
                || reference
                        .filter(it -> reference(container.image()).equals(Optional.of(it)))
                        .isPresent();
    }

    private static Optional<ImageId> image(String wanted, Snapshot snapshot) {
        try {
            return Optional.of(snapshot.image(wanted).id());
        } catch (Failure.NotFound none) {
            return Optional.empty();
        } catch (Failure.Conflict several) {
            throw new Failure.Invalid("'" + wanted + "' is the beginning of several images' ids");
        }
    }

    private static Optional<ImageRef> reference(String text) {
        try {
            return Optional.of(ImageRef.parse(text));
        } catch (Failure.Invalid anId) {
            return Optional.empty();
        }
    }

    /// `key=value`, or a key alone.
    private static boolean hasLabel(Container container, String wanted) {
        int equals = wanted.indexOf('=');
        if (equals < 0) return container.labels().containsKey(wanted);
        return wanted.substring(equals + 1).equals(container.labels().get(wanted.substring(0, equals)));
    }
}
