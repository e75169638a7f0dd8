package dev.berth.mirror;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InspectionsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final Semaphore arrivals = new Semaphore(0);
    private final Semaphore permits = new Semaphore(0);
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) one.close();
    }

    @Test
    void aHintLeadsToALook() {
        Inspections<String> inspections = inspections(_ -> {});
        inspections.await("a", inspections.hint("a"), LONG);
        assertEquals(1, looks.get());
    }

    @Test
    void whoTriesAgainIsToldOfEachLookThatFails() {
        Inspections<String> inspections = inspections(_ -> {
            if (looks.get() < 3) throw new Failure.EngineSlow("busy");
        });
        assertThrows(Failure.EngineSlow.class, () -> inspections.await("a", inspections.hint("a"), LONG));
        assertEquals(1, failures.get());
        assertThrows(Failure.EngineSlow.class, () -> inspections.await("a", inspections.hint("a"), LONG));
        assertEquals(2, failures.get());
        inspections.await("a", inspections.hint("a"), LONG);
        assertEquals(2, failures.get());
    }

    @Test
    void looksThatHaveTimeAreTakenOneAfterTheOtherAlsoAfterOneThatFails() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        Inspections<String> inspections = inspections(key -> {
            order.add(key);
            passWhenAllowed();
            if (key.equals("b")) throw new Failure.EngineSlow("busy");
        });
        inspections.hintInTurn(List.of("a", "b", "c"));
        for (List<String> begun : List.of(List.of("a"), List.of("a", "b"), List.of("a", "b", "c"))) {
            arrivals.acquire();
            assertEquals(begun, order);
            permits.release();
        }
        eventually(() -> failures.get() == 1);
    }

    @Test
    void aHintMeanwhileDoesNotWaitForItsTurn() throws Exception {
        Inspections<String> inspections = inspections(key -> {
            if (key.equals("a")) passWhenAllowed();
        });
        inspections.hintInTurn(List.of("a", "b"));
        arrivals.acquire();
        inspections.await("b", inspections.hint("b"), LONG);
        assertEquals(2, looks.get());
        permits.release();
        eventually(() -> looks.get() == 3);
    }

    @Test
    void everyTicketIsServedByALookThatBeganAfterIt() {
        Inspections<String> inspections = inspections(_ -> {});
        for (int i = 1; i <= 200; i++) {
            inspections.await("a", inspections.hint("a"), LONG);
            assertEquals(i, looks.get());
        }
    }

    @Test
    void aStormOfHintsOnOneKeyCostsTheLookInFlightAndOneMore() throws Exception {
        Inspections<String> inspections = inspections(_ -> passWhenAllowed());
        inspections.hint("a");
        arrivals.acquire();
        long last = 0;
        for (int i = 0; i < 10_000; i++) last = inspections.hint("a");
        permits.release(2);
        inspections.await("a", last, LONG);
        assertEquals(2, looks.get());
    }

    @Test
    void aHintDuringALookIsNotServedByThatLook() throws Exception {
        Inspections<String> inspections = inspections(_ -> passWhenAllowed());
        long first = inspections.hint("a");
        arrivals.acquire();
        long second = inspections.hint("a");
        permits.release();
        inspections.await("a", first, LONG);
        arrivals.acquire();
        assertThrows(Failure.EngineSlow.class, () -> inspections.await("a", second, Duration.ZERO));
        permits.release();
        inspections.await("a", second, LONG);
    }

    @Test
    void atMostOneLookPerKeyAndEightInAllAreInFlight() {
        Map<String, AtomicInteger> perKey = new ConcurrentHashMap<>();
        var inAll = new AtomicInteger();
        var most = new AtomicInteger();
        var mostOfOne = new AtomicInteger();
        var eight = new CyclicBarrier(8);
        Inspections<String> inspections = inspections(key -> {
            AtomicInteger ofThis = perKey.computeIfAbsent(key, _ -> new AtomicInteger());
            most.accumulateAndGet(inAll.incrementAndGet(), Math::max);
            mostOfOne.accumulateAndGet(ofThis.incrementAndGet(), Math::max);
            meet(eight);
            ofThis.decrementAndGet();
            inAll.decrementAndGet();
        });
        Map<String, Long> tickets = new HashMap<>();
        for (int i = 0; i < 96; i++) tickets.put("key " + i, inspections.hint("key " + i));
        tickets.forEach((key, ticket) -> inspections.await(key, ticket, LONG));
        assertEquals(8, most.get());
        assertEquals(1, mostOfOne.get());
    }

    @Test
    void hintsThatComeWhileALookWaitsForAPlaceAreServedByIt() throws Exception {
        Inspections<String> inspections = inspections(_ -> passWhenAllowed());
        for (int i = 0; i < 8; i++) inspections.hint("busy " + i);
        arrivals.acquire(8);
        inspections.hint("a");
        long last = inspections.hint("a");
        permits.release(100);
        inspections.await("a", last, LONG);
        assertEquals(9, looks.get());
    }

    @Test
    void anOldTicketIsServedThoughItsKeyWasHintedAtAnewSince() throws Exception {
        var allowed = new Semaphore(1_000);
        Inspections<String> inspections = inspections(_ -> take(allowed));
        inspections.await("a", inspections.hint("a"), LONG);
        long old = inspections.hint("a");
        inspections.await("a", old, LONG);
        allowed.drainPermits();
        inspections.hint("a");
        inspections.await("a", old, Duration.ZERO);
        allowed.release(1_000);
    }

    @Test
    void aFailureIsToldToWhoeverWaitsForThatLook() {
        var down = new Failure.EngineDown("gone", null);
        Inspections<String> inspections = inspections(_ -> {
            throw down;
        });
        long ticket = inspections.hint("a");
        assertSame(down, assertThrows(Failure.EngineDown.class, () -> inspections.await("a", ticket, LONG)));
    }

    @Test
    void whatFailedIsLookedAtAgainOnRequestAndOnlyThen() {
        var down = new AtomicInteger(1);
        Inspections<String> inspections = inspections(_ -> {
            if (down.getAndDecrement() > 0) throw new Failure.EngineDown("gone", null);
        });
        long ticket = inspections.hint("a");
        assertThrows(Failure.EngineDown.class, () -> inspections.await("a", ticket, LONG));
        MirrorBench.eventually(() -> {
            inspections.retryFailed();
            return looks.get() == 2;
        });
        inspections.await("a", ticket, LONG);
        inspections.retryFailed();
        inspections.await("b", inspections.hint("b"), LONG);
        assertEquals(3, looks.get());
    }

    @Test
    void aHintDuringALookThatFailsGetsALookOfItsOwn() throws Exception {
        Inspections<String> inspections = inspections(_ -> {
            passWhenAllowed();
            if (looks.get() == 1) throw new Failure.EngineSlow("too slow");
        });
        long first = inspections.hint("a");
        arrivals.acquire();
        long second = inspections.hint("a");
        permits.release(2);
        inspections.await("a", second, LONG);
        inspections.await("a", first, LONG);
        assertEquals(2, looks.get());
    }

    @Test
    void aFaultOfOursIsToldAndDoesNotStopLaterLooks() {
        Inspections<String> inspections = inspections(_ -> {
            if (looks.get() == 1) throw new IllegalStateException("a fault, as planned by this test");
            if (looks.get() == 2) throw new AssertionError("an error, as planned by this test");
        });
        for (int i = 0; i < 2; i++) {
            long ticket = inspections.hint("a");
            assertThrows(Failure.EngineNonsense.class, () -> inspections.await("a", ticket, LONG));
        }
        inspections.await("a", inspections.hint("a"), LONG);
    }

    @Test
    void anInterruptedWaitIsCancelled() throws Exception {
        Inspections<String> inspections = inspections(_ -> passWhenAllowed());
        long ticket = inspections.hint("a");
        var why = new CompletableFuture<Throwable>();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                inspections.await("a", ticket, LONG);
                why.completeExceptionally(new AssertionError("not interrupted"));
            } catch (Failure.Cancelled cancelled) {
                why.complete(cancelled);
            }
        });
        waiter.interrupt();
        assertTrue(why.get(20, TimeUnit.SECONDS) instanceof Failure.Cancelled);
    }

    @Test
    void closingEndsLooksAndWaits() throws Exception {
        var looking = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        var inspections = new Inspections<String>(
                "thing",
                1,
                _ -> {
                    looking.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        interrupted.countDown();
                    }
                },
                () -> {});
        long ticket = inspections.hint("a");
        long queued = inspections.hint("b");
        looking.await();
        var first = CompletableFuture.runAsync(() -> inspections.await("a", ticket, LONG));
        var second = CompletableFuture.runAsync(() -> inspections.await("b", queued, LONG));
        inspections.close();
        interrupted.await();
        assertCancelled(first);
        assertCancelled(second);
        long late = inspections.hint("c");
        assertThrows(Failure.Cancelled.class, () -> inspections.await("c", late, LONG));
    }

    private static void assertCancelled(CompletableFuture<Void> wait) {
        Exception why = assertThrows(ExecutionException.class, () -> wait.get(20, TimeUnit.SECONDS));
        assertTrue(why.getCause() instanceof Failure.Cancelled, String.valueOf(why.getCause()));
    }

    private Inspections<String> inspections(Consumer<String> look) {
        var inspections = new Inspections<String>(
                "thing",
                8,
                key -> {
                    looks.incrementAndGet();
                    look.accept(key);
                },
                failures::incrementAndGet);
        opened.add(inspections);
        return inspections;
    }

    private void passWhenAllowed() {
        arrivals.release();
        take(permits);
    }

    private static void take(Semaphore from) {
        try {
            from.acquire();
        } catch (InterruptedException closing) {
            throw new Failure.Cancelled("closing");
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
