package dev.berth.engine.wire;

import dev.berth.json.JsonWriter;
import dev.berth.json.ObjBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Makes refusals as the wire reads them, for tests of what they mean.
public final class Refusing {
    private Refusing() {}

    public static Refused with(int status, String message) {
        return raw(
                status,
                JsonWriter.bytes(new ObjBuilder().put("message", message).build()));
    }

    public static Refused page(int status, String text) {
        return raw(status, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Refused raw(int status, byte[] body) {
        return new Refused(Request.get("/x", "try"), new Answer(status, body, Optional.empty()));
    }
}
