package dev.berth.engine.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A unix socket in the shape that the HTTP client wants.
///
/// The client's own (5.6) waits in a selector that closing the socket does not wake, so a call could not be ended
/// from another thread; it also takes six descriptors per connection, and this one takes one. A blocking channel's
/// read ends at once when it is closed. Time limits are not kept here.
final class UnixSocket extends Socket {
    private static final SocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Path path;
    private final SocketChannel channel;

    UnixSocket(Path path) throws IOException {
        this.path = path;
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    }

    @Override
    public void connect(SocketAddress placeholder, int timeout) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException impossible) {
            var failure = new ConnectException(path + ": " + impossible.getMessage());
            failure.initCause(impossible);
            throw failure;
        }
    }

    @Override
    public InputStream getInputStream() {
        return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
        return Channels.newOutputStream(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    // What is inherited would open an IP socket to do it, a second descriptor that stays until it is collected.

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return NOWHERE;
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) {
        return this;
    }

    // What a socket in the file system has none of.

    @Override
    public void setSoTimeout(int timeout) {}

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setReuseAddress(boolean on) {}

    @Override
    public void setSoLinger(boolean on, int seconds) {}

    @Override
    public String toString() {
        return "unix://" + path;
    }
}
