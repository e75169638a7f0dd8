package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the engine's refusals of image work mean. Older engines answer 500 whatever a registry said, so the text
/// decides.
final class RegistryRefusals {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private static final List<String> DENIED = List.of(
            "no basic auth credentials",
            "unauthorized",
            "authentication required",
            "pull access denied",
            "requested access to the resource is denied",
            "may require 'docker login'",
            "access forbidden",
            "status: 401",
            "status: 403",
            "status 401",
            "status 403");

    private static final List<String> UNKNOWN =
            List.of("manifest unknown", "not found", "name unknown", "repository does not exist", "no such image");

    /// The registry has answered as often as it will for now.
    private static final List<String> LIMITED = List.of("toomanyrequests", "too many requests", "rate limit");

    /// There is nobody, or nobody answers; what that is called.
    private static final Map<String, String> UNREACHABLE = unreachable();

    /// Neither the image nor the credentials are at fault: the registry could not be asked.
    private static final List<String> UNASKABLE =
            List.of("x509", "tls:", "server gave http response to https client", "dial tcp");

    private RegistryRefusals() {}

    private static Map<String, String> unreachable() {
        var texts = new LinkedHashMap<String, String>();
        for (String text : List.of("connection refused", "no such host", "no route to host", "network is unreachable"))
            texts.put(text, text);
        for (String text : List.of("i/o timeout", "context deadline exceeded", "client.timeout exceeded"))
            texts.put(text, "no answer in time");
        return texts;
    }

    /// Of a pull, before its stream began.
    static Failure pull(Refused refused, ImageRef reference) {
        return registry(refused.message(), reference, "pull-refused");
    }

    /// Of a pull, from an error inside its stream.
    static Failure pull(String message, ImageRef reference) {
        return registry(message, reference, "pull-refused");
    }

    /// Of asking for a registry's digest.
    static Failure digest(Refused refused, ImageRef reference) {
        boolean noSuchEndpoint = refused.status() == NOT_FOUND
                && (!refused.hasMessage()
                        || refused.message().equalsIgnoreCase("not found")
                        || refused.message().equals("page not found"));
        if (noSuchEndpoint)
            return new Failure.Rejected("registry-unsupported", "this engine cannot ask a registry for a digest");
        return registry(refused.message(), reference, "registry-refused");
    }

    static Failure remove(Refused refused, String image) {
        String message = refused.message();
        Failure failure = switch (refused.status()) {
            case NOT_FOUND -> new Failure.NotFound("no-such-image", "there is no image " + image);
            case CONFLICT -> new Failure.Conflict("image-in-use", "the image " + image + " is in use");
            default -> throw Refusals.unexpected(refused, "remove the image " + image);
        };
        return failure.saidByEngine(message);
    }

    static Failure tag(Refused refused, ImageRef reference) {
        Failure failure = refused.status() == NOT_FOUND
                ? new Failure.NotFound("no-such-image", "the image is not on this engine")
                : new Failure.Rejected("engine-refused", "the engine refused to name the image " + reference);
        return failure.saidByEngine(refused.message());
    }

    private static Failure registry(String message, ImageRef reference, String otherwise) {
        String lower = message.toLowerCase(Locale.ROOT);
        Optional<String> silence = UNREACHABLE.entrySet().stream()
                .filter(it -> lower.contains(it.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        Failure failure;
        if (has(lower, LIMITED))
            failure = new Failure.Refused(
                    "registry-limit",
                    "the registry " + reference.domain() + " has been asked too often; try again later");
        else if (silence.isPresent())
            failure = new Failure.Rejected(
                    "registry-unreachable",
                    "the registry " + reference.domain() + " is not reachable: " + silence.get());
        else if (has(lower, UNASKABLE))
            failure = new Failure.Rejected(
                    otherwise, "the registry of " + reference + " could not be asked, or refused to answer");
        // "repository does not exist or may require 'docker login'" leaves open which; credentials may help.
        else if (has(lower, DENIED))
            failure = new Failure.Rejected("registry-denied", "the registry denies access to " + reference);
        else if (has(lower, UNKNOWN))
            failure = new Failure.Rejected("image-not-found", "the registry does not know " + reference);
        else failure = new Failure.Rejected(otherwise, "the engine could not get " + reference);
        return failure.saidByEngine(message);
    }

    private static boolean has(String message, List<String> parts) {
        return parts.stream().anyMatch(message::contains);
    }
}
