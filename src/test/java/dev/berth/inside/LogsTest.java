package dev.berth.inside;

import static dev.berth.inside.LogBench.everything;
import static dev.berth.inside.LogBench.following;
import static dev.berth.inside.LogBench.lines;
import static dev.berth.inside.LogBench.numbered;
import static dev.berth.inside.LogBench.tail;
import static dev.berth.inside.LogBench.texts;
import static dev.berth.model.Output.STDERR;
import static dev.berth.model.Output.STDOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a log already has, read on the engine in memory.
@Timeout(60)
class LogsTest {
    private final LogBench bench = new LogBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void everythingIsReadToItsEnd() throws InterruptedException {
        assertEquals(List.of(), bench.read(everything(), "complete"));
        bench.write(0, 5000);
        assertEquals(numbered(0, 5000), bench.read(everything(), "complete"));
        assertEquals(0, bench.book.followers(bench.id));
    }

    @Test
    void theLastLinesAreCountedAsLinesOfTheWantedOutput() throws InterruptedException {
        bench.write(0, 1000);
        assertEquals(numbered(997, 1000), bench.read(tail(everything(), 3, STDOUT, STDERR), "complete"));
        assertEquals(
                List.of("line 989", "line 994", "line 999"), bench.read(tail(everything(), 3, STDERR), "complete"));
        assertEquals(List.of(), bench.read(tail(everything(), 0, STDOUT), "complete"));
        assertEquals(
                800, bench.read(tail(everything(), 5000, STDOUT), "complete").size());
    }

    @Test
    void theLastLinesAreWholeAlsoIfTheEngineHasThemInPieces() throws InterruptedException {
        for (int line = 0; line < 10; line++) {
            String[] pieces = new String[200];
            for (int piece = 0; piece < pieces.length; piece++) pieces[piece] = "<" + line + "." + piece + ">";
            bench.book.write(bench.id, STDOUT, 10_000_000L * (line + 1), false, pieces);
        }
        List<String> last = bench.read(tail(everything(), 2, STDOUT), "complete");
        assertTrue(last.getFirst().startsWith("<8.0>") && last.getFirst().endsWith("<8.199>"), last.toString());
        assertTrue(last.getLast().startsWith("<9.0>"), last.toString());
        assertEquals(2, last.size());
    }

    @Test
    void lastLinesThatAreTooMuchToKeepAreReadAgain() throws InterruptedException {
        String wide = "w".repeat(10_000);
        for (int i = 0; i < 600; i++) bench.book.write(bench.id, STDOUT, i + " " + wide);
        List<String> last = bench.read(tail(everything(), 300, STDOUT), "complete");
        assertEquals(300, last.size());
        assertTrue(last.getFirst().startsWith("300 ") && last.getLast().startsWith("599 "));
    }

    @Test
    void whatIsNotThereAndWhatCannotBeReadIsSaidAtOnce() {
        assertEquals(
                "no-such-container",
                assertThrows(
                                Failure.NotFound.class,
                                () -> bench.logs.open(new ContainerId("f".repeat(64)), everything()))
                        .code());
        bench.book.sendsAway(bench.id);
        Failure refused = assertThrows(Failure.Conflict.class, () -> bench.logs.open(bench.id, following()));
        assertEquals("log-unreadable", refused.code());
        assertEquals("none", refused.figures().get("log_driver"));
    }

    @Test
    void anEngineThatBreaksOffIsNoEnd() throws InterruptedException {
        bench.write(0, 10);
        var request = everything();
        try (LogReading reading = bench.logs.open(bench.id, request)) {
            assertEquals(numbered(0, 10), texts(lines(reading, 10)));
        }
        bench.harbour.engine.goAway();
        assertThrows(Failure.EngineDown.class, () -> bench.logs.open(bench.id, request));
    }
}
