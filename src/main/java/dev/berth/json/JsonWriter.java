package dev.berth.json;

import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a tree as UTF-8 without white space, keys sorted.
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonWriter() {}

    public static byte[] bytes(Json value) {
        var out = new ByteArrayOutputStream(1024);
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(value, generator);
        }
        return out.toByteArray();
    }

    private static void write(Json value, JsonGenerator out) {
        switch (value) {
            case Json.Obj(var entries) -> {
                out.writeStartObject();
                entries.forEach((name, inner) -> {
                    out.writeName(name);
                    write(inner, out);
                });
                out.writeEndObject();
            }
            case Json.Arr(var items) -> {
                out.writeStartArray();
                for (Json item : items) write(item, out);
                out.writeEndArray();
            }
            case Json.Str(String text) -> out.writeString(text);
            case Json.Num(var number) ->
                out.writeNumber(
                        number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
            case Json.Bool(boolean bool) -> out.writeBoolean(bool);
            case Json.Null() -> out.writeNull();
        }
    }
}
