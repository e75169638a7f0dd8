package dev.berth.web;

import dev.berth.access.Tokens;
import dev.berth.model.Failure;
import dev.berth.model.RandomId;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The listening socket: turns what Helidon reads into our requests, and our answers into what it writes.
public final class Server implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Server.class.getName());
    private static final int BACKLOG = 1024;
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final int ID_LENGTH = 16;
    private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");
    private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

    private final Router router;
    private final RandomGenerator random;
    private final WebServer server;
    private final EventStreams streams = new EventStreams();

    /// @param settings where to listen and which host names are ours
    public Server(ServerSettings settings, List<Route> routes, Tokens tokens, RandomGenerator random) {
        this.random = random;
        this.router = new Router(routes, tokens, new Door(settings.names()));
        // Nagle's algorithm on an answer of two packets waits for the client's delayed acknowledgement: 40 ms.
        this.server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .backlog(BACKLOG)
                .connectionOptions(it -> it.tcpNoDelay(true))
                .idleConnectionTimeout(IDLE)
                .shutdownGracePeriod(GRACE)
                .shutdownHook(false)
                .directHandlers(this::unreadable)
                .routing(routing -> routing.any(this::handle))
                .build();
    }

    /// Begins to listen.
    ///
    /// @throws IllegalStateException if the address cannot be listened on
    public void start() {
        server.start();
        if (!server.isRunning()) throw new IllegalStateException("the address is taken, or is not one of this machine");
    }

    /// The port, also where the settings left the choice to the system.
    public int port() {
        return server.port();
    }

    /// Ends what streams, stops accepting, and lets what is being answered end for ten seconds at most.
    @Override
    public void close() {
        streams.close();
        server.stop();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        Target target = Target.of(request.path().rawPath());
        Request.Headers headers =
                name -> name.equals("Host") && target.authority().isPresent()
                        ? target.authority()
                        : request.headers().first(HeaderNames.create(name));
        String id = headers.first("X-Request-Id")
                .filter(it -> SANE_ID.matcher(it).matches())
                .orElseGet(() -> RandomId.next(random, ID_LENGTH));
        var entity = new Entity(request);
        var incoming = new Router.Incoming(
                request.prologue().method().text(),
                target.path(),
                request.query().rawValue(),
                headers,
                entity,
                id);
        Answer answer =
                entity.framingIsPlain() ? router.answer(incoming) : Problems.of(HttpRefusal.unclearLength(), incoming);
        boolean last = answer.close() || entity.isLast();
        write(incoming, last ? answer.closing() : answer, response);
        if (last) {
            entity.discard();
            // Helidon 4.3.1 only announces the end: it would read what follows as the next request.
            throw new CloseConnectionException("that was the last answer of this connection");
        }
    }

    private void write(Router.Incoming incoming, Answer answer, ServerResponse response) {
        response.status(Status.create(answer.status()));
        response.header(REQUEST_ID, incoming.requestId());
        for (Answer.Header header : answer.headers())
            response.headers().add(HeaderValues.create(HeaderNames.create(header.name()), header.value()));
        if (answer.close()) response.header(HeaderValues.CONNECTION_CLOSE);
        if (answer.events().isPresent()) {
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            if (incoming.method().equals("HEAD")) response.send();
            else stream(incoming, answer.events().get(), response);
            return;
        }
        Optional<Rendered> body = answer.body();
        if (body.isEmpty()) {
            response.send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
        boolean gzip = Negotiation.gzips(incoming, body.get());
        if (gzip) response.header(HeaderNames.CONTENT_ENCODING, "gzip");
        byte[] bytes = gzip ? body.get().gzip() : body.get().plain();
        if (incoming.method().equals("HEAD")) {
            response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(bytes.length));
            response.send();
        } else response.send(bytes);
    }

    private void stream(Router.Incoming incoming, EventStream.Source events, ServerResponse response) {
        try (OutputStream out = response.outputStream()) {
            streams.write(events, out);
        } catch (IOException | ServerConnectionException gone) {
            throw new CloseConnectionException("the client has gone", gone);
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "request " + incoming.requestId() + ": " + incoming.rawPath(), fault);
            throw new CloseConnectionException("the stream has broken", fault);
        }
    }

    /// What Helidon cannot read as a request never reaches the router; its answer has our form all the same.
    private void unreadable(DirectHandlers.Builder handlers) {
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) handlers.addHandler(type, this::refuse);
    }

    private DirectHandler.TransportResponse refuse(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            io.helidon.http.ServerResponseHeaders headers,
            String message) {
        var incoming = new Router.Incoming(
                request.method(),
                request.path(),
                "",
                _ -> Optional.empty(),
                () -> new byte[0],
                RandomId.next(random, ID_LENGTH));
        boolean ours = type == DirectHandler.EventType.INTERNAL_ERROR
                && !request.path().isEmpty();
        Answer answer = ours
                ? Problems.internal(incoming)
                : Problems.of(new Failure.Invalid("request", "cannot be read as HTTP/1.1"), incoming);
        var response = DirectHandler.TransportResponse.builder()
                .status(Status.create(answer.status()))
                .header(REQUEST_ID, incoming.requestId())
                .header(HeaderNames.CONTENT_TYPE, answer.contentType())
                .keepAlive(false);
        for (Answer.Header header : answer.headers())
            response.header(HeaderNames.create(header.name()), header.value());
        return response.entity(answer.body().orElseThrow().plain()).build();
    }
}
