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

    static byte[] bytes(String name) {
        try (InputStream in = Recorded.class.getResourceAsStream(name + ".json")) {
            if (in == null) throw new AssertionError("no recording " + name);
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Json answer(String name) {
        return json(bytes(name));
    }

    static Json json(String text) {
        return json(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Json json(byte[] bytes) {
        try {
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new AssertionError(broken);
        }
    }
}
