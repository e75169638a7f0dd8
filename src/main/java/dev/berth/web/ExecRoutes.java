package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.inside.ExecResult;
import dev.berth.inside.ExecSession;
import dev.berth.inside.Execs;
import dev.berth.json.ObjBuilder;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// `/container/{id}/exec`: a command inside a container, to its end or on a terminal.
final class ExecRoutes {
    private final Execs execs;
    private final InstantSource clock;

    ExecRoutes(Execs execs, InstantSource clock) {
        this.execs = execs;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/container/{id}/exec", Right.OPERATE, Set.of(), this::run),
                Route.get("/container/{id}/exec", Right.OPERATE, ExecBody.QUERY, this::terminal)
                        .withoutHead());
    }

    private Answer run(Request request) throws InterruptedException {
        ExecBody wanted = ExecBody.read(request);
        ExecResult result = execs.run(
                request.parameter("id"), wanted.spec(), wanted.input(), wanted.limit(), request.client()::onGone);
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("exit_code", result.exitCode())
                        .put("stderr", result.stderr())
                        .put("stdout", result.stdout())
                        .put("truncated", result.truncated())
                        .build());
    }

    /// What can be refused is refused before the protocol changes, as an answer that HTTP clients understand.
    private Answer terminal(Request request) throws InterruptedException {
        WebSocketHandshake handshake = WebSocketHandshake.of(request.headers());
        ExecBody wanted = ExecBody.read(request.query());
        ExecSession session = execs.start(request.parameter("id"), wanted.spec());
        request.client().onGone(session::end);
        boolean handedOver = false;
        try {
            wanted.size().ifPresent(session::resize);
            request.client().switchTo(new WebSocket(new TerminalTalk(session, execs.idle(), clock)));
            handedOver = true;
            return handshake.answer();
        } finally {
            if (!handedOver) session.end();
        }
    }
}
