package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.wire.Refused;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A log's bytes come apart again as they were put together, however the network cuts them.
class LogFramesTest {
    private static final String TIME = "2026-11-24T23:08:36.280706188Z ";
    private static final long NANOS = 1_795_561_716_280_706_188L;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private LogFramesTest frame(int output, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sent.writeBytes(new byte[] {
            (byte) output, 0, 0, 0, 0, (byte) (bytes.length >> 16), (byte) (bytes.length >> 8), (byte) bytes.length
        });
        sent.writeBytes(bytes);
        return this;
    }

    private List<LogRecord> records(boolean terminal, int most) throws Refused {
        var in = new ByteArrayInputStream(sent.toByteArray());
        var random = new Random(most);
        var frames = new LogFrames(
                (into, offset, length) -> in.read(into, offset, Math.min(length, 1 + random.nextInt(most))), terminal);
        List<LogRecord> records = new ArrayList<>();
        for (var it = frames.next(); it.isPresent(); it = frames.next()) records.add(it.get());
        return records;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4000, 100_000})
    void framesTellTheOutputsAndThePieces(int most) throws Refused {
        String piece = "x".repeat(16_384);
        frame(1, TIME + piece)
                .frame(2, TIME + "err\n")
                .frame(1, TIME + "end\n")
                .frame(1, TIME + "\n")
                .frame(1, TIME + "no end");
        List<LogRecord> records = records(false, most);
        assertEquals(
                List.of(piece, "err", "end", "", "no end"),
                records.stream().map(LogRecord::text).toList());
        assertEquals(
                List.of(false, true, true, true, false),
                records.stream().map(LogRecord::whole).toList());
        assertEquals(Output.STDERR, records.get(1).output());
        for (LogRecord it : records) assertEquals(NANOS, it.nanos());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4000, 100_000})
    void aTerminalsPiecesAreFoundByTheStampThatComesAgain(int most) throws Refused {
        String piece = "x".repeat(16_384);
        String later = TIME.replace("36.28", "37.28");
        sent.writeBytes((TIME + piece + TIME + piece + TIME + "rest\r\n" + later + "out\r\n" + later + "prompt")
                .getBytes(StandardCharsets.UTF_8));
        List<LogRecord> records = records(true, most);
        assertEquals(
                List.of(piece, piece, "rest\r", "out\r", "prompt"),
                records.stream().map(LogRecord::text).toList());
        assertEquals(
                List.of(false, false, true, true, false),
                records.stream().map(LogRecord::whole).toList());
        assertEquals(NANOS + 1_000_000_000L, records.getLast().nanos());
    }

    @Test
    void aLineThatHoldsAnotherTimeIsNoPiece() throws Refused {
        String text = "y".repeat(20_000) + TIME.replace("188Z", "189Z") + "z".repeat(9000);
        sent.writeBytes((TIME + text + "\n").getBytes(StandardCharsets.UTF_8));
        assertEquals(
                List.of(text), records(true, 5000).stream().map(LogRecord::text).toList());
    }

    @Test
    void aStampOfAnotherFormIsMadeLikeTheOthers() throws Refused {
        frame(1, "2026-11-25T01:08:36.28+02:00 hello\n").frame(1, "2026-11-24T23:08:36Z \n");
        List<LogRecord> records = records(false, 1000);
        assertEquals("2026-11-24T23:08:36.280000000Z hello", stamped(records.getFirst()));
        assertEquals("2026-11-24T23:08:36.000000000Z ", stamped(records.getLast()));
        assertEquals(
                Instant.parse("2026-11-24T23:08:36.28Z"),
                Instant.ofEpochSecond(0, records.getFirst().nanos()));
    }

    @Test
    void whatIsNoLogIsNonsense() {
        frame(1, TIME + "fine\n");
        sent.write(1);
        assertThrows(Failure.EngineNonsense.class, () -> records(false, 1000));
        sent.reset();
        sent.writeBytes("HTTP/1.1 what?".getBytes(StandardCharsets.UTF_8));
        assertThrows(Failure.EngineNonsense.class, () -> records(false, 1000));
        assertThrows(Failure.EngineNonsense.class, () -> records(true, 1000));
        sent.reset();
        frame(1, "no time at all\n");
        assertThrows(Failure.EngineNonsense.class, () -> records(false, 1000));
    }

    @Test
    void secretsAreKnownByTheirNamesAndInAddresses() throws Exception {
        String shown = "{\"Config\":{\"Env\":[\"PATH=/bin\",\"MYSQL_ROOT_PASSWORD=a\",\"api_key=b\",\"GH_TOKEN=c\","
                + "\"BASIC_AUTH=d\",\"DB=postgres://u:geheim@h/x\",\"LANG\",\"TLS_PRIVATE=e=f\"],\"Cmd\":[\"TOKEN=1\"]}}";
        byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
        var masked = SecretValues.masked(dev.berth.json.JsonReader.engine(bytes, 0, bytes.length));
        assertEquals(
                List.of(
                        "PATH=/bin",
                        "MYSQL_ROOT_PASSWORD=***",
                        "api_key=***",
                        "GH_TOKEN=***",
                        "BASIC_AUTH=***",
                        "DB=postgres://u:***@h/x",
                        "LANG",
                        "TLS_PRIVATE=***"),
                masked.at("Config", "Env").texts());
        assertFalse(masked.at("Config", "Cmd").texts().isEmpty());
        assertTrue(masked.at("Config", "Cmd").texts().contains("TOKEN=1"));
    }

    private static String stamped(LogRecord record) {
        return new String(record.stamped(), StandardCharsets.UTF_8);
    }
}
