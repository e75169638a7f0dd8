package dev.berth.engine.wire;

import dev.berth.model.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Where an engine listens.
public sealed interface Address {
    /// A socket in the file system of this machine.
    record Unix(Path socket) implements Address {
        @Override
        public String toString() {
            return "unix://" + socket;
        }
    }

    /// A port, spoken to in the clear or through TLS.
    ///
    /// @param host a name or an address, IPv6 in brackets
    record Tcp(String host, int port, boolean tls) implements Address {
        @Override
        public String toString() {
            return (tls ? "https://" : "http://") + host + ":" + port;
        }
    }

    /// The ports that engines listen on by custom.
    int PLAIN_PORT = 2375;

    int TLS_PORT = 2376;

    /// Reads `unix:///path`, `tcp://host:port`, `http://host:port` or `https://host:port`.
    ///
    /// @param tls whether `tcp://` is to be spoken through TLS
    /// @throws Failure.Invalid if it is none of these
    static Address parse(String text, boolean tls) {
        if (text.startsWith("unix://")) return unix(text.substring("unix://".length()));
        if (text.startsWith("ssh://"))
            throw new Failure.Invalid("ssh:// is not supported; forward the engine's socket with"
                    + " 'ssh -L /tmp/engine.sock:/var/run/docker.sock host' and use unix:///tmp/engine.sock");
        URI uri = uri(text);
        String scheme = String.valueOf(uri.getScheme());
        return switch (scheme) {
            case "tcp", "http" -> tcp(text, uri, tls);
            case "https" -> tcp(text, uri, true);
            default -> throw unknown(text);
        };
    }

    private static Address unix(String path) {
        try {
            if (path.startsWith("/")) return new Unix(Path.of(path));
        } catch (InvalidPathException invalid) {
            throw new Failure.Invalid("'" + path + "' is not a path");
        }
        throw new Failure.Invalid("the path of a unix socket begins with /, as in unix:///var/run/docker.sock");
    }

    private static Address tcp(String text, URI uri, boolean tls) {
        String path = uri.getPath();
        boolean bare = (path == null || path.isEmpty() || path.equals("/"))
                && uri.getQuery() == null
                && uri.getFragment() == null
                && uri.getUserInfo() == null;
        if (!bare || uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) throw unknown(text);
        return new Tcp(uri.getHost(), uri.getPort() < 0 ? (tls ? TLS_PORT : PLAIN_PORT) : uri.getPort(), tls);
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException invalid) {
            throw unknown(text);
        }
    }

    private static Failure.Invalid unknown(String text) {
        return new Failure.Invalid("'" + text
                + "' is not an engine's address; write unix:///path, tcp://host:port, http://host:port or"
                + " https://host:port");
    }
}
