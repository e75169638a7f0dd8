package dev.berth.web;

import dev.berth.feed.Event;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.model.ContainerId;
import dev.berth.model.Faults;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// Which events somebody wants: every filter that is given must fit.
///
/// @param containers full ids, beginnings of ids, or names, one of which must fit; of none is of everything
/// @param labels `key` or `key=value`, all of which must be there
/// @param exec whether what runs inside is told, health checks included
record EventFilter(Set<Kind> kinds, Set<String> actions, Set<String> containers, List<String> labels, boolean exec)
        implements Predicate<Event> {
    static final Set<String> PARAMETERS = Set.of("type", "action", "container", "label", "exec");
    private static final String EXEC = "exec_";

    /// @param known of containers by name: what is told before its container has one goes by the id
    /// @throws dev.berth.model.Failure.Invalid naming every type and action that is none
    static EventFilter of(Query query, Function<String, Optional<ContainerId>> known) {
        var faults = new Faults();
        var kinds = EnumSet.noneOf(Kind.class);
        for (String type : query.list("type"))
            faults.parse("type", () -> Kind.parse(type)).ifPresent(kinds::add);
        Set<Kind> wanted = kinds.isEmpty() ? EnumSet.allOf(Kind.class) : kinds;
        var actions = new HashSet<String>();
        for (String action : query.list("action"))
            faults.parse("action", () -> Kind.action(action, wanted)).ifPresent(actions::add);
        faults.throwIfAny();
        var containers = new HashSet<>(query.list("container"));
        for (String named : query.list("container"))
            known.apply(named).map(ContainerId::hex).ifPresent(containers::add);
        return new EventFilter(
                wanted, Set.copyOf(actions), Set.copyOf(containers), query.all("label"), query.flag("exec"));
    }

    @Override
    public boolean test(Event event) {
        Happening what = event.what();
        return kinds.contains(what.kind())
                && (actions.isEmpty() || actions.contains(what.action()))
                && (exec || !what.action().startsWith(EXEC))
                && (containers.isEmpty()
                        || what.container().filter(this::isMeant).isPresent())
                && labels.stream().allMatch(it -> hasLabel(what.labels(), it));
    }

    private boolean isMeant(Happening.Named container) {
        return containers.stream()
                .anyMatch(it ->
                        container.name().equals(it) || container.id().hex().startsWith(it));
    }

    private static boolean hasLabel(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        if (equals < 0) return labels.containsKey(wanted);
        return wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }
}
