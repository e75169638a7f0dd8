package dev.berth.containers;

import dev.berth.containers.IdempotencyKeys.Attempt;
import dev.berth.containers.IdempotencyKeys.Done;
import dev.berth.containers.IdempotencyKeys.Fresh;
import dev.berth.containers.IdempotencyKeys.Unfinished;
import dev.berth.json.Json;
import dev.berth.json.JsonWriter;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/// A create that may be sent twice and makes one container.
public final class KeyedCreate {
    private final IdempotencyKeys keys;
    private final String caller;
    private final String key;
    private final String hash;

    /// What came of it.
    public sealed interface Outcome {}

    /// A container, made now or found where an earlier life of the server had left off.
    public record Made(Container container) implements Outcome {}

    /// The first success again.
    ///
    /// @param container its full id; it may have been removed since
    /// @param answer as it was given then; none if the server ended before it was
    public record Again(String container, Optional<String> answer) implements Outcome {}

    /// What it takes of the containers.
    ///
    /// @param find the complete container that an operation made, after its half-made ones have been removed
    /// @param make makes it, under this operation
    record Way(Function<String, Optional<Container>> find, Function<String, Container> make) {}

    /// @param caller the name of the token
    /// @param body of the request; the order of its fields means nothing
    KeyedCreate(IdempotencyKeys keys, String caller, String key, Json body) {
        this.keys = keys;
        this.caller = caller;
        this.key = key;
        this.hash = hash(body);
    }

    Outcome run(String operation, Way way) throws InterruptedException {
        return switch (keys.begin(caller, key, hash, operation)) {
            case Done(String container, Optional<String> answer) -> new Again(container, answer);
            case Fresh(Attempt attempt) -> attempted(attempt, () -> way.make().apply(operation));
            case Unfinished(Attempt attempt, String old) ->
                attempted(
                        attempt,
                        () -> way.find().apply(old).orElseGet(() -> way.make().apply(old)));
        };
    }

    private interface Making {
        Container make();
    }

    private static Made attempted(Attempt attempt, Making making) {
        try (attempt) {
            Container made = making.make();
            attempt.succeeded(made.id().hex());
            return new Made(made);
        } catch (Failure.EngineDown | Failure.EngineSlow | Failure.EngineNonsense | Failure.Cancelled unsure) {
            attempt.undecided(); // it may have been made, or be made yet
            throw unsure;
        }
    }

    /// Keeps the answer for whoever asks again.
    public void answered(Json answer) {
        keys.answered(caller, key, new String(JsonWriter.bytes(answer), java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String hash(Json body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(JsonWriter.bytes(body));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }
}
