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
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.model.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What can go wrong between us and an engine is told apart for certain.
@Timeout(30)
class WireTest {
    private static final Request READ = Request.get("/thing", "read a thing");
    private static final Request WRITE = Request.post("/thing", "write a thing");
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Script engine;
    private final Wire wire;

    WireTest() throws IOException {
        engine = Script.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        wire = to(engine.port());
    }

    @AfterEach
    void close() {
        wire.close();
        engine.close();
    }

    private static Wire to(int port) {
        return new Wire(new Address.Tcp("127.0.0.1", port, false), Optional.empty(), true, 1 << 20);
    }

    @Test
    void anAnswerIsReadWithItsDate() throws Refused {
        engine.connection(
                hear(),
                say("HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 15:00:00 GMT\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
        Answer answer = wire.call(READ.query("filters", "{\"a\":[\"b c\"]}"));
        assertEquals(1, answer.json().get("a").wholeOr(0));
        assertEquals(Instant.parse("2026-11-23T15:00:00Z"), answer.date().orElseThrow());
        assertEquals(List.of("GET /thing?filters=%7B%22a%22%3A%5B%22b%20c%22%5D%7D HTTP/1.1"), engine.heard());
    }

    @Test
    void anEngineThatDoesNotListenIsDown() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (Wire nobody = to(port)) {
            assertThrows(Failure.EngineDown.class, () -> nobody.call(READ));
            assertThrows(Failure.EngineDown.class, () -> nobody.call(WRITE));
            assertThrows(Failure.EngineDown.class, () -> nobody.stream(READ).next());
        }
    }

    @Test
    void aHostThatIsNotKnownIsDown() {
        try (var nowhere = new Wire(new Address.Tcp("host.invalid", 2375, false), Optional.empty(), true)) {
            assertThrows(Failure.EngineDown.class, () -> nowhere.call(READ));
        }
    }

    @Test
    void anEngineThatHangsBeforeItsAnswerIsSlow() {
        engine.connection(hear(), hang()).connection(hear(), hang()).connection(hear(), hang());
        assertThrows(Failure.EngineSlow.class, () -> wire.call(READ.within(SHORT)));
        assertThrows(Failure.EngineSlow.class, () -> wire.call(WRITE.within(SHORT)));
        Failure slow = assertThrows(
                Failure.EngineSlow.class, () -> wire.stream(READ.within(SHORT)).next());
        assertEquals("the engine did not answer within 0.3s: read a thing", slow.detail());
    }

    @Test
    void anEngineThatHangsInTheMiddleOfItsAnswerIsSlow() {
        engine.connection(hear(), say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"), hang());
        assertThrows(Failure.EngineSlow.class, () -> wire.call(READ.within(SHORT)));
    }

    @Test
    void theLimitIsForTheWholeAnswerNotForEachByte() {
        Script.Move[] moves = new Script.Move[2_000];
        java.util.Arrays.fill(moves, chunk(" "));
        moves[0] = hear();
        moves[1] = chunked();
        moves[1_999] = hang();
        engine.connection(moves);
        assertThrows(Failure.EngineSlow.class, () -> wire.call(READ.within(SHORT)));
    }

    @Test
    void whatIsNoHttpIsNonsense() {
        engine.connection(hear(), say("SSH-2.0-OpenSSH_9.2\r\n")).connection(hear(), say("\u0015\u0003\u0001\n\n\n"));
        assertThrows(Failure.EngineNonsense.class, () -> wire.call(READ));
        assertThrows(Failure.EngineNonsense.class, () -> wire.call(WRITE));
    }

    @Test
    void aBodyThatIsNoJsonIsNonsense() throws Refused {
        engine.connection(hear(), answer(200, "{\"a\":"));
        Answer answer = wire.call(READ);
        assertThrows(Failure.EngineNonsense.class, answer::json);
    }

    @Test
    void aBodyThatIsCutIsNonsense() {
        engine.connection(hear(), say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"))
                .connection(hear(), chunked(), say("20\r\n{\"a\":"));
        assertThrows(Failure.EngineNonsense.class, () -> wire.call(READ));
        assertThrows(Failure.EngineNonsense.class, () -> wire.call(READ));
        assertEquals(2, engine.heard().size());
    }

    @Test
    void aBodyBeyondAllMeasureIsNonsense() {
        engine.connection(hear(), answer(200, "\"" + "x".repeat(2 << 20) + "\""));
        Failure huge = assertThrows(Failure.EngineNonsense.class, () -> wire.call(READ));
        assertTrue(huge.detail().contains("longer than"), huge.detail());
    }

    @Test
    void aRefusalCarriesWhatTheEngineSaid() {
        engine.connection(hear(), answer(409, "{\"message\":\"in use\"}"))
                .connection(hear(), answer(500, "{\"cause\":\"no space\",\"response\":500}"))
                .connection(hear(), answer(404, "{\"message\":\"gone\"}"));
        Refused docker = assertThrows(Refused.class, () -> wire.call(WRITE));
        assertEquals(409, docker.status());
        assertEquals("in use", docker.message());
        Refused podman = assertThrows(Refused.class, () -> wire.call(WRITE));
        assertEquals("no space", podman.message());
        Refused stream = assertThrows(Refused.class, () -> wire.stream(READ).next());
        assertEquals("gone", stream.message());
    }

    @Test
    void anErrorWithoutWordsIsNonsense() {
        engine.connection(hear(), answer(502, "<html>Bad Gateway</html>"));
        Refused page = assertThrows(Refused.class, () -> wire.call(WRITE));
        assertThrows(Failure.EngineNonsense.class, page::message);
    }

    @Test
    void aStaleConnectionIsReplacedOnceForARead() throws Refused {
        engine.connection(hear(), answer(200, "1"), hear()) // breaks off instead of a second answer
                .connection(hear(), answer(200, "2"));
        assertEquals(1, wire.call(READ).json().whole().orElseThrow());
        assertEquals(2, wire.call(READ).json().whole().orElseThrow());
        assertEquals(3, engine.heard().size());
    }

    @Test
    void aReadIsRepeatedOnlyOnce() throws Refused {
        engine.connection(hear(), answer(200, "1"), hear()).connection(hear());
        wire.call(READ);
        assertThrows(Failure.EngineDown.class, () -> wire.call(READ));
        assertEquals(3, engine.heard().size());
    }

    @Test
    void aWriteIsNeverRepeatedAndNeverTravelsOnAUsedConnection() throws Refused {
        engine.connection(hear(), answer(200, "1"), hang())
                .connection(hear())
                .connection(hear(), answer(204, ""), hang())
                .connection(hear(), answer(204, ""), hang());
        wire.call(READ);
        assertThrows(Failure.EngineDown.class, () -> wire.call(WRITE));
        wire.call(WRITE);
        wire.call(WRITE);
        assertEquals(4, engine.heard().size());
    }

    @Test
    void objectsOfAStreamComeOneByOneHoweverTheyAreCut() throws Refused {
        engine.connection(
                hear(),
                chunked(),
                chunk("{\"a\":\"}{\\\"\"}\r\n{\"b\""),
                chunk(":{\"c\":2}}{\"d\":3}\n"),
                chunk("\n"),
                lastChunk());
        try (WireStream stream = wire.stream(READ)) {
            assertEquals("}{\"", stream.next().orElseThrow().get("a").textOrEmpty());
            assertEquals(2, stream.next().orElseThrow().at("b", "c").wholeOr(0));
            assertEquals(3, stream.next().orElseThrow().get("d").wholeOr(0));
            assertTrue(stream.next().isEmpty());
            assertTrue(stream.next().isEmpty());
        }
    }

    @Test
    void aStreamThatBreaksOffIsNonsense() throws Refused {
        engine.connection(hear(), chunked(), chunk("{\"a\":1}"), say("20\r\n{\"b\":"))
                .connection(hear(), chunked(), chunk("{\"a\":1}"))
                .connection(hear(), chunked(), chunk("{\"a\":1}{\"b\":"), lastChunk());
        for (int i = 0; i < 3; i++)
            try (WireStream stream = wire.stream(READ)) {
                assertTrue(stream.next().isPresent());
                assertThrows(Failure.EngineNonsense.class, stream::next);
                assertTrue(stream.next().isEmpty());
            }
    }

    @Test
    void aStreamThatIsNoJsonIsNonsense() {
        engine.connection(hear(), chunked(), chunk("hello"), hang())
                .connection(hear(), chunked(), chunk("{]}"), hang());
        assertThrows(Failure.EngineNonsense.class, () -> wire.stream(READ).next());
        assertThrows(Failure.EngineNonsense.class, () -> wire.stream(READ).next());
    }

    @Test
    void aStreamMayBeSilentForLongerThanItsLimit() throws Exception {
        var quiet = new CountDownLatch(1);
        engine.connection(hear(), chunked(), chunk("{\"a\":1}"), hang());
        WireStream stream = wire.stream(READ.within(SHORT));
        assertTrue(stream.next().isPresent());
        var next = CompletableFuture.supplyAsync(() -> next(stream));
        assertTrue(!quiet.await(3 * SHORT.toMillis(), TimeUnit.MILLISECONDS) && !next.isDone());
        stream.close();
        assertTrue(next.get(10, TimeUnit.SECONDS).isEmpty());
    }

    @Test
    void closingEndsAWaitingNextFromAnotherThread() throws Exception {
        engine.connection(hear(), chunked(), hang()).connection(hear(), hang());
        WireStream opened = wire.stream(READ);
        opened.open();
        var waitsForAnObject = CompletableFuture.supplyAsync(() -> next(opened));
        opened.close();
        assertTrue(waitsForAnObject.get(10, TimeUnit.SECONDS).isEmpty());

        WireStream unopened = wire.stream(READ);
        var waitsForTheHead = CompletableFuture.supplyAsync(() -> next(unopened));
        while (engine.heard().size() < 2) Thread.onSpinWait();
        unopened.close();
        assertTrue(waitsForTheHead.get(10, TimeUnit.SECONDS).isEmpty());
    }

    @Test
    void closingAtAnyMomentEndsTheWait() throws Exception {
        closeAtAnyMoment(engine, wire);
    }

    @Test
    void closingAtAnyMomentEndsTheWaitOnAUnixSocketToo(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("e.sock");
        try (Script local = Script.at(UnixDomainSocketAddress.of(socket));
                var unix = new Wire(new Address.Unix(socket), Optional.empty(), true)) {
            closeAtAnyMoment(local, unix);
        }
    }

    private static void closeAtAnyMoment(Script script, Wire wire) throws Exception {
        int rounds = 1_000;
        for (int i = 0; i < rounds; i++) script.connection(hear(), chunked(), hang());
        for (int i = 0; i < rounds; i++) {
            WireStream stream = wire.stream(READ);
            var next = new FutureTask<>(() -> next(stream));
            Thread.ofVirtual().start(next);
            for (int j = 0; j < i * 20; j++) Thread.onSpinWait(); // a little later each time
            stream.close();
            assertTrue(next.get(10, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Test
    void closingTheWireEndsEverything() throws Exception {
        engine.connection(hear(), chunked(), hang()).connection(hear(), hang());
        WireStream stream = wire.stream(READ);
        stream.open();
        var next = new FutureTask<>(() -> next(stream));
        Thread.ofVirtual().start(next);
        var call = new FutureTask<>(() -> wire.call(WRITE));
        Thread.ofVirtual().start(call);
        while (engine.heard().size() < 2) Thread.onSpinWait();
        wire.close();
        assertTrue(next.get(10, TimeUnit.SECONDS).isEmpty());
        Exception ended = assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
        assertTrue(ended.getCause() instanceof Failure.Cancelled, String.valueOf(ended.getCause()));
        assertThrows(Failure.class, () -> wire.call(READ));
    }

    @Test
    void aStreamThatWasClosedBeforeItBeganAsksNothing() throws Refused {
        WireStream stream = wire.stream(READ);
        stream.close();
        assertTrue(stream.next().isEmpty());
        assertEquals(List.of(), engine.heard());
    }

    @Test
    void aUnixSocketIsSpokenToAlike(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("e.sock");
        try (var missing = new Wire(new Address.Unix(socket), Optional.empty(), true)) {
            assertThrows(Failure.EngineDown.class, () -> missing.call(READ));
        }
        try (Script local = Script.at(UnixDomainSocketAddress.of(socket));
                var unix = new Wire(new Address.Unix(socket), Optional.empty(), true)) {
            local.connection(hear(), answer(200, "1"), hear())
                    .connection(hear(), answer(200, "2"))
                    .connection(hear(), hang())
                    .connection(hear(), chunked(), hang());
            assertEquals(1, unix.call(READ).json().whole().orElseThrow());
            assertEquals(2, unix.call(READ).json().whole().orElseThrow());
            assertThrows(Failure.EngineSlow.class, () -> unix.call(WRITE.within(SHORT)));
            WireStream stream = unix.stream(READ);
            stream.open();
            var next = new FutureTask<>(() -> next(stream));
            Thread.ofVirtual().start(next);
            stream.close();
            assertTrue(next.get(10, TimeUnit.SECONDS).isEmpty());
        }
        try (var nobody = new Wire(new Address.Unix(socket), Optional.empty(), true)) {
            assertThrows(Failure.EngineDown.class, () -> nobody.call(READ));
        }
    }

    private static Optional<Json> next(WireStream stream) {
        try {
            return stream.next();
        } catch (Refused refused) {
            throw new AssertionError(refused);
        }
    }
}
