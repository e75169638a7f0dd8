package dev.berth.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.access.Secret;
import dev.berth.access.Tokens;
import dev.berth.house.ApiDocument;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.metrics.RequestCounts;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// The router without a socket. Every answer is held against the API document before a test sees it.
final class Desk {
    static final String TOKEN = "berth_the-token-of-these-tests-0123456789";
    static final String OURS = "berth.example:8473";

    private final Router router;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private boolean documented = true;

    Desk(List<Route> routes) {
        this(routes, new RequestCounts(System::nanoTime));
    }

    /// @param requests where the answered ones are counted
    Desk(List<Route> routes, RequestCounts requests) {
        this.router = new Router(
                routes, new Tokens(new Secret(TOKEN)), new Door(Set.of("berth.example", "localhost")), requests);
        headers.put("Host", OURS);
        headers.put("Authorization", "Bearer " + TOKEN);
    }

    /// The same routes behind a socket, on a port of its own; not begun.
    static Server server(List<Route> routes) {
        return new Server(
                new ServerSettings("127.0.0.1", 0, Set.of("localhost")),
                routes,
                new Tokens(new Secret(TOKEN)),
                new RequestCounts(System::nanoTime),
                InstantSource.system(),
                new Random(5));
    }

    /// What came back.
    record Reply(int status, Map<String, List<String>> headers, String text) {
        Json json() {
            byte[] bytes = text.getBytes(UTF_8);
            try {
                return JsonReader.engine(bytes, 0, bytes.length);
            } catch (JsonReader.Broken broken) {
                throw new AssertionError(text, broken);
            }
        }

        String header(String name) {
            return String.join(", ", headers.getOrDefault(name, List.of()));
        }

        String problem() {
            return json().get("type").textOrEmpty().replace("/problem/", "");
        }

        List<String> faulty() {
            return json().get("errors").items().stream()
                    .map(it -> it.get("field").textOrEmpty())
                    .toList();
        }
    }

    /// Sends this header with every request from now on.
    Desk with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    Desk without(String name) {
        headers.remove(name);
        return this;
    }

    /// For routes that only a test has.
    Desk undocumented() {
        documented = false;
        return this;
    }

    Reply get(String target) {
        return ask("GET", target, Optional.empty());
    }

    Reply ask(String method, String target) {
        return ask(method, target, Optional.empty());
    }

    Reply ask(String method, String target, String body) {
        return ask(method, target, Optional.of(body));
    }

    Reply post(String target, String body) {
        return ask("POST", target, Optional.of(body));
    }

    private Reply ask(String method, String target, Optional<String> body) {
        var sent = new TreeMap<>(headers);
        body.ifPresent(_ -> sent.putIfAbsent("Content-Type", "application/json"));
        int mark = target.indexOf('?');
        var incoming = new Router.Incoming(
                method,
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? "" : target.substring(mark + 1),
                name -> Optional.ofNullable(sent.get(name)),
                () -> body.orElse("").getBytes(UTF_8),
                new Client(),
                "the-request");
        Answer answer = router.answer(incoming);
        var received = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (Answer.Header header : answer.headers())
            received.computeIfAbsent(header.name(), _ -> new ArrayList<>()).add(header.value());
        received.put("X-Request-Id", List.of(incoming.requestId()));
        if (answer.body().isPresent() || answer.events().isPresent())
            received.put("Content-Type", List.of(answer.contentType()));
        byte[] bytes = answer.body().map(Rendered::plain).orElse(new byte[0]);
        if (documented)
            ApiDocument.ours()
                    .check(method, target, answer.status(), received, method.equals("HEAD") ? new byte[0] : bytes);
        return new Reply(answer.status(), received, new String(bytes, UTF_8));
    }
}
