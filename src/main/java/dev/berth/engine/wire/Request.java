package dev.berth.engine.wire;

import dev.berth.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// One question to the engine.
///
/// @param doing what it is for, for messages: `list the containers`
/// @param limit how long the whole answer, or a stream's beginning, may take
public record Request(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        Optional<Json> body,
        String doing,
        Duration limit) {
    private static final Duration USUAL = Duration.ofSeconds(30);

    public static Request get(String path, String doing) {
        return of("GET", path, doing);
    }

    public static Request head(String path, String doing) {
        return of("HEAD", path, doing);
    }

    public static Request put(String path, String doing) {
        return of("PUT", path, doing);
    }

    public static Request post(String path, String doing) {
        return of("POST", path, doing);
    }

    public static Request delete(String path, String doing) {
        return of("DELETE", path, doing);
    }

    private static Request of(String method, String path, String doing) {
        return new Request(method, path, Map.of(), Map.of(), Optional.empty(), doing, USUAL);
    }

    public Request query(String name, String value) {
        return new Request(method, path, plus(query, name, value), headers, body, doing, limit);
    }

    public Request header(String name, String value) {
        return new Request(method, path, query, plus(headers, name, value), body, doing, limit);
    }

    public Request body(Json json) {
        return new Request(method, path, query, headers, Optional.of(json), doing, limit);
    }

    public Request within(Duration time) {
        return new Request(method, path, query, headers, body, doing, time);
    }

    /// The same below a prefix, such as `/v1.41`.
    public Request under(String prefix) {
        return new Request(method, prefix + path, query, headers, body, doing, limit);
    }

    /// Text as one segment of a path.
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    String target() {
        if (query.isEmpty()) return path;
        return path
                + query.entrySet().stream()
                        .map(entry -> segment(entry.getKey()) + "=" + segment(entry.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    /// Whether asking twice does no more than asking once.
    boolean repeatable() {
        return method.equals("GET");
    }

    private static Map<String, String> plus(Map<String, String> all, String name, String value) {
        var more = new TreeMap<>(all);
        more.put(name, value);
        return more;
    }
}
