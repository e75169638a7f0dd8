import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Many who follow one log, one of them slow; each counts what it gets. `bench/logs` runs it from its source.
///
///     java LogFollowers.java PORT TOKEN CONTAINER FOLLOWERS LAST-NUMBER
///
/// The lines of the container begin with their numbers, from 1 on. For each follower a line is printed: `quick` or `slow`,
/// lines got, lines it was told it lost, gaps that nobody told it of, seconds from its first line to its last.
final class LogFollowers {
    /// Bytes per second that the slow one takes: a tenth of what comes.
    private static final int SLOW = 256 << 10;

    private static final byte[] LINE = "\"line\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LOST = "\"lost\":".getBytes(StandardCharsets.US_ASCII);

    private final boolean slow;
    private final long last;
    private long got;
    private long told;
    private long untold;
    private long expected = 1;
    private long first;
    private long end;

    private LogFollowers(boolean slow, long last) {
        this.slow = slow;
        this.last = last;
    }

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[3]);
        long last = Long.parseLong(arguments[4]);
        List<LogFollowers> followers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        var ready = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            var follower = new LogFollowers(i == 0, last);
            followers.add(follower);
            threads.add(Thread.ofPlatform().start(() -> follower.follow(port, arguments[1], arguments[2], ready)));
        }
        ready.await();
        System.err.println("ready");
        for (Thread thread : threads) thread.join();
        for (LogFollowers it : followers)
            System.out.printf(
                    "%s %d %d %d %.1f%n",
                    it.slow ? "slow" : "quick", it.got, it.told, it.untold, (it.end - it.first) / 1e9);
    }

    private void follow(int port, String token, String container, CountDownLatch ready) {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            if (slow) socket.setReceiveBufferSize(64 << 10);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            out.write(("GET /container/" + container + "/log?follow HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + token + "\r\nAccept: text/event-stream\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            read(socket.getInputStream(), ready);
        } catch (IOException | InterruptedException broken) {
            System.err.println((slow ? "slow: " : "quick: ") + broken);
            ready.countDown();
        }
    }

    private void read(InputStream in, CountDownLatch ready) throws IOException, InterruptedException {
        byte[] bytes = new byte[slow ? SLOW / 10 : 256 << 10];
        int inLine = 0;
        int inLost = 0;
        boolean number = false;
        boolean gap = false;
        long value = 0;
        boolean begun = false;
        while (expected <= last) {
            int count = in.read(bytes);
            if (count < 0) throw new IOException("the stream ended after " + got + " lines");
            if (!begun) ready.countDown();
            begun = true;
            for (int i = 0; i < count; i++) {
                byte next = bytes[i];
                if (number || gap) {
                    if (next >= '0' && next <= '9') {
                        value = value * 10 + next - '0';
                        continue;
                    }
                    if (gap) told += value;
                    else line(value);
                    if (gap) expected += value;
                    number = false;
                    gap = false;
                }
                inLine = next == LINE[inLine] ? inLine + 1 : next == LINE[0] ? 1 : 0;
                inLost = next == LOST[inLost] ? inLost + 1 : next == LOST[0] ? 1 : 0;
                if (inLine == LINE.length || inLost == LOST.length) {
                    number = inLine == LINE.length;
                    gap = !number;
                    value = 0;
                    inLine = 0;
                    inLost = 0;
                }
            }
            if (slow && System.nanoTime() - first < 30_000_000_000L) Thread.sleep(100);
        }
    }

    private void line(long value) {
        if (first == 0) first = System.nanoTime();
        got++;
        untold += value - expected;
        expected = value + 1;
        end = System.nanoTime();
    }
}
