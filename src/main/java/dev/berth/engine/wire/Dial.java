package dev.berth.engine.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Opens connections that the HTTP client has no part in.
///
/// @param verify whether the engine's certificate must bear the address's host
record Dial(Address address, Optional<SSLContext> tls, boolean verify) {
    private static final int CONNECT_MILLIS = 10_000;

    /// A new connection, which the flight can cut off from now on.
    Socket open(Flight flight) throws IOException {
        Socket socket = address instanceof Address.Unix(var path) ? new UnixSocket(path) : new Socket();
        flight.board(() -> cut(socket));
        try {
            return switch (address) {
                case Address.Unix(var path) -> {
                    socket.connect(new InetSocketAddress(0), 0); // a socket in the file system has no use for it
                    yield socket;
                }
                case Address.Tcp(String host, int port, boolean secure) -> {
                    socket.setTcpNoDelay(true); // a key press must not wait for the next one
                    socket.setKeepAlive(true);
                    socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
                    yield secure ? secured(socket, host, port) : socket;
                }
            };
        } catch (IOException impossible) {
            socket.close();
            throw impossible;
        }
    }

    /// What the `Host` header says.
    String host() {
        return address instanceof Address.Tcp tcp ? tcp.host() + ":" + tcp.port() : Connections.LOCAL;
    }

    private Socket secured(Socket socket, String host, int port) throws IOException {
        SSLContext context = tls.orElseThrow(() -> new IOException("no TLS is set up"));
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        var secured = (SSLSocket) context.getSocketFactory().createSocket(socket, name, port, true);
        if (verify) {
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
        }
        secured.startHandshake();
        return secured;
    }

    /// The plain socket below TLS: a farewell through TLS could have to wait for the other side.
    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
