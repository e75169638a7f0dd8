package dev.berth.app;

import dev.berth.house.ApiDocument;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Faults;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// A client that holds every answer against the API document.
record Http(String base, String token) {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// An answer as it came.
    record Reply(int status, HttpHeaders headers, String text) {
        Json json() {
            try {
                return JsonReader.request(text.getBytes(StandardCharsets.UTF_8), new Faults());
            } catch (JsonReader.Broken broken) {
                throw new AssertionError("no JSON: " + text, broken);
            }
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    Reply get(String path) {
        return send(request(path).GET());
    }

    Reply post(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    Reply post(String path) {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    Reply delete(String path) {
        return send(request(path).DELETE());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + token);
    }

    Reply send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            var response = CLIENT.send(request, BodyHandlers.ofByteArray());
            var reply = new Reply(
                    response.statusCode(), response.headers(), new String(response.body(), StandardCharsets.UTF_8));
            String query = Optional.ofNullable(request.uri().getRawQuery())
                    .map(it -> "?" + it)
                    .orElse("");
            ApiDocument.ours()
                    .check(
                            request.method(),
                            request.uri().getRawPath() + query,
                            reply.status(),
                            reply.headers().map(),
                            response.body());
            return reply;
        } catch (IOException broken) {
            throw new AssertionError(request.method() + " " + request.uri() + " broke", broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
