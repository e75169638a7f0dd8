package dev.berth.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.json.Json;
import dev.berth.store.Database;
import dev.berth.store.ScratchDatabase;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Jobs come from the disk as they went there.
@Timeout(60)
class JobTableTest {
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00.123456789Z");
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
    private static final Logger LOG = Logger.getLogger(JobTable.class.getName());

    static {
        LOG.setLevel(Level.OFF); // rows that make no sense are planned here
    }

    private final Database database = ScratchDatabase.make();
    private final JobTable table = new JobTable(database, 3);

    @AfterEach
    void close() {
        database.close();
    }

    private static JobTable.Row queued(String id) {
        return new JobTable.Row(JobView.queued(id, "pull", "anna", NOW, List.of("one")), false);
    }

    private static JobTable.Row ended(String id, Instant finished) {
        return new JobTable.Row(queued(id).view().ended(false, Optional.of("why"), finished), false);
    }

    private List<String> ids() {
        return table.read(LONG_AGO).stream().map(it -> it.view().id()).sorted().toList();
    }

    @Test
    void everythingIsKept() {
        var items = new TreeMap<String, Item>();
        Item whole = new Item(
                JobState.SKIPPED,
                100.0 / 3,
                OptionalLong.of(Long.MAX_VALUE),
                OptionalLong.of(0),
                Optional.of("sha256:1"),
                Optional.of("sha256:2"),
                Optional.of("\"quoted\"\nüñ\u0000"),
                new TreeMap<>());
        items.put("a/b:1", whole.with("state", Json.of("of its own")).with("log", Json.of(List.of("x", "y"))));
        for (JobState state : JobState.values())
            items.put(
                    state.word(),
                    new Item(
                            state,
                            0,
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            new TreeMap<>()));
        var view = new JobView(
                "17",
                "update",
                JobState.FAILED,
                "anna",
                NOW,
                Optional.of(NOW.plusNanos(1)),
                Optional.of(NOW.plusSeconds(1)),
                Optional.of("it's broken"),
                true,
                items);
        table.write(List.of(new JobTable.Row(view, true), queued("18")), LONG_AGO);
        List<JobTable.Row> read = table.read(LONG_AGO);
        assertEquals(List.of(queued("18"), new JobTable.Row(view, true)), read);
    }

    @Test
    void aRowIsWrittenAnew() {
        table.write(List.of(queued("1")), LONG_AGO);
        table.write(List.of(ended("1", NOW)), LONG_AGO);
        assertEquals(List.of(ended("1", NOW)), table.read(LONG_AGO));
    }

    @Test
    void whatEndedTooLongAgoIsNeitherReadNorKept() {
        table.write(List.of(ended("1", NOW), ended("2", NOW.plusNanos(1)), queued("3")), LONG_AGO);
        assertEquals(
                List.of("3", "2"),
                table.read(NOW.plusNanos(1)).stream().map(it -> it.view().id()).toList());
        assertEquals(List.of("1", "2", "3"), ids(), "reading removes nothing");
        table.write(List.of(ended("4", NOW.plusSeconds(1))), NOW.plusNanos(1));
        assertEquals(List.of("2", "3", "4"), ids());
    }

    @Test
    void ofTooManyThatEndedTheOldestGoAndOfTheOthersNone() {
        List<JobTable.Row> open =
                IntStream.range(0, 10).mapToObj(it -> queued("open" + it)).toList();
        table.write(open, LONG_AGO);
        for (int i = 0; i < 5; i++) table.write(List.of(ended("ended" + i, NOW.plusSeconds(i))), LONG_AGO);
        var expected = new ArrayList<>(List.of("ended2", "ended3", "ended4"));
        open.forEach(it -> expected.add(it.view().id()));
        assertEquals(expected.stream().sorted().toList(), ids());
    }

    @Test
    void noMoreAreReadThanAreKept() {
        table.write(List.of(queued("open")), LONG_AGO);
        new JobTable(database, 100)
                .write(
                        IntStream.range(0, 5)
                                .mapToObj(it -> ended("ended" + it, NOW.plus(Duration.ofSeconds(it))))
                                .toList(),
                        LONG_AGO);
        assertEquals(List.of("ended2", "ended3", "ended4", "open"), ids());
    }

    @Test
    void aRowThatMakesNoSenseIsLeftOutAndHarmsNoOther() {
        table.write(List.of(queued("a"), queued("b"), queued("c"), queued("d")), LONG_AGO);
        for (String sql : List.of(
                "UPDATE job SET items = '{' WHERE id = 'a'",
                "UPDATE job SET state = 'dancing' WHERE id = 'b'",
                "UPDATE job SET items = '{\"x\":{}}' WHERE id = 'c'"))
            database.transact(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate(sql);
                }
            });
        assertEquals(List.of("d"), ids());
    }
}
