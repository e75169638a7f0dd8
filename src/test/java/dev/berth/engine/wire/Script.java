package dev.berth.engine.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A server that plays what a test wrote: per connection, in the order of their coming, a list of moves.
final class Script implements AutoCloseable {
    /// Something that is done with a connection.
    sealed interface Move {
        /// Reads one request, up to the end of its head and its body.
        record Hear() implements Move {}

        /// Writes text.
        record Say(String text) implements Move {}

        /// Holds the connection open until the script is closed.
        record Hang() implements Move {}
    }

    private final ServerSocketChannel server;
    private final Deque<List<Move>> connections = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    private Script(ServerSocketChannel server) {
        this.server = server;
        Thread.ofVirtual().name("script").start(this::accept);
    }

    static Script at(SocketAddress address) throws IOException {
        var server = address instanceof java.net.UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        return new Script(server.bind(address));
    }

    int port() {
        try {
            return ((java.net.InetSocketAddress) server.getLocalAddress()).getPort();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    /// What the next connection gets; it is closed after the last move.
    synchronized Script connection(Move... moves) {
        connections.add(List.of(moves));
        return this;
    }

    static Move hear() {
        return new Move.Hear();
    }

    static Move hang() {
        return new Move.Hang();
    }

    static Move say(String text) {
        return new Move.Say(text);
    }

    /// A whole answer.
    static Move answer(int status, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return say("HTTP/1.1 " + status + " So\r\nContent-Type: application/json\r\nContent-Length: " + length
                + "\r\n\r\n" + body);
    }

    static Move chunked() {
        return say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    static Move chunk(String text) {
        return say(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    static Move lastChunk() {
        return say("0\r\n\r\n");
    }

    /// The first lines of all requests so far.
    synchronized List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void close() {
        over.countDown();
        try {
            server.close();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                List<Move> moves;
                synchronized (this) {
                    moves = connections.isEmpty() ? List.of() : connections.poll();
                }
                Thread.ofVirtual().start(() -> play(connection, moves));
            }
        } catch (IOException closed) {
            over.countDown();
        }
    }

    private void play(SocketChannel connection, List<Move> moves) {
        try (connection) {
            InputStream in = Channels.newInputStream(connection);
            OutputStream out = Channels.newOutputStream(connection);
            for (Move move : moves)
                switch (move) {
                    case Move.Hear() -> hear(in);
                    case Move.Say(String text) -> out.write(text.getBytes(StandardCharsets.UTF_8));
                    case Move.Hang() -> over.await();
                }
        } catch (IOException gone) {
            over.getCount(); // the other side left: what a script expects
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void hear(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) throw new IOException("the client left");
            head.write(next);
            text = head.toString(StandardCharsets.UTF_8);
        }
        int length = text.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .sum();
        in.readNBytes(length);
        synchronized (this) {
            heard.add(text.lines().findFirst().orElse(""));
        }
    }
}
