package dev.berth.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The lab's engine on a TCP port of this machine, as a remote engine is reached: a server there does not take it for
/// its own machine's.
final class EngineOverTcp implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final UnixDomainSocketAddress engine;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    EngineOverTcp(Lab lab) throws IOException {
        engine = UnixDomainSocketAddress.of(lab.engine().substring("unix://".length()));
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "tcp://127.0.0.1:" + door.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                SocketChannel there = SocketChannel.open(StandardProtocolFamily.UNIX);
                there.connect(engine);
                open.add(client);
                open.add(there);
                InputStream asked = client.getInputStream();
                OutputStream answers = client.getOutputStream();
                Thread.ofVirtual()
                        .start(() -> carry(asked, Channels.newOutputStream(there), client, there::shutdownOutput));
                Thread.ofVirtual()
                        .start(() -> carry(Channels.newInputStream(there), answers, there, client::shutdownOutput));
            }
        } catch (IOException closed) {
            close();
        }
    }

    private interface Ending {
        void end() throws IOException;
    }

    /// One direction; its end is handed on, and ends nothing else.
    private static void carry(InputStream from, OutputStream to, AutoCloseable broken, Ending ending) {
        try {
            byte[] piece = new byte[16 << 10];
            for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                to.write(piece, 0, count);
                to.flush();
            }
            ending.end();
        } catch (IOException one) {
            closeAnyhow(broken);
        }
    }

    private static void closeAnyhow(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception already) {
            throw new IllegalStateException(already);
        }
    }

    @Override
    public void close() {
        closeAnyhow(door);
        open.forEach(EngineOverTcp::closeAnyhow);
    }
}
