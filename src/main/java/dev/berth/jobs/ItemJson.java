package dev.berth.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.json.JsonWriter;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import java.util.SortedMap;
import java.util.TreeMap;

/// Items as the disk keeps them.
final class ItemJson {
    private ItemJson() {}

    static String text(SortedMap<String, Item> items) {
        var all = new TreeMap<String, Json>();
        items.forEach((name, item) -> all.put(name, json(item)));
        return new String(JsonWriter.bytes(new Json.Obj(all)), UTF_8);
    }

    private static Json json(Item item) {
        return new ObjBuilder()
                .put("state", item.state().word())
                .put("percent", item.percent())
                .put("current_bytes", item.currentBytes())
                .put("total_bytes", item.totalBytes())
                .putText("digest_before", item.digestBefore())
                .putText("digest_after", item.digestAfter())
                .putText("error", item.error())
                .put("more", new Json.Obj(item.more()))
                .build();
    }

    /// @throws JsonReader.Broken if it is no JSON
    /// @throws Failure.Invalid if it says what no item does
    static SortedMap<String, Item> parse(String text) throws JsonReader.Broken {
        byte[] bytes = text.getBytes(UTF_8);
        var items = new TreeMap<String, Item>();
        JsonReader.engine(bytes, 0, bytes.length).fields().forEach((name, item) -> items.put(name, item(item)));
        return items;
    }

    private static Item item(Json json) {
        return new Item(
                JobState.parse(json.get("state").textOrEmpty()),
                json.get("percent") instanceof Json.Num(var percent) ? percent.doubleValue() : 0,
                json.get("current_bytes").whole(),
                json.get("total_bytes").whole(),
                json.get("digest_before").text(),
                json.get("digest_after").text(),
                json.get("error").text(),
                new TreeMap<>(json.get("more").fields()));
    }
}
