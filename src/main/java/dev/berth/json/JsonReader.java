package dev.berth.json;

import dev.berth.model.Faults;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final JsonReader REQUESTS = new JsonReader(REQUEST_DEPTH, 1 << 20, true);
    private static final JsonReader ENGINE = new JsonReader(ENGINE_DEPTH, 64 << 20, false);

    private final JsonFactory factory;
    private final boolean wholeCharacters;

    /// @param wholeCharacters whether `\ud800` alone is refused: half a character, which no UTF-8 can carry on
    private JsonReader(int depth, int longestText, boolean wholeCharacters) {
        this.wholeCharacters = wholeCharacters;
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
    /// @throws Broken if it is no JSON in UTF-8, too deep, or followed by something else
    public static Json request(byte[] bytes, Faults faults) throws Broken {
        String text = utf8(bytes);
        return REQUESTS.read(REQUESTS.factory.createParser(ObjectReadContext.empty(), text), faults);
    }

    /// Reads what an engine said; of a duplicate field the first value counts.
    ///
    /// @throws Broken if it is no JSON
    public static Json engine(byte[] bytes, int offset, int length) throws Broken {
        return ENGINE.read(ENGINE.factory.createParser(ObjectReadContext.empty(), bytes, offset, length), new Faults());
    }

    /// The parser would guess UTF-16 and UTF-32 too, and let halves of characters pass.
    private static String utf8(byte[] bytes) throws Broken {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException notUtf8) {
            throw new Broken("is not UTF-8", 1, 1);
        }
    }

    private Json read(JsonParser open, Faults faults) throws Broken {
        try (JsonParser parser = open) {
            JsonToken first = parser.nextToken();
            if (first == null) throw new Broken("is empty", 1, 1);
            Json value = value(parser, first, Place.BODY, faults);
            if (parser.nextToken() != null) throw broken(parser, "something follows the end of the value");
            return value;
        } catch (JacksonException broken) {
            var where = broken.getLocation();
            throw new Broken(
                    problem(String.valueOf(broken.getOriginalMessage())),
                    where == null ? 1 : Math.max(1, where.getLineNr()),
                    where == null ? 1 : Math.max(1, where.getColumnNr()));
        }
    }

    /// The parser has several words for the end, some with its own internals.
    private static String problem(String said) {
        return said.startsWith("Unexpected end-of-input") ? "it ends in the middle of a value" : said;
    }

    private Json value(JsonParser parser, JsonToken token, Place place, Faults faults) throws Broken {
        return switch (token) {
            case START_OBJECT -> object(parser, place, faults);
            case START_ARRAY -> array(parser, place, faults);
            case VALUE_STRING -> new Json.Str(text(parser, parser.getString()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> new Json.Bool(true);
            case VALUE_FALSE -> new Json.Bool(false);
            case VALUE_NULL -> Json.Null.VALUE;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw broken(parser, "unexpected " + token);
        };
    }

    private Json object(JsonParser parser, Place place, Faults faults) throws Broken {
        var entries = new TreeMap<String, Json>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = text(parser, parser.currentName());
            var inner = new Place(place, name, -1);
            Json value = value(parser, parser.nextToken(), inner, faults);
            if (entries.putIfAbsent(name, value) != null) faults.add(inner.path(), "stands more than once");
        }
        return new Json.Obj(entries);
    }

    private Json array(JsonParser parser, Place place, Faults faults) throws Broken {
        List<Json> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken())
            items.add(value(parser, token, new Place(place, "", items.size()), faults));
        return new Json.Arr(items);
    }

    private String text(JsonParser parser, String text) throws Broken {
        if (wholeCharacters && text.codePoints().anyMatch(JsonReader::isHalf))
            throw broken(parser, "a string holds half a character");
        return text;
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static Json number(JsonParser parser) throws Broken {
        try {
            var value = parser.getDecimalValue();
            if (Math.abs((long) value.scale()) <= LARGEST_SCALE) return new Json.Num(value);
        } catch (NumberFormatException exponentBeyondAnInt) {
            // refused like every other exponent that is too large
        }
        throw broken(parser, "a number is out of range");
    }

    private static Broken broken(JsonParser parser, String problem) {
        var where = parser.currentLocation();
        return new Broken(problem, where.getLineNr(), where.getColumnNr());
    }

    /// Where a value stands; put into words only when somebody has to be told.
    private record Place(@Nullable Place parent, String name, int index) {
        static final Place BODY = new Place(null, "", -1);

        String path() {
            String above = parent == null ? "" : parent.path();
            if (index >= 0) return above + "[" + index + "]";
            return above.isEmpty() ? name : above + "." + name;
        }
    }

    /// The bytes are no JSON of an acceptable shape.
    public static final class Broken extends Exception {
        public Broken(String problem, int line, int column) {
            super(problem + " (line " + line + ", column " + column + ")");
        }
    }
}
