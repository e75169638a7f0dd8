package dev.berth.images.registry;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.ImageRef;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Answers a registry's challenge: shows a password, or gets a token for it where the registry says.
///
/// <https://distribution.github.io/distribution/spec/auth/token/> and, for identity tokens, `…/auth/oauth/`.
record RegistryTokens(RegistryHttp http, InstantSource clock) {
    /// What came of it.
    sealed interface Outcome {}

    /// @param authorization as the header has it
    record Granted(String authorization) implements Outcome {
        @Override
        public String toString() {
            return "granted";
        }
    }

    /// The registry does not want this user.
    record Denied(String why) implements Outcome {}

    /// Tokens have been asked for too often.
    record Limited(RateLimit rate) implements Outcome {}

    /// @param asked what the registry was asked: a realm must not be reached less safely than this was
    Outcome authorize(Challenge challenge, RegistryLogin login, ImageRef tag, URI asked)
            throws IOException, InterruptedException {
        if (challenge.isBasic())
            return login.basic()
                    .<Outcome>map(it -> new Granted("Basic " + it))
                    .orElseGet(() -> new Denied("it wants a user and a password"));
        Optional<URI> realm = challenge.parameter("realm").flatMap(it -> realm(it, asked));
        if (realm.isEmpty()) return new Denied("it names no address for tokens that could be asked");
        var fields = new TreeMap<String, String>();
        challenge.parameter("service").ifPresent(it -> fields.put("service", it));
        fields.put("scope", challenge.parameter("scope").orElse("repository:" + tag.path() + ":pull"));
        RegistryReply reply = ask(realm.get(), fields, login);
        return switch (reply.status()) {
            case 200 -> token(reply.text().getBytes(StandardCharsets.UTF_8));
            case 429 -> new Limited(RateLimit.read(reply, clock.instant()));
            default -> new Denied("it gives no token: status " + reply.status());
        };
    }

    private static Optional<URI> realm(String text, URI asked) {
        try {
            URI realm = URI.create(text);
            boolean safe = "https".equals(realm.getScheme())
                    || ("http".equals(realm.getScheme()) && asked.getScheme().equals("http"));
            return Optional.of(realm).filter(it -> safe && it.getHost() != null);
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private RegistryReply ask(URI realm, Map<String, String> fields, RegistryLogin login)
            throws IOException, InterruptedException {
        if (login.identityToken().isPresent()) {
            var form = new TreeMap<>(fields);
            form.put("grant_type", "refresh_token");
            form.put("client_id", "berth");
            form.put("refresh_token", login.identityToken().get());
            return http.post(realm, encoded(form));
        }
        String mark = realm.getRawQuery() == null ? "?" : "&";
        return http.get(
                URI.create(realm + mark + encoded(fields)), login.basic().map(it -> "Basic " + it));
    }

    private static Outcome token(byte[] body) {
        try {
            Json answer = JsonReader.engine(body, 0, body.length);
            return answer.get("token")
                    .someText()
                    .or(() -> answer.get("access_token").someText())
                    .filter(it -> it.matches("[\\x21-\\x7e]+")) // it becomes a header
                    .<Outcome>map(it -> new Granted("Bearer " + it))
                    .orElseGet(() -> new Denied("it gives an answer without a token"));
        } catch (JsonReader.Broken broken) {
            return new Denied("it gives an answer that is no token");
        }
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(it -> encoded(it.getKey()) + "=" + encoded(it.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
