package dev.berth.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a transaction wrote stays, and a file that is not understood is not touched.
@Timeout(60)
class DatabaseTest {
    private static final String TABLE = "CREATE TABLE number (n INTEGER PRIMARY KEY)";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private Path file = folder;

    @BeforeEach
    void name() {
        file = folder.resolve("berth.db");
    }

    private Database with(String... migrations) {
        return new Database(file, new Opening(file, () -> new Schema(List.of(migrations))));
    }

    private static int execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "no row";
        }
    }

    private static int add(Database database, int number) {
        return database.transact(connection -> execute(connection, "INSERT INTO number VALUES (" + number + ")"));
    }

    private static String count(Database database) {
        return database.transact(connection -> ask(connection, "SELECT count(*) FROM number"));
    }

    private static String version(Database database) {
        return database.transact(connection -> ask(connection, "PRAGMA user_version"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(it -> it.getFileName() + "").sorted().toList();
        }
    }

    private static void assertSays(String words, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(words), message);
    }

    @Test
    void nothingIsTouchedBeforeTheFirstTransaction() throws IOException {
        Database.at(file).close();
        assertEquals(List.of(), names());
    }

    @Test
    void onlyTheOwnerReadsTheFileAndTheOnesBesideIt() throws IOException {
        try (Database database = with(TABLE)) {
            add(database, 1);
            assertEquals(List.of("berth.db", "berth.db-shm", "berth.db-wal"), names());
            for (String name : names())
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))),
                        name);
        }
        assertEquals(List.of("berth.db"), names(), "an orderly end leaves one file");
    }

    @Test
    void everyCommitWaitsForTheDisk() {
        try (Database database = with(TABLE)) {
            assertEquals("wal", database.transact(connection -> ask(connection, "PRAGMA journal_mode")));
            assertEquals("2", database.transact(connection -> ask(connection, "PRAGMA synchronous")));
            assertEquals("1", database.transact(connection -> ask(connection, "PRAGMA foreign_keys")));
            assertEquals("5000", database.transact(connection -> ask(connection, "PRAGMA busy_timeout")));
        }
    }

    @Test
    void aFolderMayHaveAnyName() throws IOException {
        Path odd = Files.createDirectory(folder.resolve("a b?c%41#ü"));
        try (Database database = Database.at(odd.resolve("berth.db"))) {
            database.transact(connection -> ask(connection, "SELECT count(*) FROM idempotency_key"));
        }
        assertTrue(Files.exists(odd.resolve("berth.db")));
        assertEquals(1, names().size(), "nothing was made elsewhere");
    }

    @Test
    void whatWasWrittenIsThereInTheNextLife() {
        try (Database database = with(TABLE)) {
            add(database, 1);
        }
        try (Database database = with(TABLE)) {
            assertEquals("1", count(database));
        }
    }

    @Test
    void whatThrowsLeavesNothing() {
        try (Database database = with(TABLE)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> database.transact(connection -> {
                        execute(connection, "INSERT INTO number VALUES (1)");
                        throw new IllegalArgumentException("no");
                    }));
            assertThrows(
                    AssertionError.class,
                    () -> database.transact(connection -> {
                        execute(connection, "INSERT INTO number VALUES (2)");
                        throw new AssertionError("no");
                    }));
            assertEquals("0", count(database));
        }
    }

    @Test
    void aFailureNamesTheFileAndTheNextTransactionGoesOn() {
        try (Database database = with(TABLE)) {
            add(database, 1);
            var failure = assertThrows(DatabaseFailure.class, () -> add(database, 1));
            assertSays(file.toString(), failure);
            assertSays("UNIQUE", failure);
            var undone = assertThrows(
                    DatabaseFailure.class,
                    () -> database.transact(connection -> {
                        execute(connection, "INSERT INTO number VALUES (2)");
                        execute(connection, "ROLLBACK");
                        return 0;
                    }));
            assertSays(file.toString(), undone);
            add(database, 3);
            assertEquals("2", count(database));
        }
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        var failure = assertThrows(
                DatabaseFailure.class,
                () -> version(Database.at(folder.resolve("nowhere").resolve("berth.db"))));
        assertSays("nowhere", failure);
    }

    @Test
    void aTransactionInATransactionIsRefused() {
        try (Database database = with(TABLE)) {
            assertThrows(IllegalStateException.class, () -> database.transact(_ -> add(database, 1)));
            assertEquals("0", count(database));
        }
    }

    @Test
    void transactionsOfManyThreadsFollowEachOther() throws Exception {
        try (Database database = with(TABLE);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = Stream.generate(() -> threads.submit(() -> database.transact(connection -> {
                        int last = Integer.parseInt(ask(connection, "SELECT ifnull(max(n), 0) FROM number"));
                        return execute(connection, "INSERT INTO number VALUES (" + (last + 1) + ")");
                    })))
                    .limit(100)
                    .toList();
            for (Future<Integer> one : all) assertEquals(1, one.get());
            assertEquals("100", count(database));
        }
    }

    @Test
    void closeWaitsForTheTransactionUnderWayAndRefusesLaterOnes() throws Exception {
        Database database = with(TABLE);
        var inside = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> work = threads.submit(() -> database.transact(connection -> {
                inside.countDown();
                assertTrue(awaited(go));
                return execute(connection, "INSERT INTO number VALUES (1)");
            }));
            assertTrue(inside.await(20, SECONDS));
            Thread closing = Thread.ofPlatform().start(database::close);
            await().atMost(20, SECONDS).until(() -> closing.getState() == Thread.State.WAITING);
            go.countDown();
            assertEquals(1, work.get());
            closing.join();
        }
        database.close();
        var failure = assertThrows(DatabaseFailure.class, () -> add(database, 2));
        assertSays("closed", failure);
        assertEquals("1", count(with(TABLE)));
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(20, SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void eachMigrationRunsOnce() {
        try (Database database = with(TABLE + "; INSERT INTO number VALUES (1)")) {
            assertEquals("1", version(database));
        }
        try (Database database = with("not read any more", "INSERT INTO number VALUES (2)", "SELECT 1")) {
            assertEquals("3", version(database));
            assertEquals("2", count(database));
        }
    }

    @Test
    void aMigrationThatFailsLeavesTheVersionBeforeIt() {
        try (Database database = with(TABLE, "INSERT INTO number VALUES (1); INSERT INTO nowhere VALUES (1)")) {
            assertThrows(DatabaseFailure.class, () -> count(database));
            assertThrows(DatabaseFailure.class, () -> count(database));
        }
        try (Database database = with(TABLE)) {
            assertEquals("1", version(database));
            assertEquals("0", count(database));
        }
    }

    @Test
    void aFileOfANewerBerthIsRefusedWithAWayOut() {
        try (Database database = with(TABLE, "SELECT 1", "SELECT 1")) {
            add(database, 1);
        }
        try (Database older = with(TABLE)) {
            var failure = assertThrows(DatabaseFailure.class, () -> count(older));
            assertEquals(
                    "the database " + file + " has version 3, this Berth knows none above 1. Run the newer Berth that"
                            + " wrote it, or put a backup from before the update in its place",
                    failure.getMessage());
        }
        try (Database database = with(TABLE, "SELECT 1", "SELECT 1")) {
            assertEquals("1", count(database));
        }
    }

    @Test
    void whatIsNoDatabaseIsRefusedAndLeftAsItIs() throws IOException {
        Files.writeString(file, "my diary, 2026\n".repeat(1_000));
        byte[] before = Files.readAllBytes(file);
        refusedAsDamaged(before);
    }

    @Test
    void aDamagedDatabaseIsRefusedAndLeftAsItIs() throws IOException {
        try (Database database = with("CREATE TABLE number (n INTEGER PRIMARY KEY, t TEXT)")) {
            for (int i = 0; i < 50; i++) {
                String sql = "INSERT INTO number VALUES (" + i + ", hex(randomblob(500)))";
                database.transact(connection -> execute(connection, sql));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4096, bytes.length, (byte) 0x5a);
        Files.write(file, bytes);
        refusedAsDamaged(bytes);
    }

    private void refusedAsDamaged(byte[] before) throws IOException {
        try (Database database = Database.at(file)) {
            var failure = assertThrows(DatabaseFailure.class, () -> version(database));
            assertSays(file + " is damaged, and was left as it is", failure);
            assertSays("put a backup in its place", failure);
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void nothingThatWasKeptIsLostWhenTheProcessIsKilled() throws Exception {
        int killedAfter = 0; // the last number that a writer told of
        for (int life = 0; life < 3; life++) {
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var lines = writer.inputReader()) {
                int goal = killedAfter + 30;
                String line = lines.readLine();
                while (line != null) {
                    killedAfter = Math.max(killedAfter, Integer.parseInt(line)); // the last may be cut off
                    if (killedAfter >= goal) writer.toHandle().destroyForcibly(); // leaves the pipe to be read out
                    line = lines.readLine();
                }
                assertTrue(killedAfter >= goal, "it ended by itself after " + killedAfter);
            } finally {
                writer.destroyForcibly().waitFor();
            }
        }
        try (Database database = with(TABLE)) {
            int kept = Integer.parseInt(count(database));
            int last = Integer.parseInt(database.transact(connection -> ask(connection, "SELECT max(n) FROM number")));
            assertEquals(kept, last, "one in the middle is missing");
            assertTrue(last >= killedAfter, "kept " + last + ", told " + killedAfter);
        }
        assertFalse(Files.exists(folder.resolve("native")), "the unpacked library stayed");
    }

    /// Says each number when it has been kept, without an end.
    static final class Writer {
        private Writer() {}

        static void main(String[] arguments) {
            Path file = Path.of(arguments[0]);
            try (var database = new Database(file, new Opening(file, () -> new Schema(List.of(TABLE))))) {
                int next = Integer.parseInt(database.transact(
                                connection -> ask(connection, "SELECT ifnull(max(n), 0) FROM number")))
                        + 1;
                while (true) {
                    add(database, next);
                    System.out.println(next++);
                }
            }
        }
    }
}
