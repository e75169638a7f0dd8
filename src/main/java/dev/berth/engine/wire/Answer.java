package dev.berth.engine.wire;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// A whole answer of the engine's.
public final class Answer {
    private static final int FIRST_REFUSAL = 400;

    private final int status;
    private final byte[] body;
    private final Optional<String> date;

    /// @param date the header of that name
    Answer(int status, byte[] body, Optional<String> date) {
        this.status = status;
        this.body = body;
        this.date = date;
    }

    public int status() {
        return status;
    }

    /// The engine's clock when it answered, to a second.
    public Optional<Instant> date() {
        try {
            return date.map(text -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /// @throws Failure.EngineNonsense if the body is no JSON
    public Json json() {
        try {
            return JsonReader.engine(body, 0, body.length);
        } catch (JsonReader.Broken broken) {
            throw new Failure.EngineNonsense("the engine's answer is not JSON: " + broken.getMessage(), broken);
        }
    }

    boolean refuses() {
        return status >= FIRST_REFUSAL;
    }

    /// What a refusal says: Docker writes `message`, Podman also `cause`; nothing if it is neither's.
    Optional<String> message() {
        try {
            Json json = JsonReader.engine(body, 0, body.length);
            return json.get("message").someText().or(() -> json.get("cause").someText());
        } catch (JsonReader.Broken notTheEngine) {
            return Optional.empty();
        }
    }
}
