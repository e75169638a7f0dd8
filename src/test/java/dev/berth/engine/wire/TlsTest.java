package dev.berth.engine.wire;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS with client certificates, in Docker's folder, with keys as openssl writes them.
@Timeout(60)
class TlsTest {
    @TempDir
    static Path folder;

    private static Certificates keys;
    private static SSLServerSocket server;

    @BeforeAll
    static void makeKeysAndListen() throws Exception {
        keys = new Certificates(folder);
        keys.authority("ca");
        keys.authority("other");
        keys.server("server", "ca");
        keys.identity("pkcs8", "ca", "");
        keys.openssl("rsa -in pkcs8.key -traditional -out pkcs1.key");
        Files.copy(folder.resolve("pkcs8.crt"), folder.resolve("pkcs1.crt"));
        keys.openssl("ecparam -name prime256v1 -genkey -out sec1.key"); // with its EC PARAMETERS block before
        keys.openssl("req -new -key sec1.key -subj /CN=sec1 -out sec1.csr");
        keys.sign("sec1", "ca", "");
        keys.openssl("pkcs8 -topk8 -nocrypt -in sec1.key -out pkcs8-ec.key");
        Files.copy(folder.resolve("sec1.crt"), folder.resolve("pkcs8-ec.crt"));
        var context = TlsFolder.context(Optional.of(keys.show("server", "ca")), true);
        server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
        server.setNeedClientAuth(true);
        Thread.ofVirtual().start(TlsTest::serve);
    }

    @AfterAll
    static void stopListening() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pkcs8", "pkcs1", "sec1", "pkcs8-ec"})
    void everyFormOfKeyIsShown(String form) throws Exception {
        assertEquals("200", ask("127.0.0.1", keys.show(form, "ca"), true));
    }

    @Test
    void anEngineOfAnotherAuthorityIsNotTrusted() throws Exception {
        Path others = keys.show("pkcs8", "other");
        Failure refused = assertThrows(Failure.EngineDown.class, () -> ask("127.0.0.1", others, true));
        assertTrue(refused.detail().contains("TLS"), refused.detail());
        assertEquals("200", ask("127.0.0.1", others, false));
    }

    @Test
    void anEngineOfAnotherNameIsNotTrusted() throws Exception {
        Path right = keys.show("pkcs8", "ca");
        assertThrows(Failure.EngineDown.class, () -> ask("localhost", right, true));
        assertEquals("200", ask("localhost", right, false));
    }

    @Test
    void withoutAClientCertificateTheEngineRefuses() throws Exception {
        Path nothingToShow = keys.trust("ca", "nothing");
        assertThrows(Failure.EngineDown.class, () -> ask("127.0.0.1", nothingToShow, true));
    }

    @Test
    void aFolderThatCannotBeReadIsTheCallersFault() throws Exception {
        Path half = Files.createDirectories(folder.resolve("half"));
        Files.copy(folder.resolve("server.crt"), half.resolve("cert.pem"), REPLACE_EXISTING);
        assertThrows(Failure.Invalid.class, () -> TlsFolder.context(Optional.of(half), true));
        Files.writeString(half.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThrows(Failure.Invalid.class, () -> TlsFolder.context(Optional.of(half), true));
        Files.writeString(half.resolve("key.pem"), "no key");
        Failure none = assertThrows(Failure.Invalid.class, () -> TlsFolder.context(Optional.of(half), true));
        assertTrue(none.detail().contains("key.pem"), none.detail());
    }

    private static String ask(String host, Path certificates, boolean verify) throws Refused {
        var address = new Address.Tcp(host, server.getLocalPort(), true);
        try (var wire = new Wire(address, Optional.of(TlsFolder.context(Optional.of(certificates), verify)), verify)) {
            return wire.call(Request.post("/x", "ask")).json().get("ok").textOrEmpty();
        }
    }

    private static void serve() {
        byte[] answer =
                "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"ok\":\"200\"}".getBytes(StandardCharsets.UTF_8);
        while (!server.isClosed()) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                var head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int next = socket.getInputStream().read();
                    if (next < 0) throw new IOException("the client left");
                    head.append((char) next);
                }
                socket.getOutputStream().write(answer);
            } catch (IOException refusedOrClosed) {
                assertTrue(refusedOrClosed.getMessage() != null);
            }
        }
    }
}
