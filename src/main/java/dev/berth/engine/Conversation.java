package dev.berth.engine;

import dev.berth.engine.wire.Answer;
import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.engine.wire.Upgraded;
import dev.berth.engine.wire.Wire;
import dev.berth.engine.wire.WireBytes;
import dev.berth.engine.wire.WireDownload;
import dev.berth.engine.wire.WireStream;
import dev.berth.engine.wire.WireUpload;
import dev.berth.json.Json;
import dev.berth.model.Failure;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Talks to the engine in the version that both know.
final class Conversation {
    private final Wire wire;
    private final EngineTimes times;
    private volatile @Nullable Terms terms;

    Conversation(Wire wire, EngineTimes times) {
        this.wire = wire;
        this.times = times;
    }

    /// What was settled.
    private record Terms(Engine.Greeting greeting, String prefix) {}

    /// Settles anew.
    Engine.Greeting meet() {
        return settle().greeting();
    }

    Engine.Greeting greeting() {
        return terms().greeting();
    }

    Answer call(Request request) throws Refused {
        String prefix = terms().prefix();
        return timed(request, request.under(prefix));
    }

    /// @param counted the request without a version
    private Answer timed(Request counted, Request sent) throws Refused {
        try (var asking = times.begin(counted)) {
            try {
                Answer answer = wire.call(sent);
                asking.answered();
                return answer;
            } catch (Refused refused) {
                asking.answered();
                throw refused;
            }
        }
    }

    Json ask(Request request) throws Refused {
        return call(request).json();
    }

    /// For what the engine has no reason to refuse.
    Json demand(Request request) {
        try {
            return ask(request);
        } catch (Refused refused) {
            throw Refusals.unexpected(refused, request.doing());
        }
    }

    WireStream stream(Request request) {
        return wire.stream(request.under(terms().prefix()));
    }

    WireDownload download(Request request) {
        return wire.download(request.under(terms().prefix()));
    }

    WireUpload upload(Request request) {
        return wire.upload(request.under(terms().prefix()));
    }

    Upgraded upgrade(Request request) throws Refused {
        return wire.upgrade(request.under(terms().prefix()));
    }

    WireBytes bytes(Request request) {
        return wire.bytes(request.under(terms().prefix()));
    }

    /// Asks without a version.
    Answer bare(Request request) {
        try {
            return timed(request, request);
        } catch (Refused refused) {
            throw Refusals.unexpected(refused, request.doing());
        }
    }

    /// A value made of the engine's words; words that make none are nonsense, not the caller's fault.
    static <T> T read(String what, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (Failure.Invalid invalid) {
            throw new Failure.EngineNonsense(
                    "the engine showed " + what + " that is none: " + invalid.detail(), invalid);
        }
    }

    /// The same for a function.
    static <T> Function<Json, T> reading(String what, Function<Json, T> reader) {
        return json -> read(what, () -> reader.apply(json));
    }

    private Terms terms() {
        Terms settled = terms;
        return settled == null ? settle() : settled;
    }

    private Terms settle() {
        Answer answer = bare(Request.get("/version", "ask for the engine's version"));
        Json version = answer.json();
        String spoken = Negotiation.settle(version).toString();
        // An answer without a date is no reason to refuse it; events from the epoch on are all that the ring holds.
        Instant clock = answer.date().orElse(Instant.EPOCH);
        var greeting = new Engine.Greeting(name(version), version.get("Version").textOrEmpty(), spoken, clock);
        var settled = new Terms(greeting, "/v" + spoken);
        terms = settled;
        return settled;
    }

    private static String name(Json version) {
        boolean podman = version.get("Components").items().stream()
                .anyMatch(it -> it.get("Name").textOrEmpty().startsWith("Podman"));
        return podman ? "podman" : "docker";
    }
}
