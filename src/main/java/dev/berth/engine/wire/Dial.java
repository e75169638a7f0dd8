package dev.berth.engine.wire;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Connects to the engine without the HTTP client.
record Dial(Address address, Optional<SSLContext> tls, boolean verify) {
    private static final System.Logger LOG = System.getLogger(Dial.class.getName());
    private static final int CONNECT_MILLIS = 10_000;

    /// A new connection, which the flight can cut off from now on.
    Socket open(Flight flight) throws IOException {
        Socket raw = socket();
        flight.board(() -> cut(raw));
        try {
            Socket through = connect(raw);
            if (address instanceof Address.Tcp) raw.setKeepAlive(true);
            return through;
        } catch (IOException impossible) {
            raw.close();
            throw impossible;
        }
    }

    /// The plain socket below TLS: a farewell through TLS could have to wait for the other side.
    static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException closedAnyway) {
            LOG.log(Level.DEBUG, "a socket did not close in order", closedAnyway);
        }
    }

    /// A socket that is not connected yet, so that it can be closed while it is being connected.
    Socket socket() throws IOException {
        return address instanceof Address.Unix(var path) ? new UnixSocket(path) : new Socket();
    }

    /// Connects it.
    ///
    /// @return what is to be spoken through: the socket, or TLS on it
    Socket connect(Socket raw) throws IOException {
        if (!(address instanceof Address.Tcp(String host, int port, boolean secured))) {
            raw.connect(new InetSocketAddress(0), CONNECT_MILLIS); // its own path
            return raw;
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        var there = new InetSocketAddress(name, port);
        if (there.isUnresolved()) throw new UnknownHostException(name);
        raw.connect(there, CONNECT_MILLIS);
        raw.setTcpNoDelay(true);
        if (!secured) return raw;
        var through = (SSLSocket) tls.orElseThrow().getSocketFactory().createSocket(raw, name, port, true);
        var parameters = through.getSSLParameters();
        if (verify) parameters.setEndpointIdentificationAlgorithm("HTTPS");
        through.setSSLParameters(parameters);
        through.startHandshake();
        return through;
    }

    /// For the `Host` header.
    String host() {
        return address instanceof Address.Tcp tcp ? tcp.host() + ":" + tcp.port() : Connections.LOCAL;
    }
}
