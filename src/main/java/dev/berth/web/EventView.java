package dev.berth.web;

import dev.berth.feed.Event;
import dev.berth.feed.Fact;
import dev.berth.feed.Item;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import java.util.List;

/// Events in the API's words.
final class EventView {
    private EventView() {}

    /// What every event has, and an object under the name of its type with everything else.
    static Json json(Event event) {
        var facts = new ObjBuilder();
        event.what().facts().forEach((name, fact) -> facts.put(name, json(fact)));
        String type = event.what().kind().word();
        return new ObjBuilder()
                .put("id", event.id().toString())
                .put("at", event.at())
                .put("type", type)
                .put("action", event.what().action())
                .put(type, facts.build())
                .build();
    }

    static Json json(Item.Gap gap) {
        return new ObjBuilder()
                .put("reason", gap.reason().word())
                .put("lost", gap.lost())
                .put("from", gap.from().toString())
                .put("to", gap.to().toString())
                .build();
    }

    private static Json json(Fact fact) {
        return switch (fact) {
            case Fact.Text(String text) -> Json.of(text);
            case Fact.Count(long count) -> Json.of(count);
            case Fact.Share(double share) -> Json.of(share);
            case Fact.Flag(boolean yes) -> new Json.Bool(yes);
            case Fact.Texts(List<String> texts) -> Json.of(texts);
            case Fact.None() -> Json.Null.VALUE;
        };
    }
}
