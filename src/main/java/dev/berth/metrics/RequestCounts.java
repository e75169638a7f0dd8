package dev.berth.metrics;

import dev.berth.model.Histogram;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// The requests that were answered. Counting one costs two looks at the clock and two additions; none waits.
public final class RequestCounts {
    /// What a request is counted under that no route has taken.
    private static final String NO_ROUTE = "none";

    private static final Set<String> METHODS = Set.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

    private final LongSupplier nanoTime;
    private final Map<Kind, LongAdder> answers = new ConcurrentHashMap<>();
    private final Map<Kind, Histogram> durations = new ConcurrentHashMap<>();

    /// @param nanoTime a clock that only goes forward
    public RequestCounts(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// @param status 0 where all statuses are meant
    private record Kind(String route, String method, int status) {}

    /// How many requests of one kind were answered with one status.
    record Answers(String route, String method, int status, long count) {}

    /// How long the requests of one kind took.
    record Durations(String route, String method, Histogram.Reading reading) {}

    public Counting begin() {
        return new Counting(nanoTime.getAsLong());
    }

    /// One request that is being answered.
    public final class Counting {
        private final long begun;
        private String route = NO_ROUTE;

        private Counting(long begun) {
            this.begun = begun;
        }

        /// @param template with its variables' names: there are only as many as there are routes
        public void taken(String template) {
            route = template;
        }

        public void answered(String method, int status) {
            String known = METHODS.contains(method) ? method : "other";
            long took = nanoTime.getAsLong() - begun;
            answers.computeIfAbsent(new Kind(route, known, status), _ -> new LongAdder())
                    .increment();
            durations
                    .computeIfAbsent(new Kind(route, known, 0), _ -> new Histogram())
                    .add(took);
        }
    }

    List<Answers> answers() {
        return answers.entrySet().stream()
                .map(it -> new Answers(
                        it.getKey().route(),
                        it.getKey().method(),
                        it.getKey().status(),
                        it.getValue().sum()))
                .sorted(Comparator.comparing(Answers::route)
                        .thenComparing(Answers::method)
                        .thenComparingInt(Answers::status))
                .toList();
    }

    List<Durations> durations() {
        return durations.entrySet().stream()
                .map(it -> new Durations(
                        it.getKey().route(), it.getKey().method(), it.getValue().reading()))
                .sorted(Comparator.comparing(Durations::route).thenComparing(Durations::method))
                .toList();
    }
}
