package dev.berth.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.IdempotencyKeys.Done;
import dev.berth.containers.IdempotencyKeys.Entry;
import dev.berth.containers.IdempotencyKeys.Fresh;
import dev.berth.containers.IdempotencyKeys.Unfinished;
import dev.berth.mirror.HandTime;
import dev.berth.model.Failure;
import dev.berth.store.Database;
import dev.berth.store.DatabaseFailure;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One key, one container, whatever dies in between.
@Timeout(60)
class IdempotencyKeysTest {
    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final HandTime clock = new HandTime();
    private Database database = Database.at(folder);
    private IdempotencyKeys keys = new IdempotencyKeys(database, clock);

    @BeforeEach
    void open() {
        database = Database.at(folder.resolve("berth.db"));
        keys = new IdempotencyKeys(database, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    /// What a restart is for the table: nothing in memory, the same file.
    private void restart() {
        close();
        open();
    }

    private Entry begin(String key, String operation) throws InterruptedException {
        return keys.begin("ann", key, "hash", operation);
    }

    private IdempotencyKeys.Attempt fresh(String key, String operation) throws InterruptedException {
        return assertInstanceOf(Fresh.class, begin(key, operation)).attempt();
    }

    private void make(String key, String container) throws InterruptedException {
        try (var attempt = fresh(key, "op")) {
            attempt.succeeded(container);
        }
    }

    private int rows() {
        return database.transact(connection -> {
            try (Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT count(*) FROM idempotency_key")) {
                return rows.next() ? rows.getInt(1) : -1;
            }
        });
    }

    @Test
    void aRetryGetsTheFirstSuccessAgain() throws Exception {
        make("k", "c1");
        assertEquals(new Done("c1", Optional.empty()), begin("k", "other"));
        keys.answered("ann", "k", "{\"id\":\"c1\"}");
        assertEquals(new Done("c1", Optional.of("{\"id\":\"c1\"}")), begin("k", "other"));
    }

    @Test
    void aRetryAfterARestartDoesToo() throws Exception {
        make("k", "c1");
        keys.answered("ann", "k", "text");
        restart();
        assertEquals(new Done("c1", Optional.of("text")), begin("k", "other"));
    }

    @Test
    void aSecondOneOverTheSameFileSeesWhatTheFirstKept() throws Exception {
        make("k", "c1");
        try (Database same = Database.at(folder.resolve("berth.db"))) {
            assertEquals(
                    new Done("c1", Optional.empty()),
                    new IdempotencyKeys(same, clock).begin("ann", "k", "hash", "other"));
        }
    }

    @Test
    void aFailureIsNotKept() throws Exception {
        fresh("k", "op1").close();
        assertEquals(0, rows());
        fresh("k", "op2").close();
    }

    @Test
    void whatWasTakenAndNeverEndedIsUnfinishedInTheNextLife() throws Exception {
        fresh("k", "op1");
        restart();
        var found = assertInstanceOf(Unfinished.class, begin("k", "op2"));
        assertEquals("op1", found.operation());
        restart();
        found = assertInstanceOf(Unfinished.class, begin("k", "op3"));
        assertEquals("op1", found.operation());
        found.attempt().succeeded("c1");
        assertEquals(new Done("c1", Optional.empty()), begin("k", "op4"));
    }

    @Test
    void anUnfinishedOneThatMadeNothingFreesTheKey() throws Exception {
        fresh("k", "op1");
        restart();
        assertInstanceOf(Unfinished.class, begin("k", "op2")).attempt().close();
        fresh("k", "op3").close();
    }

    @Test
    void anUndecidedOneIsUnfinishedForTheNext() throws Exception {
        try (var attempt = fresh("k", "op1")) {
            attempt.undecided();
        }
        assertEquals(
                "op1", assertInstanceOf(Unfinished.class, begin("k", "op2")).operation());
    }

    @Test
    void aSuccessThatCouldNotBeKeptIsUndecidedAndNeverForgotten() throws Exception {
        try (var attempt = fresh("k", "op1")) {
            database.close();
            assertThrows(DatabaseFailure.class, () -> attempt.succeeded("c1"));
        }
        open();
        assertEquals(
                "op1", assertInstanceOf(Unfinished.class, begin("k", "op2")).operation());
    }

    @Test
    void fiftyAtOnceMakeOne() throws Exception {
        var made = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = IntStream.range(0, 50)
                    .mapToObj(i -> threads.submit(() -> container(begin("k", "op" + i), made)))
                    .toList();
            for (Future<String> one : all) assertEquals("c1", one.get());
        }
        assertEquals(1, made.get());
        assertEquals(1, rows());
    }

    @Test
    void fiftyAtOnceOfWhichEachFailsGetTheirTurnOneByOne() throws Exception {
        var tried = new AtomicInteger();
        var inside = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = IntStream.range(0, 50)
                    .mapToObj(i -> threads.submit(() -> {
                        var attempt = fresh("k", "op" + i);
                        assertEquals(1, inside.incrementAndGet());
                        assertEquals(0, inside.decrementAndGet());
                        attempt.close();
                        return tried.incrementAndGet();
                    }))
                    .toList();
            for (Future<Integer> one : all) assertTrue(one.get() > 0);
        }
        assertEquals(50, tried.get());
    }

    private static String container(Entry entry, AtomicInteger made) {
        return switch (entry) {
            case Fresh fresh -> {
                String container = "c" + made.incrementAndGet();
                fresh.attempt().succeeded(container);
                yield container;
            }
            case Unfinished unfinished -> unfinished.operation() + " is unfinished";
            case Done done -> done.container();
        };
    }

    @Test
    void aDuplicateWaitsForTheFirstAndGetsItsSuccess() throws Exception {
        try (var first = fresh("k", "op1")) {
            CompletableFuture<Entry> second = waiting("k");
            first.succeeded("c1");
            assertEquals(new Done("c1", Optional.empty()), second.get(20, SECONDS));
        }
    }

    @Test
    void aDuplicateOfOneThatFailsMayTryItself() throws Exception {
        var first = fresh("k", "op1");
        CompletableFuture<Entry> second = waiting("k");
        first.close();
        assertInstanceOf(Fresh.class, second.get(20, SECONDS)).attempt().close();
    }

    private CompletableFuture<Entry> waiting(String key) {
        var result = new CompletableFuture<Entry>();
        begun(key, result);
        return result;
    }

    /// A thread that has begun and waits.
    private Thread begun(String key, CompletableFuture<Entry> result) {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                result.complete(begin(key, "waiting"));
            } catch (InterruptedException | RuntimeException ended) {
                result.completeExceptionally(ended);
            }
        });
        await().atMost(20, SECONDS).until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    @Test
    void aWaitThatIsInterruptedLeavesTheOthersAlone() throws Exception {
        try (var first = fresh("k", "op1")) {
            CompletableFuture<Entry> other = waiting("k");
            var interrupted = new CompletableFuture<Entry>();
            Thread thread = begun("k", interrupted);
            thread.interrupt();
            var ended = assertThrows(ExecutionException.class, () -> interrupted.get(20, SECONDS));
            assertInstanceOf(InterruptedException.class, ended.getCause());
            assertFalse(other.isDone());
            first.succeeded("c1");
        }
        assertEquals(new Done("c1", Optional.empty()), begin("k", "op3"));
    }

    @Test
    void oneKeyDoesNotWaitForAnother() throws Exception {
        var first = fresh("k", "op1");
        make("other", "c2");
        first.close();
    }

    @Test
    void anotherBodyIsAConflictWhateverBecameOfTheFirst() throws Exception {
        try (var attempt = fresh("k", "op1")) {
            assertReused();
            attempt.succeeded("c1");
        }
        assertReused();
        restart();
        assertReused();
    }

    private void assertReused() {
        var conflict = assertThrows(Failure.Conflict.class, () -> keys.begin("ann", "k", "another", "op2"));
        assertEquals("idempotency-key-reused", conflict.code());
    }

    @Test
    void aKeyBelongsToItsCaller() throws Exception {
        make("k", "c1");
        try (var attempt = assertInstanceOf(Fresh.class, keys.begin("bob", "k", "another", "op2"))
                .attempt()) {
            attempt.succeeded("c2");
        }
        keys.answered("bob", "k", "bob's");
        assertEquals(new Done("c1", Optional.empty()), begin("k", "op3"));
    }

    @Test
    void aKeyLivesForADayAndGoesWithTheNextWrite() throws Exception {
        make("old", "c1");
        clock.advance(Duration.ofDays(1).minusMillis(1));
        assertEquals(new Done("c1", Optional.empty()), begin("old", "op"));
        clock.advance(Duration.ofMillis(1));
        assertEquals(1, rows());
        make("new", "c2");
        assertEquals(1, rows());
        assertEquals(new Done("c2", Optional.empty()), begin("new", "op"));
        make("old", "c3");
        assertEquals(new Done("c3", Optional.empty()), begin("old", "op"));
    }

    @Test
    void anAttemptThatOutlivesItsRowIsStillTheOnlyOne() throws Exception {
        try (var slow = fresh("k", "op1")) {
            clock.advance(Duration.ofDays(2));
            make("other", "c2");
            CompletableFuture<Entry> second = waiting("k");
            slow.succeeded("c1");
            assertEquals(new Done("c1", Optional.empty()), second.get(20, SECONDS));
        }
    }

    @Test
    void aKeyIsVisibleAscii() throws Exception {
        for (String wrong : List.of("", " ", "a b", "ä", "a\n", "x".repeat(256))) {
            var invalid = assertThrows(Failure.Invalid.class, () -> begin(wrong, "op"));
            assertEquals("Idempotency-Key", invalid.faults().getFirst().field());
        }
        make("x".repeat(255), "c1");
        make("!~'; DROP TABLE idempotency_key; --".replace(" ", ""), "c2");
        assertEquals(2, rows());
    }
}
