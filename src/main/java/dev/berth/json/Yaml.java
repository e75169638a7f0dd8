package dev.berth.json;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads YAML 1.2 that holds nothing but what JSON can say. For files of our own: a fault in them is ours.
public final class Yaml {
    private Yaml() {}

    /// @throws IllegalArgumentException if it holds something else
    public static Json read(byte[] yaml) {
        var settings = LoadSettings.builder().setLabel("YAML").build();
        return new Compose(settings)
                .composeInputStream(new ByteArrayInputStream(yaml))
                .map(Yaml::json)
                .orElse(Json.Null.VALUE);
    }

    private static Json json(Node node) {
        return switch (node) {
            case MappingNode mapping -> object(mapping);
            case SequenceNode sequence ->
                new Json.Arr(sequence.getValue().stream().map(Yaml::json).toList());
            case ScalarNode scalar -> scalar(scalar);
            default -> throw new IllegalArgumentException("no JSON: " + node);
        };
    }

    /// A key is text, whatever else it looks like.
    private static Json object(MappingNode mapping) {
        var entries = new TreeMap<String, Json>();
        for (var entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key))
                throw new IllegalArgumentException("no key: " + entry.getKeyNode());
            if (entries.put(key.getValue(), json(entry.getValueNode())) != null)
                throw new IllegalArgumentException("twice: " + key.getValue());
        }
        return new Json.Obj(entries);
    }

    private static Json scalar(ScalarNode scalar) {
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) return Json.Null.VALUE;
        if (tag.equals(Tag.BOOL)) return Json.of(Boolean.parseBoolean(scalar.getValue()));
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) return new Json.Num(new BigDecimal(scalar.getValue()));
        return Json.of(scalar.getValue());
    }
}
