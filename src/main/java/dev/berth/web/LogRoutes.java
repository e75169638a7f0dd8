package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.inside.LogItem;
import dev.berth.inside.LogLine;
import dev.berth.inside.LogPosition;
import dev.berth.inside.LogReading;
import dev.berth.inside.Logs;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The log of one container, as text or as events.
final class LogRoutes {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final int USUAL = 8 << 10;
    private static final int LARGEST_KEPT = 128 << 10;
    private static final String LAST_EVENT = "Last-Event-ID";

    private final Mirror mirror;
    private final Logs logs;
    private final InstantSource clock;
    private final Duration heartbeat;

    LogRoutes(Mirror mirror, Logs logs, InstantSource clock) {
        this(mirror, logs, clock, HEARTBEAT);
    }

    LogRoutes(Mirror mirror, Logs logs, InstantSource clock, Duration heartbeat) {
        this.mirror = mirror;
        this.logs = logs;
        this.clock = clock;
        this.heartbeat = heartbeat;
    }

    List<Route> routes() {
        return List.of(Route.get(
                "/container/{id}/log",
                Right.READ,
                Set.of("follow", "tail", "since", "until", "timestamps", "stream"),
                this::log));
    }

    private Answer log(Request request) {
        boolean events = Negotiation.wantsEvents(request.headers());
        boolean timestamps = request.query().flag("timestamps");
        var wanted = new LogQueryReader(request.query(), clock).read(events, events ? from(request) : Optional.empty());
        Container container = mirror.known().container(request.parameter("id"));
        if (request.method().equals("HEAD"))
            return events ? Answer.events(_ -> {}) : Answer.text(_ -> {}); // nothing is opened that nobody would close
        LogReading reading = logs.open(container.id(), wanted);
        request.client().onGone(() -> Thread.ofVirtual().name("end of a log").start(reading::close));
        if (events) return Answer.events(stream -> events(reading, stream));
        return Answer.text(stream -> text(reading, timestamps, stream));
    }

    /// What is empty again, and has not grown with some long line for good.
    private static ByteArrayOutputStream sent(ByteArrayOutputStream out, EventStream stream) throws IOException {
        stream.raw(out);
        boolean usual = out.size() <= LARGEST_KEPT;
        out.reset();
        return usual ? out : new ByteArrayOutputStream(USUAL);
    }

    private static Optional<LogPosition> from(Request request) {
        return request.headers()
                .first(LAST_EVENT)
                .map(text -> LogPosition.parse(text)
                        .orElseThrow(() -> new Failure.Invalid(LAST_EVENT, "is not an id of this stream")));
    }

    /// A slow client is waited for. What breaks off must not look like the end, so the connection is cut.
    private void text(LogReading open, boolean timestamps, EventStream stream) throws IOException {
        var out = new ByteArrayOutputStream(USUAL);
        try (LogReading reading = open) {
            while (true) {
                switch (reading.next(heartbeat)) {
                    case LogItem.Lines(List<LogLine> lines) -> {
                        for (LogLine line : lines) LogText.plain(line, timestamps, out);
                        out = sent(out, stream);
                    }
                    case LogItem.End(String reason) -> {
                        if (reason.equals("closed")) throw new IOException("the log was closed");
                        return;
                    }
                    case LogItem.Gap(long lost) -> throw new IllegalStateException("lost " + lost + " lines");
                    case LogItem.Quiet() -> {}
                }
            }
        } catch (Failure broken) {
            throw new IOException("the log broke off: " + broken.detail(), broken);
        } catch (InterruptedException stopping) {
            var cut = new InterruptedIOException("the server stops in the middle of a log");
            cut.initCause(stopping);
            throw cut;
        }
    }

    private void events(LogReading open, EventStream stream) throws IOException, InterruptedException {
        var out = new ByteArrayOutputStream(USUAL);
        try (LogReading reading = open) {
            stream.retry(RETRY);
            while (true) {
                switch (reading.next(heartbeat)) {
                    case LogItem.Lines(List<LogLine> lines) -> {
                        for (LogLine line : lines) LogText.event(line, out);
                        out = sent(out, stream);
                    }
                    case LogItem.Gap(long lost) ->
                        stream.event("gap", new ObjBuilder().put("lost", lost).build());
                    case LogItem.Quiet() -> stream.heartbeat();
                    case LogItem.End(String reason) -> {
                        stream.event(
                                "end", new ObjBuilder().put("reason", reason).build());
                        return;
                    }
                }
            }
        } catch (Failure broken) {
            throw new IOException("the log broke off: " + broken.detail(), broken);
        }
    }
}
