package dev.berth.json;

import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a tree as UTF-8 without white space, keys sorted.
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int REPLACEMENT = 0xFFFD;

    private JsonWriter() {}

    public static byte[] bytes(Json value) {
        var out = new ByteArrayOutputStream(1024);
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(value, generator);
        }
        return out.toByteArray();
    }

    /// Half a character cannot be written in UTF-8; an engine may have said one all the same.
    private static String whole(String text) {
        for (int i = 0; i < text.length(); i++) if (Character.isSurrogate(text.charAt(i))) return repaired(text);
        return text;
    }

    private static String repaired(String text) {
        return text.codePoints()
                .map(it -> it >= Character.MIN_SURROGATE && it <= Character.MAX_SURROGATE ? REPLACEMENT : it)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static void write(Json value, JsonGenerator out) {
        switch (value) {
            case Json.Obj(var entries) -> {
                out.writeStartObject();
                entries.forEach((name, inner) -> {
                    out.writeName(whole(name));
                    write(inner, out);
                });
                out.writeEndObject();
            }
            case Json.Arr(var items) -> {
                out.writeStartArray();
                for (Json item : items) write(item, out);
                out.writeEndArray();
            }
            case Json.Str(String text) -> out.writeString(whole(text));
            case Json.Num(var number) ->
                out.writeNumber(
                        number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
            case Json.Bool(boolean bool) -> out.writeBoolean(bool);
            case Json.Null() -> out.writeNull();
        }
    }
}
