package dev.berth.engine.wire;

import static dev.berth.engine.wire.Script.answer;
import static dev.berth.engine.wire.Script.hang;
import static dev.berth.engine.wire.Script.hear;
import static dev.berth.engine.wire.Script.say;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A connection that stops being HTTP, and one that does not.
@Timeout(30)
class UpgradedTest {
    private static final Request ASK = Request.post("/start", "start a thing")
            .body(new ObjBuilder().put("Tty", true).build());
    private static final String AGREED = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

    private final Script engine;
    private final Wire wire;

    UpgradedTest() throws IOException {
        engine = Script.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        wire = new Wire(new Address.Tcp("127.0.0.1", engine.port(), false), Optional.empty(), true);
    }

    @AfterEach
    void close() {
        wire.close();
        engine.close();
    }

    private static String read(Upgraded upgraded) {
        byte[] bytes = new byte[100];
        int count = upgraded.read(bytes, 0, bytes.length);
        return count < 0 ? "the end" : new String(bytes, 0, count, UTF_8);
    }

    @Test
    void whatComesRightBehindTheAgreementIsNotLost() throws Refused {
        engine.connection(hear(), say(AGREED + "first"), hear(), say("second"));
        try (Upgraded upgraded = wire.upgrade(ASK)) {
            assertEquals("first", read(upgraded));
            upgraded.write("GET typed HTTP\r\n\r\n".getBytes(UTF_8));
            assertEquals("second", read(upgraded));
            assertEquals("the end", read(upgraded));
        }
        assertEquals(List.of("POST /start HTTP/1.1", "GET typed HTTP"), engine.heard());
    }

    @Test
    void anOlderEngineAgreesWithAPlainAnswer() throws Refused {
        engine.connection(hear(), say("HTTP/1.1 200 OK\r\n\r\nbytes"));
        try (Upgraded upgraded = wire.upgrade(ASK)) {
            assertEquals("bytes", read(upgraded));
        }
    }

    @Test
    void aRefusalHasItsWords() {
        engine.connection(hear(), answer(409, "{\"message\":\"is not running\"}"));
        Refused refused = assertThrows(Refused.class, () -> wire.upgrade(ASK).close());
        assertEquals(409, refused.status());
        assertEquals("is not running", refused.message());
        engine.connection(
                hear(),
                say("HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"message\":\"no\"}\r\n0\r\n\r\n"));
        assertEquals(
                "no",
                assertThrows(Refused.class, () -> wire.upgrade(ASK).close()).message());
    }

    @Test
    void whatGoesWrongBeforeTheAgreementIsToldApart() {
        engine.connection(hear());
        assertThrows(Failure.EngineDown.class, () -> wire.upgrade(ASK).close());
        engine.connection(hear(), hang());
        assertThrows(
                Failure.EngineSlow.class,
                () -> wire.upgrade(ASK.within(Duration.ofMillis(300))).close());
        engine.connection(hear(), say("SSH-2.0-OpenSSH\r\n"));
        assertThrows(Failure.class, () -> wire.upgrade(ASK).close());
    }

    @Test
    void aReadThatWaitsEndsWithTheConnectionAndWithTheWire() throws Exception {
        engine.connection(hear(), say(AGREED), hang());
        engine.connection(hear(), say(AGREED), hang());
        Upgraded first = wire.upgrade(ASK.within(Duration.ofMillis(500)));
        var waiting = CompletableFuture.supplyAsync(() -> read(first));
        assertThrows(java.util.concurrent.TimeoutException.class, () -> waiting.get(1, TimeUnit.SECONDS));
        first.close();
        first.close();
        assertEquals("the end", waiting.get(10, TimeUnit.SECONDS));
        assertThrows(Failure.Cancelled.class, () -> first.write(new byte[1]));
        Upgraded second = wire.upgrade(ASK);
        var other = CompletableFuture.supplyAsync(() -> read(second));
        wire.close();
        assertEquals("the end", other.get(10, TimeUnit.SECONDS));
    }
}
