package dev.berth.engine.wire;

import dev.berth.model.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;

/// Says for certain what went wrong on the wire.
final class Breakage {
    private Breakage() {}

    /// Before the first byte of an answer.
    static Failure beforeAnswer(IOException broken, Flight flight, Request request) {
        if (flight.late()) return late(request);
        if (flight.closed()) return new Failure.Cancelled("cancelled: " + request.doing());
        if (broken instanceof ConnectionRequestTimeoutException) return late(request);
        if (notHttp(broken))
            return new Failure.EngineNonsense(
                    "what answers at the engine's address does not speak HTTP: " + said(broken), broken);
        return new Failure.EngineDown(
                switch (broken) {
                    case UnknownHostException _ -> "the engine's host is not known: " + said(broken);
                    case SSLException _ -> "no TLS connection to the engine: " + said(broken);
                    case NoHttpResponseException _ -> "the engine closed the connection without an answer";
                    default -> "the engine cannot be reached: " + said(broken);
                },
                broken);
    }

    /// After the answer began.
    static Failure inAnswer(IOException broken, Flight flight, Request request) {
        if (flight.late()) return late(request);
        if (flight.closed()) return new Failure.Cancelled("cancelled: " + request.doing());
        return new Failure.EngineNonsense(
                "the engine broke off in the middle of its answer (" + request.doing() + "): " + said(broken), broken);
    }

    /// Whether a connection from the pool was dead when it was used: the engine closes idle ones.
    static boolean staleConnection(IOException broken, Flight flight) {
        boolean neverConnected = broken instanceof ConnectException
                || broken instanceof NoRouteToHostException
                || broken instanceof ConnectTimeoutException;
        return !flight.late()
                && !flight.closed()
                && !neverConnected
                && (broken instanceof NoHttpResponseException
                        || broken instanceof SocketException
                        || broken instanceof ConnectionClosedException);
    }

    private static Failure late(Request request) {
        return new Failure.EngineSlow("the engine did not answer within "
                + request.limit().toString().substring(2).toLowerCase(Locale.ROOT) + ": " + request.doing());
    }

    private static boolean notHttp(IOException broken) {
        return broken.getCause() instanceof HttpException || broken instanceof MessageConstraintException;
    }

    private static String said(IOException broken) {
        String message = broken.getMessage();
        if (message == null) return broken.getClass().getSimpleName();
        // A unix socket's connection bears a made-up name; what follows it is the truth.
        return message.replace("Connect to http://" + Connections.LOCAL + ":80 failed: ", "");
    }
}
