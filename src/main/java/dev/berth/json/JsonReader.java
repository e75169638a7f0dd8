package dev.berth.json;

import dev.berth.model.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Reads bytes into a tree, within bounds that no input can exceed.
public final class JsonReader {
    /// Deep enough for every request; ten times less than what endangers a stack.
    private static final int REQUEST_DEPTH = 32;
    /// Engines nest plugins' settings and events deeper than anybody types.
    private static final int ENGINE_DEPTH = 200;
    /// A longer exponent would be a number of gigabytes when written out.
    private static final int LARGEST_SCALE = 400;

    private static final JsonReader REQUESTS = new JsonReader(REQUEST_DEPTH, 1 << 20);
    private static final JsonReader ENGINE = new JsonReader(ENGINE_DEPTH, 64 << 20);

    private final JsonFactory factory;

    private JsonReader(int depth, int longestText) {
        factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxStringLength(longestText)
                        .maxNameLength(longestText)
                        .maxNumberLength(LARGEST_SCALE)
                        .build())
                .build();
    }

    /// Reads a request's body. A duplicate field becomes a fault and the first value counts.
    ///
    /// @throws Broken if it is no JSON, too deep, or followed by something else
    public static Json request(byte[] bytes, Faults faults) throws Broken {
        return REQUESTS.read(bytes, 0, bytes.length, faults);
    }

    /// Reads what an engine said; of a duplicate field the first value counts.
    ///
    /// @throws Broken if it is no JSON
    public static Json engine(byte[] bytes, int offset, int length) throws Broken {
        return ENGINE.read(bytes, offset, length, new Faults());
    }

    private Json read(byte[] bytes, int offset, int length, Faults faults) throws Broken {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            JsonToken first = parser.nextToken();
            if (first == null) throw new Broken("is empty", 1, 1);
            Json value = value(parser, first, "", faults);
            if (parser.nextToken() != null) throw broken(parser, "something follows the end of the value");
            return value;
        } catch (JacksonException broken) {
            var where = broken.getLocation();
            throw new Broken(
                    String.valueOf(broken.getOriginalMessage()),
                    where == null ? 1 : Math.max(1, where.getLineNr()),
                    where == null ? 1 : Math.max(1, where.getColumnNr()));
        }
    }

    private static Json value(JsonParser parser, JsonToken token, String path, Faults faults) throws Broken {
        return switch (token) {
            case START_OBJECT -> object(parser, path, faults);
            case START_ARRAY -> array(parser, path, faults);
            case VALUE_STRING -> new Json.Str(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> new Json.Bool(true);
            case VALUE_FALSE -> new Json.Bool(false);
            case VALUE_NULL -> Json.Null.VALUE;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw broken(parser, "unexpected " + token);
        };
    }

    private static Json object(JsonParser parser, String path, Faults faults) throws Broken {
        var entries = new TreeMap<String, Json>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            String inner = path.isEmpty() ? name : path + "." + name;
            Json value = value(parser, parser.nextToken(), inner, faults);
            if (entries.putIfAbsent(name, value) != null) faults.add(inner, "stands more than once");
        }
        return new Json.Obj(entries);
    }

    private static Json array(JsonParser parser, String path, Faults faults) throws Broken {
        List<Json> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken())
            items.add(value(parser, token, path + "[" + items.size() + "]", faults));
        return new Json.Arr(items);
    }

    private static Json number(JsonParser parser) throws Broken {
        var value = parser.getDecimalValue();
        if (Math.abs((long) value.scale()) > LARGEST_SCALE) throw broken(parser, "a number is out of range");
        return new Json.Num(value);
    }

    private static Broken broken(JsonParser parser, String problem) {
        var where = parser.currentLocation();
        return new Broken(problem, where.getLineNr(), where.getColumnNr());
    }

    /// The bytes are no JSON of an acceptable shape.
    public static final class Broken extends Exception {
        public Broken(String problem, int line, int column) {
            super(problem + " (line " + line + ", column " + column + ")");
        }
    }
}
