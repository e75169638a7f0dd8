package dev.berth.engine.wire;

import dev.berth.json.JsonWriter;
import dev.berth.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;

/// HTTP to one engine.
///
/// Throws `EngineDown` when it cannot be reached, `EngineSlow` when it does not answer within the request's limit,
/// `EngineNonsense` when what answers is not an engine, `Refused` when it says no.
public final class Wire implements AutoCloseable {
    /// Far more than a list of ten thousand containers.
    private static final int LARGEST_ANSWER = 64 << 20;

    private static final int OK = 200;

    private final CloseableHttpClient pooled;
    private final CloseableHttpClient fresh;
    private final Dial dial;
    private final String base;
    private final int largestAnswer;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// @param tls what to trust and to show; used where the address asks for TLS
    /// @param verify whether the engine's certificate must bear the address's host
    public Wire(Address address, Optional<SSLContext> tls, boolean verify) {
        this(address, tls, verify, LARGEST_ANSWER);
    }

    Wire(Address address, Optional<SSLContext> tls, boolean verify, int largestAnswer) {
        this.pooled = Connections.pooled(address, tls, verify);
        this.fresh = Connections.fresh(address, tls, verify);
        this.dial = new Dial(address, tls, verify);
        this.base = address instanceof Address.Unix ? "http://" + Connections.LOCAL : address.toString();
        this.largestAnswer = largestAnswer;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("engine-time-limits").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setRejectedExecutionHandler(
                new ThreadPoolExecutor.DiscardPolicy()); // after close there is nothing to limit
    }

    /// Asks and waits for the whole answer. A read may travel on a used connection, and is asked once more on a new
    /// one if that was dead; a write always has its own, so it is sent at most once.
    public Answer call(Request request) throws Refused {
        Flight flight = flight(request);
        try {
            Answer answer = request.repeatable() ? read(request, flight) : write(request, flight);
            if (answer.refuses()) throw new Refused(request, answer);
            return answer;
        } finally {
            landed(flight);
        }
    }

    /// A stream that has not begun yet.
    public WireStream stream(Request request) {
        return new WireStream(this, request);
    }

    /// An answer of bytes that has not begun yet.
    public WireDownload download(Request request) {
        return new WireDownload(this, request);
    }

    /// A request whose body is sent as it comes; it has not begun yet.
    public WireUpload upload(Request request) {
        return new WireUpload(this, dial, request);
    }

    /// Asks, and has the connection for itself once the engine agrees to speak no more HTTP on it.
    public Upgraded upgrade(Request request) throws Refused {
        Flight flight = flight(request);
        boolean agreed = false;
        try {
            var upgraded = Upgraded.open(dial, request, flight, () -> landed(flight));
            agreed = true;
            return upgraded;
        } catch (IOException broken) {
            throw Breakage.beforeAnswer(broken, flight, request);
        } finally {
            if (!agreed) landed(flight);
        }
    }

    /// The same as bytes.
    public WireBytes bytes(Request request) {
        return new WireBytes(this, request);
    }

    /// Ends everything that is under way, as if each had been cancelled.
    @Override
    public void close() {
        closed = true;
        flights.forEach(Flight::close);
        pooled.close(CloseMode.IMMEDIATE);
        fresh.close(CloseMode.IMMEDIATE);
        timer.shutdownNow();
    }

    private Answer read(Request request, Flight flight) {
        ClassicHttpResponse response;
        try {
            response = send(pooled, request, flight);
        } catch (IOException broken) {
            if (Breakage.staleConnection(broken, flight)) return write(request, flight);
            throw Breakage.beforeAnswer(broken, flight, request);
        }
        return whole(response, request, flight);
    }

    private Answer write(Request request, Flight flight) {
        return whole(begin(request, flight), request, flight);
    }

    Flight flight(Request request) {
        var flight = new Flight(request, timer);
        flights.add(flight);
        if (closed) flight.close();
        return flight;
    }

    void landed(Flight flight) {
        flight.arrived();
        flights.remove(flight);
    }

    /// Sends on a connection of its own and waits for the answer's head.
    ClassicHttpResponse begin(Request request, Flight flight) {
        try {
            return send(fresh, request, flight);
        } catch (IOException broken) {
            throw Breakage.beforeAnswer(broken, flight, request);
        }
    }

    /// The same, and waits for the engine to agree; from then on the limit does not apply.
    ClassicHttpResponse agreed(Request request, Flight flight) throws Refused {
        ClassicHttpResponse response = begin(request, flight);
        Optional<Answer> refusal =
                response.getCode() == OK ? Optional.empty() : Optional.of(whole(response, request, flight));
        flight.arrived();
        if (refusal.isPresent()) throw new Refused(request, refusal.get());
        return response;
    }

    /// What comes after the head; empty if nothing does.
    static InputStream body(ClassicHttpResponse response, Request request, Flight flight) {
        try {
            return response.getEntity() == null
                    ? InputStream.nullInputStream()
                    : response.getEntity().getContent();
        } catch (IOException broken) {
            throw Breakage.inAnswer(broken, flight, request);
        }
    }

    /// Reads to the end.
    Answer whole(ClassicHttpResponse response, Request request, Flight flight) {
        try (response) {
            byte[] body = new byte[0];
            if (response.getEntity() != null) {
                InputStream in = response.getEntity().getContent();
                body = in.readNBytes(largestAnswer + 1);
                if (body.length > largestAnswer) {
                    flight.close(); // else closing would read the rest
                    throw new Failure.EngineNonsense(
                            "the engine's answer is longer than " + largestAnswer + " bytes (" + request.doing() + ")",
                            null);
                }
            }
            Optional<String> date =
                    Optional.ofNullable(response.getFirstHeader("Date")).map(Header::getValue);
            return new Answer(response.getCode(), body, date);
        } catch (IOException broken) {
            throw Breakage.inAnswer(broken, flight, request);
        }
    }

    private ClassicHttpResponse send(CloseableHttpClient client, Request request, Flight flight) throws IOException {
        var http = new HttpUriRequestBase(request.method(), URI.create(base + request.target()));
        request.headers().forEach(http::setHeader);
        request.body()
                .ifPresent(json ->
                        http.setEntity(new ByteArrayEntity(JsonWriter.bytes(json), ContentType.APPLICATION_JSON)));
        try {
            return client.executeOpen(null, flight.board(http), null);
        } catch (RuntimeException aborted) {
            // What the client throws when a request is aborted while it looks for a connection: an illegal state, a
            // null pointer, whatever the other thread pulled away.
            if (!flight.ended()) throw aborted;
            throw new IOException("aborted", aborted);
        }
    }
}
