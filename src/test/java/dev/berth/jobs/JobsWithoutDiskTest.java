package dev.berth.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.feed.Feed;
import dev.berth.mirror.HandTime;
import dev.berth.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Jobs on a database that cannot be used.
@Timeout(60)
class JobsWithoutDiskTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Logger LOG = Logger.getLogger(KeptJobs.class.getName());

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final HandTime time = new HandTime();
    private final Said said = new Said();

    /// What the log was told.
    private static final class Said extends Handler {
        final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        LOG.setUseParentHandlers(false);
        LOG.addHandler(said);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(said);
        LOG.setUseParentHandlers(true);
    }

    private Jobs jobs(Database database) {
        return new Jobs(database, Set.of(), new Feed(time), time, new Random(1));
    }

    private static Job pull(Jobs jobs, String what) throws InterruptedException {
        Job job = jobs.start("pull", what, "anna", List.of(what), it -> {
            it.item(what, Item::running);
            it.item(what, item -> item.succeeded(Optional.empty()));
        });
        assertTrue(job.await(LONG));
        assertEquals(JobState.SUCCEEDED, job.view().state());
        return job;
    }

    @Test
    void theyRunInMemoryAndTheLogSaysSoOnce() throws Exception {
        Path missing = folder.resolve("missing");
        try (Database database = Database.at(missing.resolve("berth.db"));
                Jobs jobs = jobs(database)) {
            for (int i = 0; i < 5; i++) pull(jobs, "app:" + i);
            assertEquals(5, jobs.list().size());
            assertEquals(1, said.lines.size(), said.lines::toString);
            assertTrue(said.lines.getFirst().startsWith("WARNING "), said.lines::toString);
            assertTrue(said.lines.getFirst().contains(missing.toString()), said.lines::toString);
        }
        assertEquals(1, said.lines.size(), said.lines::toString);
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenLater() throws Exception {
        Path missing = folder.resolve("missing");
        Job first;
        Job second;
        try (Database database = Database.at(missing.resolve("berth.db"));
                Jobs jobs = jobs(database)) {
            first = pull(jobs, "app:1");
            Files.createDirectory(missing);
            second = pull(jobs, "app:2");
            assertEquals(2, said.lines.size(), said.lines::toString);
            assertTrue(said.lines.getLast().startsWith("INFO "), said.lines::toString);
        }
        try (Database database = Database.at(missing.resolve("berth.db"));
                Jobs jobs = jobs(database)) {
            assertEquals(first.view(), jobs.get(first.id()).view());
            assertEquals(second.view(), jobs.get(second.id()).view());
        }
    }

    @Test
    void whereNothingWasEverWrittenNothingIsMadeByLooking() {
        Path file = folder.resolve("berth.db");
        try (Database database = Database.at(file);
                Jobs jobs = jobs(database)) {
            assertEquals(List.of(), jobs.list());
        }
        assertFalse(Files.exists(file));
        assertEquals(List.of(), said.lines);
    }

    @Test
    void aDamagedFileIsLeftAsItIsAndMakesNobodyUseless() throws Exception {
        Path file = folder.resolve("berth.db");
        byte[] damaged = "my diary, 2026\n".repeat(1_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(file, damaged);
        try (Database database = Database.at(file);
                Jobs jobs = jobs(database)) {
            jobs.open();
            jobs.open();
            assertEquals(List.of(), jobs.list());
            Job job = pull(jobs, "app:1");
            assertEquals(List.of(job.view()), jobs.list());
        }
        assertEquals(1, said.lines.size(), said.lines::toString);
        assertArrayEquals(damaged, Files.readAllBytes(file));
    }

    /// The smallest that a file may become; what does not fit in is refused as on a full disk.
    @Test
    void aFullDiskStopsNoJob() throws IOException, InterruptedException {
        Path file = folder.resolve("berth.db");
        Job large;
        try (Database database = Database.at(file);
                Jobs jobs = jobs(database)) {
            pull(jobs, "app:1");
            int pages = database.transact(connection -> {
                try (var statement = connection.createStatement();
                        var row = statement.executeQuery("PRAGMA max_page_count = 1")) {
                    row.next();
                    return row.getInt(1);
                }
            });
            assertTrue(pages < 20, () -> pages + " pages");
            large = pull(jobs, "x".repeat(100_000));
            assertTrue(said.lines.getFirst().contains("full"), said.lines::toString);
            assertTrue(said.lines.getFirst().startsWith("WARNING "), said.lines::toString);
        }
        try (Database database = Database.at(file);
                Jobs jobs = jobs(database)) {
            assertEquals(large.view(), jobs.get(large.id()).view(), "there was room again");
        }
    }
}
