package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.engine.wire.WireBytes;
import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.time.Duration;
import java.util.Optional;

/// The logs of Docker's API.
final class DockerLogs implements EngineLogs {
    private static final long SECOND = 1_000_000_000L;
    /// An engine says nothing before the first record that fits, which it may have to look for in a long file.
    private static final Duration PATIENT = Duration.ofMinutes(10);
    /// Where a record may not come for days.
    private static final Duration FOLLOWED = Duration.ofDays(3650);

    private final Conversation conversation;

    DockerLogs(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public EngineStream<LogRecord> read(ContainerId id, LogQuery query) {
        if (query.follow()) return new LazyStream<>(() -> stream(id, query));
        Reading reading = stream(id, query);
        reading.open();
        return reading;
    }

    /// Only the container itself says whether its log is a terminal's.
    private Reading stream(ContainerId id, LogQuery query) {
        Json container;
        try {
            container = conversation.ask(Request.get("/containers/" + id + "/json", "inspect a container"));
        } catch (Refused refused) {
            throw Refusals.container(refused, id, "inspect it");
        }
        String driver = container.at("HostConfig", "LogConfig", "Type").textOrEmpty();
        return new Reading(id, driver, container.at("Config", "Tty").isTrue(), conversation.bytes(request(id, query)));
    }

    private static Request request(ContainerId id, LogQuery query) {
        Request request = Request.get("/containers/" + id + "/logs", "read a container's log")
                .query("stdout", "1")
                .query("stderr", "1")
                .query("timestamps", "1")
                .query("follow", query.follow() ? "1" : "0")
                .within(query.follow() ? FOLLOWED : PATIENT);
        if (query.since().isPresent())
            request = request.query("since", seconds(query.since().getAsLong()));
        if (query.until().isPresent())
            request = request.query("until", seconds(query.until().getAsLong()));
        if (query.tail().isPresent())
            request = request.query("tail", String.valueOf(query.tail().getAsInt()));
        return request;
    }

    /// Zero would be "no limit".
    private static String seconds(long nanos) {
        long at = Math.max(1, nanos);
        return at / SECOND + "." + String.format("%09d", at % SECOND);
    }

    /// One reading of one log.
    private static final class Reading implements EngineStream<LogRecord> {
        private final ContainerId id;
        private final String driver;
        private final WireBytes wire;
        private final LogFrames frames;

        Reading(ContainerId id, String driver, boolean terminal, WireBytes wire) {
            this.id = id;
            this.driver = driver;
            this.wire = wire;
            this.frames = new LogFrames(wire::read, terminal);
        }

        void open() {
            try {
                wire.open();
            } catch (Refused refused) {
                wire.close();
                throw translated(refused);
            } catch (Failure broken) {
                wire.close();
                throw broken;
            }
        }

        @Override
        public Optional<LogRecord> next() {
            try {
                return frames.next();
            } catch (Refused refused) {
                throw translated(refused);
            } catch (Failure broken) {
                wire.close();
                throw broken;
            }
        }

        private Failure translated(Refused refused) {
            if (!Refusals.unreadable(refused)) return Refusals.container(refused, id, "read its log");
            return new Failure.Conflict(
                            "log-unreadable", "the container's log driver '" + driver + "' keeps nothing to read")
                    .with("log_driver", driver)
                    .saidByEngine(refused.message());
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
