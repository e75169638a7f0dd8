package dev.berth.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import dev.berth.model.RestartPolicy;
import dev.berth.store.Database;
import dev.berth.store.DatabaseFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the journal holds outlives the server.
class JournalTest {
    private static final ContainerId OLD = new ContainerId("a".repeat(64));
    private static final ContainerId NEW = new ContainerId("b".repeat(64));
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private Database database() {
        return Database.at(folder.resolve("berth.db"));
    }

    private static Entry entry() {
        var successor = new Successor(
                new ObjBuilder().put("Image", "app:1").build(),
                Map.of("right", Json.Obj.empty()),
                Optional.of("bridge"));
        var pair = new Pair(
                OLD,
                "web",
                Pair.Was.PAUSED,
                RestartPolicy.parse("on-failure:3"),
                true,
                new ObjBuilder().put("Id", OLD.hex()).build(),
                successor,
                Optional.of(successor),
                Optional.empty());
        return new Entry("op1", "job1", "web", "sha256:new", Optional.of("d1"), Optional.of("d2"), List.of(pair));
    }

    @Test
    void anUpdateIsReadAsItWasWrittenLast() {
        Entry entry = entry();
        try (Database first = database()) {
            var journal = new Journal(first, folder);
            journal.write(entry);
            entry.made(entry.first(), NEW);
            entry.step = Step.GATING;
            entry.back = true;
            entry.reason = Optional.of("it fell");
            entry.log = List.of("last", "words");
            entry.stopped = Optional.of(NOW);
            entry.needsAttention = true;
            journal.write(entry);
        }
        try (Database second = database()) {
            var journal = new Journal(second, folder);
            Entry read = journal.open().getFirst();
            assertEquals(1, journal.open().size());
            assertEquals(entry.json(), read.json());
            assertEquals(Step.GATING, read.step);
            assertTrue(read.back);
            assertEquals(entry.pairs(), read.pairs());
            journal.remove(read);
            assertEquals(List.of(), journal.open());
        }
    }

    @Test
    void whatAContainerWasPutBackFromIsRemembered() {
        try (Database database = database()) {
            var journal = new Journal(database, folder);
            journal.failed(OLD, "sha256:bad", NOW);
            assertEquals(Set.of("sha256:bad"), journal.failures(OLD));
            assertEquals(Set.of(), journal.failures(NEW));
            journal.failed(NEW, "sha256:other", NOW.plus(Duration.ofDays(91)));
            assertEquals(Set.of(), journal.failures(OLD), "not for ever");
        }
    }

    @Test
    void aWriteThatFailsMakesRoomForTheNext() {
        Database database = database();
        var journal = new Journal(database, folder);
        journal.layBallast();
        assertTrue(Files.exists(folder.resolve("ballast")));
        database.close();
        assertThrows(DatabaseFailure.class, () -> journal.write(entry()));
        assertFalse(Files.exists(folder.resolve("ballast")));
    }
}
