package dev.berth.feed;

import dev.berth.model.ContainerId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is told of something that happened.
///
/// @param action one of the kind's
/// @param container whom it concerns, if it does concern one
/// @param labels of the container or the image
public record Happening(
        Kind kind,
        String action,
        Optional<Named> container,
        Map<String, String> labels,
        SortedMap<String, Fact> facts) {
    /// A container as it was called then.
    public record Named(ContainerId id, String name) {}

    public Happening {
        if (!kind.actions().contains(action))
            throw new IllegalArgumentException(kind.word() + " has no action '" + action + "'");
        facts = Collections.unmodifiableSortedMap(facts);
    }

    public static Happening of(Kind kind, String action) {
        return new Happening(kind, action, Optional.empty(), Map.of(), new TreeMap<>());
    }

    /// `container.started` and the like.
    public String name() {
        return kind.word() + "." + action;
    }

    public Happening concerning(ContainerId id, String name) {
        return new Happening(kind, action, Optional.of(new Named(id, name)), labels, facts);
    }

    public Happening labelled(Map<String, String> itsLabels) {
        return new Happening(kind, action, container, itsLabels, facts);
    }

    public Happening with(String fact, String text) {
        return with(fact, new Fact.Text(text));
    }

    public Happening with(String fact, long count) {
        return with(fact, new Fact.Count(count));
    }

    public Happening with(String fact, double share) {
        return with(fact, new Fact.Share(share));
    }

    public Happening with(String fact, boolean yes) {
        return with(fact, new Fact.Flag(yes));
    }

    public Happening with(String fact, List<String> texts) {
        return with(fact, new Fact.Texts(texts));
    }

    public Happening with(String fact, OptionalInt number) {
        return with(fact, number.isPresent() ? new Fact.Count(number.getAsInt()) : new Fact.None());
    }

    public Happening with(String fact, Optional<String> text) {
        return with(fact, text.<Fact>map(Fact.Text::new).orElseGet(Fact.None::new));
    }

    private Happening with(String name, Fact fact) {
        var more = new TreeMap<>(facts);
        more.put(name, fact);
        return new Happening(kind, action, container, labels, more);
    }
}
