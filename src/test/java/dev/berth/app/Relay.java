package dev.berth.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// A slow way to a registry: TCP, so many bytes a second towards the engine for all connections together, counted.
final class Relay implements AutoCloseable {
    private static final int TICKS_PER_SECOND = 50;
    private static final int PIECE = 8 << 10;

    private final ServerSocket server;
    private final String host;
    private final String target;
    private final int perSecond;
    private final Semaphore allowed = new Semaphore(0);
    private final AtomicLong passed = new AtomicLong();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private Relay(ServerSocket server, String host, String target, int perSecond) {
        this.server = server;
        this.host = host;
        this.target = target;
        this.perSecond = perSecond;
    }

    /// To the lab's registry, on the host's end of the lab's cable, where the lab's engine reaches it.
    static Relay before(Lab lab, int perSecond) {
        String host = lab.address().replaceFirst("\\d+$", "1");
        try {
            var server = new ServerSocket(0, 50, InetAddress.getByName(host));
            var relay = new Relay(server, host, lab.registry(), perSecond);
            relay.begin();
            return relay;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void begin() {
        int share = perSecond / TICKS_PER_SECOND;
        // What nobody takes in a second is lost: a pause must not be made up for by a burst.
        var _ = clock.scheduleAtFixedRate(
                () -> allowed.release(Math.min(share, Math.max(0, perSecond - allowed.availablePermits()))),
                0,
                1_000_000 / TICKS_PER_SECOND,
                TimeUnit.MICROSECONDS);
        Thread.ofVirtual().start(this::accept);
    }

    /// What stands in front of an image's name to pull it this way.
    String address() {
        return host + ":" + server.getLocalPort();
    }

    /// Bytes that have gone to the engine.
    long passed() {
        return passed.get();
    }

    int perSecond() {
        return perSecond;
    }

    private void accept() {
        int colon = target.indexOf(':');
        try {
            while (true) {
                Socket engine = server.accept();
                engine.setSendBufferSize(64 << 10);
                var registry = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
                sockets.add(engine);
                sockets.add(registry);
                Thread.ofVirtual().start(() -> copy(engine, registry, false));
                Thread.ofVirtual().start(() -> copy(registry, engine, true));
            }
        } catch (IOException closed) {
            sockets.forEach(Relay::end);
        }
    }

    private void copy(Socket from, Socket to, boolean counted) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                if (counted) allowed.acquire(count);
                out.write(piece, 0, count);
                if (counted) passed.addAndGet(count);
            }
        } catch (IOException | InterruptedException ended) {
            end(from);
        } finally {
            end(to);
            sockets.remove(from);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// Ends every connection; a second time is nothing.
    @Override
    public void close() {
        if (closed.getAndSet(true)) return;
        try {
            server.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        sockets.forEach(Relay::end);
        clock.shutdownNow();
        allowed.release(1 << 30); // whoever waits for it finds its socket closed
    }
}
