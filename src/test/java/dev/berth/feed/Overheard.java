package dev.berth.feed;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.awaitility.Awaitility;

/// Everything that a feed tells from some moment on, for tests.
public final class Overheard {
    private final Feed.Reader reader;
    private final List<Event> events = new ArrayList<>();

    public Overheard(Feed feed) {
        reader = feed.follow(Optional.empty(), _ -> true);
    }

    /// All so far.
    public List<Event> events() {
        try {
            for (var items = reader.next(Duration.ZERO); !items.isEmpty(); items = reader.next(Duration.ZERO))
                for (Item item : items) {
                    if (!(item instanceof Item.Happened(Event event))) throw new AssertionError("a gap: " + item);
                    events.add(event);
                }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        return events;
    }

    public List<String> names() {
        return events().stream().map(it -> it.what().name()).toList();
    }

    /// Names, but of these kinds only.
    public List<String> names(Kind kind) {
        return events().stream()
                .filter(it -> it.what().kind() == kind)
                .map(it -> it.what().action())
                .toList();
    }

    /// The first of a name, once it is there.
    public Event await(String name) {
        return awaited(overheard -> overheard.events().stream()
                .filter(it -> it.what().name().equals(name))
                .findFirst());
    }

    private Event awaited(Function<Overheard, Optional<Event>> look) {
        Awaitility.await().atMost(20, SECONDS).until(() -> look.apply(this).isPresent());
        return look.apply(this).orElseThrow();
    }

    /// Waits until exactly these have been told of a kind, in order.
    public void awaitActions(Kind kind, String... actions) {
        Awaitility.await().atMost(20, SECONDS).until(() -> names(kind).size() >= actions.length);
        if (!names(kind).equals(List.of(actions)))
            throw new AssertionError("told " + names(kind) + " instead of " + List.of(actions));
    }

    public static String fact(Event event, String name) {
        return switch (event.what().facts().getOrDefault(name, new Fact.Text("no fact " + name))) {
            case Fact.Text(String text) -> text;
            case Fact.Count(long count) -> Long.toString(count);
            case Fact.Share(double share) -> Double.toString(share);
            case Fact.Flag(boolean yes) -> Boolean.toString(yes);
            case Fact.Texts(List<String> texts) -> texts.toString();
            case Fact.None() -> "none";
        };
    }
}
