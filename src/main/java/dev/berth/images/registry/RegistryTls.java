package dev.berth.images.registry;

import java.io.IOException;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/// TLS to registries. Whom to trust is looked up at the first that speaks it, since Java's own list takes megabytes.
record RegistryTls(Trust trust) implements TlsSocketStrategy {
    private static final int HANDSHAKE_MILLIS = 10_000;

    /// Whom to trust.
    @FunctionalInterface
    interface Trust {
        SSLContext context() throws NoSuchAlgorithmException;
    }

    @Override
    public SSLSocket upgrade(
            Socket socket, String target, int port, @Nullable Object attachment, @Nullable HttpContext context)
            throws IOException {
        socket.setSoTimeout(HANDSHAKE_MILLIS);
        var through = (SSLSocket) context().getSocketFactory().createSocket(socket, target, port, true);
        SSLParameters parameters = through.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate must bear the host's name
        through.setSSLParameters(parameters);
        through.startHandshake();
        return through;
    }

    private SSLContext context() throws IOException {
        try {
            return trust.context();
        } catch (NoSuchAlgorithmException none) {
            throw new IOException("this Java has no TLS to offer", none);
        }
    }
}
