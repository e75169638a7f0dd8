package dev.berth.engine;

import dev.berth.engine.wire.Request;
import dev.berth.model.Histogram;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// How long the engine took to answer, and how often it did not. Streams, which end when somebody likes, are left out.
public final class EngineTimes {
    private static final Set<String> KINDS = Set.of(
            "_ping",
            "containers",
            "distribution",
            "exec",
            "images",
            "info",
            "networks",
            "nodes",
            "services",
            "swarm",
            "tasks",
            "version",
            "volumes");
    private static final Set<String> WITHOUT_ID = Set.of("create", "json", "prune", "search");
    private static final Set<String> ACTIONS = Set.of(
            "archive",
            "changes",
            "connect",
            "disconnect",
            "exec",
            "history",
            "json",
            "kill",
            "logs",
            "pause",
            "push",
            "rename",
            "resize",
            "restart",
            "start",
            "stats",
            "stop",
            "tag",
            "top",
            "unpause",
            "update",
            "wait");

    private final LongSupplier nanoTime;
    private final Map<String, Operation> operations = new ConcurrentHashMap<>();

    /// @param nanoTime a clock that only goes forward
    public EngineTimes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private static final class Operation {
        final Histogram answered = new Histogram();
        final LongAdder failed = new LongAdder();
    }

    /// What is known of one kind of request.
    ///
    /// @param answered a refusal is an answer
    /// @param failed how many had no answer, a late one, or nonsense
    public record Figures(Histogram.Reading answered, long failed) {}

    /// By the engine's own name of the request, such as `GET /containers/{id}/json`.
    public Map<String, Figures> figures() {
        var figures = new TreeMap<String, Figures>();
        operations.forEach((name, it) -> figures.put(name, new Figures(it.answered.reading(), it.failed.sum())));
        return figures;
    }

    Asking begin(Request request) {
        return new Asking(
                operations.computeIfAbsent(name(request.method(), request.path()), _ -> new Operation()),
                nanoTime.getAsLong());
    }

    /// One request under way. Closed without an answer it has failed.
    final class Asking implements AutoCloseable {
        private final Operation operation;
        private final long begun;
        private boolean answered;

        private Asking(Operation operation, long begun) {
            this.operation = operation;
            this.begun = begun;
        }

        void answered() {
            answered = true;
            operation.answered.add(nanoTime.getAsLong() - begun);
        }

        @Override
        public void close() {
            if (!answered) operation.failed.increment();
        }
    }

    /// One name for all ids: there are only as many as the engine has kinds of requests.
    static String name(String method, String path) {
        String[] segments = path.substring(1).split("/", -1);
        String kind = KINDS.contains(segments[0]) ? "/" + segments[0] : "/other";
        String last = segments[segments.length - 1];
        String rest = "";
        if (segments.length == 2 && WITHOUT_ID.contains(last)) rest = "/" + last;
        else if (segments.length > 2 && ACTIONS.contains(last)) rest = "/{id}/" + last;
        else if (segments.length > 1) rest = "/{id}";
        return method + " " + kind + rest;
    }
}
