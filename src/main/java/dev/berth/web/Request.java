package dev.berth.web;

import dev.berth.access.Caller;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/// A request that has found its route and passed the door.
///
/// @param parameters the variable parts of the path, decoded
public record Request(
        String method,
        Map<String, String> parameters,
        Query query,
        Headers headers,
        Body body,
        Client client,
        Caller caller) {

    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) throw new IllegalStateException("the route has no {" + name + "}");
        return value;
    }

    public boolean dryRun() {
        return query.flag("dry_run");
    }

    /// The body as JSON; duplicate fields go to `faults`.
    ///
    /// @throws Failure.Invalid if it is no JSON
    public Json json(Faults faults) {
        byte[] bytes = body.read();
        try {
            return JsonReader.request(bytes, faults);
        } catch (JsonReader.Broken broken) {
            throw new Failure.Invalid("body", "is not acceptable JSON: " + broken.getMessage());
        }
    }

    /// The headers of a request; names in any case.
    @FunctionalInterface
    public interface Headers {
        Optional<String> first(String name);
    }

    /// The body of a request, read when it is asked for.
    @FunctionalInterface
    public interface Body {
        byte[] read();

        /// As announced; -1 where only its end will tell.
        default long length() {
            return read().length;
        }

        /// The body however long it is, instead of `read`. Whoever takes it closes it.
        default InputStream stream() {
            return new ByteArrayInputStream(read());
        }
    }
}
