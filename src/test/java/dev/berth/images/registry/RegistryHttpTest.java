package dev.berth.images.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.berth.engine.wire.Certificates;
import dev.berth.engine.wire.TlsFolder;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegistryHttpTest {
    @TempDir
    Path folder;

    private final ServerSocket server = listen();
    private final AtomicInteger accepted = new AtomicInteger();
    private final RegistryHttp http = new RegistryHttp(SSLContext::getDefault);

    @AfterEach
    void close() throws IOException {
        http.close();
        server.close();
    }

    // Connections.

    @Test
    void aConnectionThatDiedMeanwhileIsReplaced() throws Exception {
        serve(one -> {
            readHead(one.getInputStream());
            answer(one, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            readHead(one.getInputStream()); // the next one is not answered
        });
        assertEquals(200, head(http, plain()).status());
        assertEquals(200, head(http, plain()).status());
        assertEquals(2, accepted.get());
    }

    @Test
    void aRegistryThatAsksForPatienceIsNotAskedAgainByTheClientItself() throws Exception {
        serve(one -> {
            readHead(one.getInputStream());
            answer(one, "HTTP/1.1 429 no\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        });
        RegistryReply reply = head(http, plain());
        assertEquals(429, reply.status());
        assertEquals(Optional.of("0"), reply.header("retry-after"));
        assertEquals(1, accepted.get());
    }

    @Test
    void whoIsInterruptedLeavesAtOnceAndHangsUp() throws Exception {
        var asked = new CountDownLatch(1);
        var hungUp = new CountDownLatch(1);
        serve(one -> {
            readHead(one.getInputStream());
            asked.countDown();
            try {
                one.getInputStream().transferTo(OutputStream.nullOutputStream());
            } finally {
                hungUp.countDown(); // in order or not
            }
        });
        var thrown = new AtomicReference<Throwable>();
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                head(http, plain());
            } catch (IOException | InterruptedException ended) {
                thrown.set(ended);
            }
        });
        asked.await();
        asker.interrupt();
        asker.join();
        assertInstanceOf(InterruptedException.class, thrown.get());
        hungUp.await();
    }

    @Test
    void aFormIsSentAsOneWithoutACharset() throws Exception {
        var head = new AtomicReference<>("");
        serve(one -> {
            head.set(readHead(one.getInputStream()));
            answer(one, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
        });
        assertEquals("{}", http.post(URI.create(plain() + "/token"), "a=b%20c").text());
        assertTrue(head.get().contains("Content-Type: application/x-www-form-urlencoded\r\n"), head.get());
    }

    @Test
    void anAnswerWithoutEndIsNotRead() {
        serve(one -> {
            readHead(one.getInputStream());
            answer(one, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while (true) one.getOutputStream().write(new byte[8192]);
        });
        var target = URI.create(plain() + "/token");
        IOException longer = assertThrows(IOException.class, () -> http.get(target, Optional.empty()));
        assertTrue(longer.toString().contains("longer than 1048576 bytes"), longer.toString());
    }

    // TLS.

    @Test
    void aRegistryIsTrustedThatATrustedAuthorityNames() throws Exception {
        try (var registry = new SafeRegistry("ca");
                var trusting = new RegistryHttp(trusting("ca"))) {
            assertEquals(
                    200, head(trusting, "https://127.0.0.1:" + registry.port()).status());
        }
    }

    @Test
    void aRegistryOfAnotherAuthorityIsNotTrusted() throws Exception {
        try (var registry = new SafeRegistry("ca")) {
            keys().authority("other");
            try (var trusting = new RegistryHttp(trusting("other"))) {
                assertThrows(IOException.class, () -> head(trusting, "https://127.0.0.1:" + registry.port()));
                assertThrows(IOException.class, () -> head(http, "https://127.0.0.1:" + registry.port()));
            }
            assertEquals(0, registry.asked.get());
        }
    }

    @Test
    void aRegistryOfAnotherNameIsNotTrusted() throws Exception {
        try (var registry = new SafeRegistry("ca");
                var trusting = new RegistryHttp(trusting("ca"))) {
            IOException other =
                    assertThrows(IOException.class, () -> head(trusting, "https://localhost:" + registry.port()));
            assertTrue(other.toString().contains("localhost"), other.toString());
            assertEquals(0, registry.asked.get());
        }
    }

    private static RegistryReply head(RegistryHttp http, String base) throws IOException, InterruptedException {
        return http.head(URI.create(base + "/v2/app/manifests/1"), List.of("text/plain"), Optional.empty());
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    private String plain() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private interface Talk {
        void with(Socket one) throws IOException;
    }

    /// One connection after the other, until the test is over.
    private void serve(Talk talk) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket one = server.accept()) {
                    accepted.incrementAndGet();
                    talk.with(one);
                } catch (IOException hungUp) {
                    assertNotNull(hungUp.toString()); // the other side has gone, or the test is over
                }
            }
        });
    }

    private static void answer(Socket one, String text) throws IOException {
        one.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) throw new EOFException("the other side has gone");
            head.append((char) next);
        }
        return head.toString();
    }

    /// Speaks TLS as `127.0.0.1`.
    private final class SafeRegistry implements AutoCloseable {
        final AtomicInteger asked = new AtomicInteger();
        private final HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

        SafeRegistry(String authority) throws Exception {
            keys().authority(authority);
            keys().server("server", authority);
            var context = TlsFolder.context(Optional.of(keys().show("server", authority)), true);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            server.createContext("/v2/", exchange -> {
                asked.incrementAndGet();
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private Certificates keys() {
        return new Certificates(folder);
    }

    private RegistryTls.Trust trusting(String authority) throws IOException {
        SSLContext context = TlsFolder.context(Optional.of(keys().trust(authority, "trust-" + authority)), true);
        return () -> context;
    }
}
