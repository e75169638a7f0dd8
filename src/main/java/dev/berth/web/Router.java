package dev.berth.web;

import dev.berth.access.Caller;
import dev.berth.access.Tokens;
import dev.berth.metrics.RequestCounts;
import dev.berth.model.Failure;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// Takes a request through the door to its route, and turns whatever happens into an answer.
final class Router {
    private static final System.Logger LOG = System.getLogger(Router.class.getName());
    private static final Caller NOBODY = new Caller("nobody", java.util.Set.of());

    private final List<Route> routes;
    /// Those without variables, by their path: nothing wins over them, and most requests are for them.
    private final Map<String, List<Found>> fixed;

    private final Map<String, Route> atHand;
    private final Tokens tokens;
    private final Door door;
    private final RequestCounts requests;

    Router(List<Route> routes, Tokens tokens, Door door, RequestCounts requests) {
        this.routes = routes.stream()
                .sorted(Comparator.<Route>comparingInt(it -> it.pattern().variables())
                        .thenComparingInt(it -> -it.pattern().length())) // `…/{id...}/history` before `…/{id...}`
                .toList();
        this.fixed = this.routes.stream()
                .filter(it -> it.pattern().variables() == 0)
                .collect(Collectors.groupingBy(
                        it -> it.pattern().text(),
                        Collectors.mapping(it -> new Found(it, Map.of()), Collectors.toUnmodifiableList())));
        this.atHand = this.routes.stream()
                .filter(it -> it.atHand().isPresent())
                .collect(Collectors.toUnmodifiableMap(it -> it.pattern().text(), it -> it));
        this.tokens = tokens;
        this.door = door;
        this.requests = requests;
    }

    /// What the network brought.
    record Incoming(
            String method,
            String rawPath,
            String rawQuery,
            Request.Headers headers,
            Request.Body body,
            Client client,
            String requestId) {}

    Answer answer(Incoming in) {
        RequestCounts.Counting counting = requests.begin();
        Answer answer = answer(in, counting);
        counting.answered(in.method(), answer.status());
        return answer;
    }

    private Answer answer(Incoming in, RequestCounts.Counting counting) {
        try {
            return Negotiation.finish(in, route(in, counting));
        } catch (HttpRefusal refusal) {
            return Problems.of(refusal, in);
        } catch (Failure failure) {
            // An engine that is away is in the log already, once, and not with every request that notices.
            if (failure instanceof Failure.EngineNonsense || failure instanceof Failure.EngineSlow)
                LOG.log(Level.WARNING, "{0}: {1}", described(in), failure.detail());
            return Problems.of(failure, in);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Problems.of(new Failure.Cancelled("the server is stopping"), in);
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, described(in), fault);
            return Problems.internal(in);
        }
    }

    /// Whether the answer is made without waiting for anything.
    boolean hasAtHand(Incoming in) {
        if (!in.rawQuery().isEmpty() || !in.method().equals("GET")) return false;
        return Optional.ofNullable(atHand.get(in.rawPath()))
                .flatMap(Route::atHand)
                .filter(BooleanSupplier::getAsBoolean)
                .isPresent();
    }

    private static String described(Incoming in) {
        return "request " + in.requestId() + ": " + in.method() + " " + in.rawPath();
    }

    private Answer route(Incoming in, RequestCounts.Counting counting) throws InterruptedException {
        door.check(in.headers());
        if (!isPlain(in.rawPath()))
            throw new Failure.Invalid("path", "must be ASCII; everything else is percent-encoded UTF-8");
        List<Found> found = find(in.rawPath());
        if (!found.isEmpty()) counting.taken(found.getFirst().route().pattern().text());
        Optional<Found> match =
                found.stream().filter(it -> it.route().answers(in.method())).findFirst();
        boolean open = !found.isEmpty()
                && found.stream().allMatch(it -> it.route().right().isEmpty());
        Caller caller = open ? NOBODY : authenticate(in);
        if (found.isEmpty()) throw new Failure.NotFound("no-such-path", "there is nothing at " + in.rawPath());
        Found chosen = match.orElseThrow(() -> HttpRefusal.methodNotAllowed(in.method(), allowed(found)));
        chosen.route().right().ifPresent(right -> {
            if (!caller.may(right))
                throw new Failure.Forbidden("not-allowed", "the token '" + caller.name() + "' may not do this");
        });
        if (chosen.route().changes()) door.checkSite(in.headers());
        Query query = Query.parse(in.rawQuery());
        query.refuseUnknown(chosen.route().query());
        if (chosen.route().body()) Door.checkContentType(in.headers());
        return chosen.route()
                .handler()
                .handle(new Request(
                        in.method(), chosen.parameters(), query, in.headers(), in.body(), in.client(), caller));
    }

    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) if (path.charAt(i) <= ' ' || path.charAt(i) >= 0x7F) return false;
        return true;
    }

    private record Found(Route route, Map<String, String> parameters) {}

    /// Every method of the path; of patterns that fit, the one with the fewest variables, then the longest.
    private List<Found> find(String rawPath) {
        List<Found> known = fixed.get(rawPath);
        if (known != null) return known;
        List<String> segments = PathPattern.split(rawPath);
        List<Found> fitting = new ArrayList<>();
        for (Route route : routes) {
            boolean other =
                    !fitting.isEmpty() && !fitting.getFirst().route().pattern().equals(route.pattern());
            if (!other) route.pattern().match(segments).ifPresent(it -> fitting.add(new Found(route, it)));
        }
        return fitting;
    }

    private Caller authenticate(Incoming in) {
        return in.headers()
                .first("Authorization")
                .or(() -> WebSocketHandshake.authorization(in.headers()))
                .flatMap(tokens::authenticate)
                .orElseThrow(() -> HttpRefusal.unauthorized(
                        in.headers().first("Authorization").isPresent()));
    }

    private static String allowed(List<Found> found) {
        var methods = new TreeSet<String>();
        for (Found one : found) {
            methods.add(one.route().method());
            if (one.route().head()) methods.add("HEAD");
        }
        return String.join(", ", methods);
    }
}
