package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What real engines answered.
final class Recorded {
    private Recorded() {}

    static Json answer(String name) {
        try (InputStream in = Recorded.class.getResourceAsStream(name + ".json")) {
            if (in == null) throw new AssertionError("no recording " + name);
            byte[] bytes = in.readAllBytes();
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(broken);
        }
    }

    static Json json(String text) {
        byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        try {
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(broken);
        }
    }
}
