package dev.berth.engine.wire;

import static dev.berth.engine.wire.Script.answer;
import static dev.berth.engine.wire.Script.chunk;
import static dev.berth.engine.wire.Script.chunked;
import static dev.berth.engine.wire.Script.hang;
import static dev.berth.engine.wire.Script.hear;
import static dev.berth.engine.wire.Script.lastChunk;
import static dev.berth.engine.wire.Script.say;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.model.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bytes that go on: their end, their breaking off, and their being closed are told apart.
@Timeout(30)
class WireBytesTest {
    private static final Request READ = Request.get("/thing", "read a thing");

    private final Script engine;
    private final Wire wire;

    WireBytesTest() throws IOException {
        engine = Script.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        wire = new Wire(new Address.Tcp("127.0.0.1", engine.port(), false), Optional.empty(), true, 1 << 20);
    }

    @AfterEach
    void close() {
        wire.close();
        engine.close();
    }

    private static String all(WireBytes bytes) {
        byte[] buffer = new byte[100];
        var text = new StringBuilder();
        try {
            for (int count = bytes.read(buffer, 0, 100); count >= 0; count = bytes.read(buffer, 0, 100))
                text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        } catch (Refused refused) {
            throw new AssertionError(refused);
        }
        return text.toString();
    }

    @Test
    void theyAreReadToTheirEnd() throws Refused {
        engine.connection(hear(), chunked(), chunk("one "), chunk("two"), lastChunk());
        try (WireBytes bytes = wire.bytes(READ)) {
            assertEquals("one two", all(bytes));
            assertEquals(-1, bytes.read(new byte[1], 0, 1));
        }
    }

    @Test
    void whatBreaksOffIsNonsenseAndNoEnd() throws Refused {
        engine.connection(hear(), chunked(), chunk("one"), say("20\r\ntwo"))
                .connection(hear(), chunked(), chunk("one"));
        for (int i = 0; i < 2; i++)
            try (WireBytes bytes = wire.bytes(READ)) {
                assertThrows(Failure.EngineNonsense.class, () -> all(bytes));
                assertEquals(-1, bytes.read(new byte[1], 0, 1));
            }
    }

    @Test
    void aRefusalSaysWhy() {
        engine.connection(hear(), answer(409, "{\"message\":\"not now\"}"));
        try (WireBytes bytes = wire.bytes(READ)) {
            Refused refused = assertThrows(Refused.class, bytes::open);
            assertEquals(409, refused.status());
            assertEquals("not now", refused.message());
        }
    }

    @Test
    void anEngineThatIsSilentBeforeItAgreesIsSlow() {
        engine.connection(hear(), hang());
        try (WireBytes bytes = wire.bytes(READ.within(Duration.ofMillis(200)))) {
            assertThrows(Failure.EngineSlow.class, bytes::open);
        }
    }

    @Test
    void closingEndsAWaitingReadFromAnotherThread() throws Exception {
        engine.connection(hear(), chunked(), hang()).connection(hear(), hang());
        WireBytes opened = wire.bytes(READ);
        opened.open();
        var waitsForBytes = CompletableFuture.supplyAsync(() -> all(opened));
        opened.close();
        assertEquals("", waitsForBytes.get(10, TimeUnit.SECONDS));

        WireBytes unopened = wire.bytes(READ);
        var waitsForTheHead = CompletableFuture.supplyAsync(() -> all(unopened));
        while (engine.heard().size() < 2) Thread.onSpinWait();
        unopened.close();
        assertEquals("", waitsForTheHead.get(10, TimeUnit.SECONDS));
    }
}
