package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.MemorySize;
import dev.berth.stats.History;
import dev.berth.stats.History.Point;
import dev.berth.stats.LiveSamples;
import dev.berth.stats.SampleTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/// The statistics of one container: the latest, those of the last day, and those to come.
final class StatsRoutes {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final String LAST_EVENT = "Last-Event-ID";

    private final Mirror mirror;
    private final Supplier<SampleTable> samples;
    private final History history;
    private final LiveSamples live;
    private final InstantSource clock;
    private final Duration heartbeat;

    /// @param samples the latest of every container
    StatsRoutes(Mirror mirror, Supplier<SampleTable> samples, History history, LiveSamples live, InstantSource clock) {
        this(mirror, samples, history, live, clock, HEARTBEAT);
    }

    StatsRoutes(
            Mirror mirror,
            Supplier<SampleTable> samples,
            History history,
            LiveSamples live,
            InstantSource clock,
            Duration heartbeat) {
        this.mirror = mirror;
        this.samples = samples;
        this.history = history;
        this.live = live;
        this.clock = clock;
        this.heartbeat = heartbeat;
    }

    List<Route> routes() {
        return List.of(Route.get("/container/{id}/stats", Right.READ, Set.of("history"), this::stats));
    }

    private Answer stats(Request request) {
        Optional<Duration> back = request.query().span("history", History.LONGEST);
        Container container = mirror.known().container(request.parameter("id"));
        if (back.isPresent()) return Answer.json(200, series(container.id(), back.get()));
        if (!Negotiation.wantsEvents(request.headers()))
            return Answer.json(200, ContainerView.statistics(container, samples.get()));
        Optional<Instant> last = lastEvent(request.headers());
        return Answer.events(stream -> follow(container, last, stream));
    }

    private static Optional<Instant> lastEvent(Request.Headers headers) {
        return headers.first(LAST_EVENT).map(text -> {
            if (!text.matches("\\d{1,15}")) throw new Failure.Invalid(LAST_EVENT, "is not an id of this stream");
            return Instant.ofEpochMilli(Long.parseLong(text));
        });
    }

    private Json series(ContainerId id, Duration back) {
        List<Point> points = history.since(id, back, clock.instant());
        return new ObjBuilder()
                .put("interval_seconds", back.compareTo(History.FINE) > 0 ? Json.of(60) : interval(points))
                .put(
                        "samples",
                        new Json.Arr(points.stream().map(StatsRoutes::json).toList()))
                .build();
    }

    /// The middle one of the times from sample to sample, as the sampler's pace changes with who looks.
    private static Json interval(List<Point> points) {
        var gaps = new ArrayList<Long>();
        for (int i = 1; i < points.size(); i++)
            gaps.add(
                    Duration.between(points.get(i - 1).at(), points.get(i).at()).toMillis());
        if (gaps.isEmpty()) return Json.Null.VALUE;
        gaps.sort(null);
        return Json.of(Math.round(gaps.get(gaps.size() / 2) / 100.0) / 10.0);
    }

    private static Json json(Point point) {
        return new ObjBuilder()
                .put("at", point.at())
                .put("cpu_percent", point.cpuPercent())
                .put("mem_usage", mebibytes(point.memoryUsage()))
                .put("mem_working_set", mebibytes(point.workingSet()))
                .put("pids", point.pids())
                .put("network_rx_bytes", point.networkReceived())
                .put("network_tx_bytes", point.networkSent())
                .put("block_read_bytes", point.blockRead())
                .put("block_write_bytes", point.blockWritten())
                .build();
    }

    private static Json mebibytes(OptionalLong bytes) {
        return bytes.isPresent() ? Json.of(new MemorySize(bytes.getAsLong()).mebibytes()) : Json.Null.VALUE;
    }

    /// First what the client has missed, or the latest; then what comes, until the container is gone. A container
    /// that stops may start again: only its removal is the end.
    private void follow(Container container, Optional<Instant> last, EventStream stream)
            throws IOException, InterruptedException {
        try (LiveSamples.Subscription subscription = live.follow(container.id())) {
            stream.retry(RETRY);
            Instant sent = Instant.MIN;
            for (Point point : missed(container, last)) sent = send(point, stream);
            boolean mayBeKnown = true; // what came between the subscription and the look at the history is in both
            while (mirror.snapshot().container(container.id()).isPresent()) {
                Optional<LiveSamples.Item> item = subscription.next(heartbeat);
                if (item.isEmpty()) {
                    stream.heartbeat();
                    continue;
                }
                if (item.get().lost() > 0)
                    stream.event(
                            "lost",
                            new ObjBuilder().put("lost", item.get().lost()).build());
                if (!(item.get() instanceof LiveSamples.Item.Sampled sampled)) break;
                Point point = Point.of(sampled.sample());
                mayBeKnown = mayBeKnown && !point.at().isAfter(sent);
                if (!mayBeKnown) send(point, stream);
            }
            stream.event("end", new ObjBuilder().put("reason", "removed").build());
        }
    }

    private List<Point> missed(Container container, Optional<Instant> last) {
        if (last.isEmpty())
            return samples.get().of(container).map(Point::of).stream().toList();
        Instant now = clock.instant();
        Duration back = Duration.between(last.get(), now);
        if (back.isNegative()) return List.of();
        return history.since(container.id(), back.compareTo(History.LONGEST) < 0 ? back : History.LONGEST, now).stream()
                .filter(it -> it.at().isAfter(last.get()))
                .toList();
    }

    private static Instant send(Point point, EventStream stream) throws IOException {
        stream.event(point.at().toEpochMilli(), "sample", json(point));
        return point.at();
    }
}
