package dev.berth.images.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A registry on a port of its own that knows what tags are, who may ask, and how often.
public final class SmallRegistry implements AutoCloseable {
    /// What a registry makes of a manifest for who does not know the newer forms.
    public static final String CONVERTED = "sha256:" + "c0".repeat(32);

    /// Who may ask, and how they have to show it.
    public enum Door {
        OPEN,
        BASIC,
        TOKEN
    }

    private static final String USER = "anna:secret";
    private static final String IDENTITY = "identity+token";

    private final HttpServer server;
    private final Map<String, String> digests = new HashMap<>();
    private final Map<String, String> always = new TreeMap<>();
    private final Deque<Map<String, String>> limited = new ArrayDeque<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Door door = Door.OPEN;
    private volatile int broken;
    private volatile boolean old;
    private volatile Optional<String> elsewhere = Optional.empty();

    public SmallRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v2/", exchange -> answer(exchange, this::manifest));
        server.createContext("/token", exchange -> answer(exchange, this::token));
        server.start();
    }

    /// `127.0.0.1` and its port.
    public String name() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /// A tag, such as `app:1`, is this from now on.
    public void hold(String tag, String digest) {
        int colon = tag.lastIndexOf(':');
        digests.put("/v2/" + tag.substring(0, colon) + "/manifests/" + tag.substring(colon + 1), digest);
    }

    public void guard(Door kind) {
        door = kind;
    }

    /// The next question is answered with 429.
    public void limitNext(Map<String, String> headers) {
        synchronized (limited) {
            limited.add(headers);
        }
    }

    /// Every answer has these headers.
    public void always(String header, String value) {
        always.put(header, value);
    }

    /// Every answer is this status, or as usual again with 0.
    public void breakWith(int status) {
        broken = status;
    }

    /// It knows none of the newer forms of manifests.
    public void growOld() {
        old = true;
    }

    /// It sends everybody there.
    public void moveTo(String address) {
        elsewhere = Optional.of(address);
    }

    /// The credentials that it takes, as the engine's header has them without its encoding.
    public static String password() {
        return "{\"username\":\"anna\",\"password\":\"secret\"}";
    }

    public static String identity() {
        return "{\"identitytoken\":\"" + IDENTITY + "\"}";
    }

    /// Method, path and how the asker was shown, of every question to the registry and its realm so far.
    public List<String> asked() {
        return asked;
    }

    private interface Handler {
        void answer(HttpExchange exchange) throws IOException;
    }

    private void answer(HttpExchange exchange, Handler handler) throws IOException {
        try (exchange) {
            String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                    .orElse("nobody");
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + shown);
            always.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            handler.answer(exchange);
        }
    }

    private void manifest(HttpExchange exchange) throws IOException {
        Map<String, String> refusal;
        synchronized (limited) {
            refusal = limited.poll();
        }
        if (refusal != null) {
            refusal.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            exchange.sendResponseHeaders(429, -1);
        } else if (broken != 0) exchange.sendResponseHeaders(broken, -1);
        else if (elsewhere.isPresent()) {
            exchange.getResponseHeaders()
                    .set("Location", elsewhere.get() + exchange.getRequestURI().getRawPath());
            exchange.sendResponseHeaders(307, -1);
        } else if (isAllowed(exchange)) known(exchange);
        else exchange.sendResponseHeaders(401, -1);
    }

    private boolean isAllowed(HttpExchange exchange) {
        String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
        return switch (door) {
            case OPEN -> true;
            case BASIC -> {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"a registry\"");
                yield shown.equals(basic());
            }
            case TOKEN -> {
                exchange.getResponseHeaders()
                        .set(
                                "WWW-Authenticate",
                                "Bearer realm=\"http://" + name() + "/token\",service=\"small, but fine\",scope=\""
                                        + scope(exchange) + "\"");
                yield shown.equals("Bearer " + tokenFor(scope(exchange)));
            }
        };
    }

    private static String basic() {
        return "Basic " + Base64.getEncoder().encodeToString(USER.getBytes(StandardCharsets.UTF_8));
    }

    private static String scope(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return "repository:" + path.substring("/v2/".length(), path.indexOf("/manifests/")) + ":pull";
    }

    private static String tokenFor(String scope) {
        return "token-for-" + scope;
    }

    private void known(HttpExchange exchange) throws IOException {
        String digest = digests.get(exchange.getRequestURI().getPath());
        if (digest == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        List<String> accepted = exchange.getRequestHeaders().getOrDefault("Accept", List.of());
        boolean newer = !old
                && List.of(
                                "oci.image.index.v1",
                                "oci.image.manifest.v1",
                                "manifest.list.v2",
                                "distribution.manifest.v2")
                        .stream()
                        .allMatch(form -> accepted.stream().anyMatch(it -> it.contains(form)));
        exchange.getResponseHeaders().set("Docker-Content-Digest", newer ? digest : CONVERTED);
        exchange.getResponseHeaders()
                .set(
                        "Content-Type",
                        newer
                                ? "application/vnd.oci.image.index.v1+json"
                                : "application/vnd.docker.distribution.manifest.v1+prettyjws");
        exchange.sendResponseHeaders(200, -1);
    }

    /// Who is not known gets a token that opens nothing.
    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> fields = fields(exchange);
        String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
        boolean known = exchange.getRequestMethod().equals("POST")
                ? IDENTITY.equals(fields.get("refresh_token")) && "refresh_token".equals(fields.get("grant_type"))
                : shown.equals(basic());
        if (!"small, but fine".equals(fields.get("service"))) {
            exchange.sendResponseHeaders(400, -1);
            return;
        }
        String token = known ? tokenFor(String.valueOf(fields.get("scope"))) : "none";
        byte[] body = ("{\"" + (known ? "access_token" : "token") + "\":\"" + token + "\",\"expires_in\":300}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private static Map<String, String> fields(HttpExchange exchange) throws IOException {
        String text = exchange.getRequestMethod().equals("POST")
                ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                : String.valueOf(exchange.getRequestURI().getRawQuery());
        var fields = new HashMap<String, String>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0)
                fields.put(
                        pair.substring(0, equals),
                        java.net.URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return fields;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
