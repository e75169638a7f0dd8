package dev.berth.web;

import dev.berth.inside.ExecSession;
import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.TerminalSize;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A command inside a container, and somebody at a WebSocket.
///
/// Binary frames are its input and its output. Text frames are control: `{"resize": [rows, columns]}` and
/// `{"eof": true}` from the client, `{"exit_code": n}` to it. One virtual thread carries the output, one the input.
final class TerminalTalk implements WebSocket.Talk {
    private static final System.Logger LOG = System.getLogger(TerminalTalk.class.getName());

    /// A client that goes on sending what nobody reads is not kept for ever: while we do not read, we do not see it go.
    private static final Duration STUCK = Duration.ofMinutes(2);

    private static final Duration LEAST_LOOK = Duration.ofMillis(100);

    private final ExecSession session;
    private final Duration idle;
    private final InstantSource clock;
    private final TerminalInput input;
    private volatile Instant busyAt;
    private volatile boolean gone;

    /// @param idle how long it may be without input and output
    TerminalTalk(ExecSession session, Duration idle, InstantSource clock) {
        this.session = session;
        this.idle = idle;
        this.clock = clock;
        this.input = new TerminalInput(session, clock);
        this.busyAt = clock.instant();
    }

    @Override
    public void begin(WebSocket socket) {
        Thread.ofVirtual().name("terminal-output").start(() -> carry(socket));
        Thread.ofVirtual().name("terminal-input").start(() -> input.carry(socket));
        look(socket, socket.loop());
    }

    /// Looks again when it would have been quiet for too long.
    private void look(WebSocket socket, EventExecutor loop) {
        if (gone) return;
        Instant now = clock.instant();
        if (!now.isBefore(busyAt.plus(idle))) {
            socket.close(WebSocket.NORMAL, "no input and no output for " + said(idle));
            return;
        }
        if (input.stuckSince().filter(it -> !now.isBefore(it.plus(STUCK))).isPresent()) {
            socket.close(WebSocket.POLICY, "the command has not read its input for " + said(STUCK));
            return;
        }
        Duration left = Duration.between(now, busyAt.plus(idle));
        Duration next = left.compareTo(STUCK) < 0 ? left : STUCK;
        long millis = Math.max(LEAST_LOOK.toMillis(), next.toMillis());
        var _ = loop.schedule(() -> look(socket, loop), millis, TimeUnit.MILLISECONDS);
    }

    private static String said(Duration time) {
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    private void carry(WebSocket socket) {
        try {
            for (Optional<byte[]> next = session.next(); next.isPresent(); next = session.next()) {
                socket.send(next.get());
                busyAt = clock.instant();
            }
            if (session.left()) return; // whoever ended it has said why
            int exitCode = session.exitCode();
            socket.send(new ObjBuilder().put("exit_code", exitCode).build());
            socket.close(WebSocket.NORMAL, "");
        } catch (IOException away) {
            LOG.log(Level.DEBUG, "a terminal''s client: {0}", away.getMessage());
            socket.close(WebSocket.POLICY, "the client does not read");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (Failure broken) {
            socket.close(WebSocket.INTERNAL, broken.detail());
        } finally {
            session.end();
            input.close();
        }
    }

    @Override
    public boolean bytes(byte[] bytes) {
        busyAt = clock.instant();
        return input.offer(bytes);
    }

    @Override
    public void text(String text) throws WebSocket.Violation {
        busyAt = clock.instant();
        Fields fields = fields(text);
        var faults = new Faults();
        Optional<Json> resize = fields.raw("resize");
        Optional<Json> eof = fields.raw("eof");
        fields.refuseUnknown();
        if (resize.isPresent() == eof.isPresent() || faults.any())
            throw new WebSocket.Violation("control is {\"resize\":[rows,cols]} or {\"eof\":true}");
        if (resize.isPresent()) input.resize(size(resize.get()));
        else if (eof.get().isTrue()) input.end();
        else throw new WebSocket.Violation("eof is true or is not sent");
    }

    private static Fields fields(String text) throws WebSocket.Violation {
        var faults = new Faults();
        try {
            Json json = JsonReader.request(text.getBytes(StandardCharsets.UTF_8), faults);
            Fields fields = Fields.of(json, "", faults);
            if (faults.any()) throw new WebSocket.Violation("a control message must be one JSON object");
            return fields;
        } catch (JsonReader.Broken broken) {
            throw new WebSocket.Violation("a control message must be JSON");
        }
    }

    private static TerminalSize size(Json value) throws WebSocket.Violation {
        List<Json> pair = value.items();
        try {
            if (pair.size() == 2)
                return new TerminalSize(
                        Math.toIntExact(pair.getFirst().exactWhole().orElse(0)),
                        Math.toIntExact(pair.getLast().exactWhole().orElse(0)));
        } catch (Failure.Invalid | ArithmeticException outOfRange) {
            throw new WebSocket.Violation("rows and cols are from 1 to " + TerminalSize.MOST);
        }
        throw new WebSocket.Violation("resize is [rows, cols]");
    }

    @Override
    public void gone() {
        gone = true;
        session.end();
        input.close();
    }
}
