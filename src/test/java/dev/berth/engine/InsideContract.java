package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import dev.berth.model.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What holds of every engine where it shows what goes on in a container.
interface InsideContract extends ChangeContract {
    List<Said> SAID =
            List.of(new Said(Output.STDOUT, "one"), new Said(Output.STDERR, "two"), new Said(Output.STDOUT, "three"));

    /// A line of a container's.
    record Said(Output output, String text) {}

    /// A container that has written this and ended; `DB_PASSWORD` is in its environment.
    ContainerId wrote(List<Said> said);

    @Test
    default void aLogHasEveryLineWithItsOutputAndItsTime() {
        List<LogRecord> records = read(wrote(SAID), LogQuery.all());
        assertEquals(3, records.size(), records.toString());
        for (Said said : SAID)
            assertTrue(
                    records.stream()
                            .anyMatch(it ->
                                    it.output() == said.output() && it.text().equals(said.text()) && it.whole()),
                    said + " is not in " + records);
        for (LogRecord it : records) assertTrue(it.nanos() > 0, it.toString());
    }

    @Test
    default void aLogIsReadFromATimeOnAndFromItsEnd() {
        ContainerId id = wrote(List.of(SAID.getFirst(), SAID.getLast()));
        List<LogRecord> all = read(id, LogQuery.all());
        assertEquals(List.of("one", "three"), texts(all));
        assertEquals(List.of("three"), texts(read(id, LogQuery.all().tail(1))));
        assertEquals(
                List.of("three"),
                texts(read(id, LogQuery.all().since(all.getLast().nanos()))));
        assertEquals(
                List.of(), texts(read(id, LogQuery.all().since(all.getLast().nanos() + 1))));
        assertEquals(
                List.of("one"),
                texts(read(id, LogQuery.all().until(all.getFirst().nanos()))));
    }

    @Test
    default void aFollowedLogEndsWithItsContainer() throws Exception {
        ContainerId id = running(sleeper());
        try (EngineStream<LogRecord> log =
                engine().logs().read(id, LogQuery.all().following())) {
            var ended = CompletableFuture.supplyAsync(log::next);
            engine().containers().stop(id, AT_ONCE);
            assertTrue(ended.get(30, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Test
    default void aFollowedLogThatIsClosedEnds() throws Exception {
        ContainerId id = running(sleeper());
        EngineStream<LogRecord> log = engine().logs().read(id, LogQuery.all().following());
        var ended = CompletableFuture.supplyAsync(log::next);
        log.close();
        assertTrue(ended.get(30, TimeUnit.SECONDS).isEmpty());
    }

    @Test
    default void nobodyHasNoLogAndNoDetailsAndNoProcesses() {
        ContainerId nobody = NOBODY;
        assertEquals("no-such-container", code(() -> engine().logs().read(nobody, LogQuery.all())));
        assertEquals("no-such-container", code(() -> engine().details().container(nobody, false)));
        assertEquals("no-such-container", code(() -> engine().details().processes(nobody, Optional.empty())));
        var image = new ImageId("sha256:" + nobody);
        assertEquals("no-such-image", code(() -> engine().details().image(image, false)));
        assertEquals("no-such-image", code(() -> engine().details().history(image)));
    }

    @Test
    default void theEnginesOwnAccountIsShownWithStarsForSecretsUnlessTheyAreAskedFor() {
        ContainerId id = wrote(List.of());
        Json masked = engine().details().container(id, false);
        assertEquals(id.hex(), masked.get("Id").textOrEmpty());
        assertTrue(
                environment(masked).contains("DB_PASSWORD=***"),
                environment(masked).toString());
        assertFalse(masked.toString().contains("geheim"));
        Json open = engine().details().container(id, true);
        assertTrue(
                environment(open).contains("DB_PASSWORD=geheim"),
                environment(open).toString());
    }

    @Test
    default void anImageIsShownWithItsHistory() {
        ImageId image = engine().images()
                .inspect(sleeper().spec().image())
                .orElseThrow()
                .id();
        assertEquals(
                image.text(), engine().details().image(image, false).get("Id").textOrEmpty());
        assertFalse(engine().details().history(image).items().isEmpty());
    }

    @Test
    default void theProcessesOfARunningContainerAreATable() {
        ContainerId id = running(sleeper());
        var table = engine().details().processes(id, Optional.empty());
        int pid = table.titles().indexOf("PID");
        assertTrue(pid >= 0, table.toString());
        assertTrue(table.rows().getFirst().get(pid).matches("\\d+"), table.toString());
        assertTrue(table.rows().getFirst().contains("sleep 600"), table.toString());
        assertEquals("ps-refused", code(() -> engine().details().processes(id, Optional.of("-bogus"))));
        engine().containers().stop(id, AT_ONCE);
        assertEquals("not-running", code(() -> engine().details().processes(id, Optional.empty())));
    }

    private static List<String> environment(Json shown) {
        return shown.at("Config", "Env").texts();
    }

    private static List<String> texts(List<LogRecord> records) {
        return records.stream().map(LogRecord::text).toList();
    }

    private List<LogRecord> read(ContainerId id, LogQuery query) {
        List<LogRecord> records = new ArrayList<>();
        try (EngineStream<LogRecord> log = engine().logs().read(id, query)) {
            for (var record = log.next(); record.isPresent(); record = log.next()) records.add(record.get());
        }
        return records;
    }

    private static String code(org.junit.jupiter.api.function.Executable refused) {
        return assertThrows(Failure.class, refused).code();
    }
}
