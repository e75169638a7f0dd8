package dev.berth.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Frames on a real socket, with an engine in memory behind it.
@Timeout(60)
class TerminalTest {
    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;

    private final Harbour harbour = new Harbour();
    private final Server server = Desk.server(new ExecRoutes(harbour.execs, InstantSource.system()).routes());

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
        harbour.close();
    }

    /// What came in one frame.
    private record Heard(int kind, String text) {}

    private final class Caller implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        private final DataInputStream in = new DataInputStream(socket.getInputStream());

        Caller(String command) throws IOException {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /container/web/exec?command=" + command + " HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Authorization: Bearer " + Desk.TOKEN + "\r\nUpgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .getBytes(ISO_8859_1));
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.readUnsignedByte());
            assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head.toString());
            assertTrue(head.indexOf("Content-Length") < 0, head.toString());
        }

        Caller send(int kind, byte[] payload) throws IOException {
            byte[] frame = new byte[8 + payload.length];
            frame[0] = (byte) kind;
            frame[1] = (byte) (0x80 | 126);
            frame[2] = (byte) (payload.length >> 8);
            frame[3] = (byte) payload.length; // a mask of zeros follows
            if (payload.length < 126) return raw(shortFrame(kind, payload));
            System.arraycopy(payload, 0, frame, 8, payload.length);
            return raw(frame);
        }

        private static byte[] shortFrame(int kind, byte[] payload) {
            byte[] frame = new byte[6 + payload.length];
            frame[0] = (byte) kind;
            frame[1] = (byte) (0x80 | payload.length);
            System.arraycopy(payload, 0, frame, 6, payload.length);
            return frame;
        }

        Caller raw(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            return this;
        }

        Heard hear() throws IOException {
            int kind = in.readUnsignedByte();
            int size = in.readUnsignedByte();
            if (size == 126) size = in.readUnsignedShort();
            byte[] payload = in.readNBytes(size);
            return kind == CLOSE
                    ? new Heard(kind, String.valueOf((payload[0] & 0xFF) << 8 | (payload[1] & 0xFF)))
                    : new Heard(kind, new String(payload, UTF_8));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private void assertNothingLeft() {
        Awaitility.await()
                .until(() -> harbour.engine.execs().running() == 0
                        && harbour.engine.execs().connections() == 0);
    }

    @Test
    void bytesGoBothWaysAndTheEndIsTold() throws IOException {
        try (var caller = new Caller("cat")) {
            caller.send(BINARY, new byte[] {'a', 0, (byte) 0xC3});
            assertEquals(BINARY, caller.hear().kind());
            caller.send(0x02, "one ".getBytes(UTF_8)).send(0x80, "message".getBytes(UTF_8)); // in two fragments
            assertEquals("one ", caller.hear().text());
            assertEquals("message", caller.hear().text());
            caller.send(0x89, "still there?".getBytes(UTF_8));
            assertEquals(new Heard(0x8A, "still there?"), caller.hear());
            caller.send(TEXT, "{\"resize\":[40,132]}".getBytes(UTF_8));
            Awaitility.await()
                    .until(() -> harbour.engine.execs().size().orElseThrow().columns() == 132);
            caller.send(TEXT, "{\"eof\":true}".getBytes(UTF_8));
            assertEquals(new Heard(TEXT, "{\"exit_code\":0}"), caller.hear());
            assertEquals(new Heard(CLOSE, "1000"), caller.hear());
        }
        assertNothingLeft();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"resize\":[0,5]}|1008",
                "{\"resize\":[5]}|1008",
                "{\"resize\":[5,70000]}|1008",
                "{\"resize\":[5,1e99]}|1008",
                "{\"colour\":1}|1008",
                "{\"eof\":false}|1008",
                "[]|1008",
                "nonsense|1008"
            })
    void controlThatIsNoneEndsIt(String control, String code) throws IOException {
        try (var caller = new Caller("sleep")) {
            caller.send(TEXT, control.getBytes(UTF_8));
            assertEquals(new Heard(CLOSE, code), caller.hear());
        }
        assertNothingLeft();
    }

    @Test
    void whatIsNotTheProtocolEndsIt() throws IOException {
        try (var caller = new Caller("sleep")) {
            caller.send(TEXT, new byte[] {(byte) 0xFF});
            assertEquals(new Heard(CLOSE, "1007"), caller.hear());
        }
        try (var caller = new Caller("sleep")) {
            caller.raw(new byte[] {(byte) BINARY, 1, 'x'}); // without a mask
            assertEquals(new Heard(CLOSE, "1002"), caller.hear());
        }
        try (var caller = new Caller("sleep")) {
            caller.send(TEXT, "x".repeat(5000).getBytes(UTF_8));
            assertEquals(new Heard(CLOSE, "1009"), caller.hear());
        }
        try (var caller = new Caller("sleep")) {
            caller.raw(new byte[] {(byte) BINARY, (byte) (0x80 | 127), 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0});
            assertEquals(new Heard(CLOSE, "1009"), caller.hear());
        }
        assertNothingLeft();
    }

    @Test
    void aClientThatLeavesInAnyWayLeavesNothing() throws IOException {
        try (var caller = new Caller("sleep")) {
            caller.send(CLOSE, new byte[] {3, (byte) 0xE8});
            assertEquals(new Heard(CLOSE, "1000"), caller.hear());
            assertEquals(-1, caller.in.read());
        }
        assertNothingLeft();
        try (var caller = new Caller("sleep")) {
            caller.socket.shutdownOutput();
            assertNothingLeft();
        }
        try (var caller = new Caller("sleep")) {
            caller.socket.setSoLinger(true, 0);
        }
        assertNothingLeft();
    }

    @Test
    void anEngineThatGoesIsToldApartFromAnEnd() throws IOException {
        try (var caller = new Caller("sleep")) {
            harbour.engine.goAway();
            assertEquals(new Heard(CLOSE, "1011"), caller.hear());
        }
    }

    @Test
    @SuppressWarnings("try") // closed early: the server waits for its callers
    void aServerThatStopsSaysSo() throws IOException {
        try (var caller = new Caller("sleep")) {
            var stopping = Thread.ofVirtual().start(server::close);
            assertEquals(new Heard(CLOSE, "1001"), caller.hear());
            caller.socket.close();
            stopping.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        assertNothingLeft();
    }
}
