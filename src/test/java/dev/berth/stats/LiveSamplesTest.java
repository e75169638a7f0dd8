package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.stats.LiveSamples.Item;
import dev.berth.stats.LiveSamples.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveSamplesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final ContainerId WEB = Samples.id(1);
    private static final ContainerId OTHER = Samples.id(2);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final LiveSamples live = new LiveSamples(() -> {});

    private void offer(ContainerId id, int from, int to) {
        for (int second = from; second < to; second++) live.offer(id, Samples.at(START, second));
    }

    private static Item sampled(int second, long lost) {
        return new Item.Sampled(Samples.at(START, second), lost);
    }

    private static Item next(Subscription from) throws InterruptedException {
        return from.next(Duration.ZERO).orElseThrow();
    }

    @Test
    void aFollowerGetsTheSamplesOfItsContainerInOrder() throws InterruptedException {
        try (Subscription one = live.follow(WEB);
                Subscription two = live.follow(WEB)) {
            offer(WEB, 0, 3);
            offer(OTHER, 0, 3);
            for (Subscription each : List.of(one, two)) {
                for (int second = 0; second < 3; second++) assertEquals(sampled(second, 0), next(each));
                assertEquals(Optional.empty(), each.next(Duration.ZERO));
            }
        }
    }

    @Test
    void whatCameBeforeIsNotForHim() throws InterruptedException {
        offer(WEB, 0, 3);
        try (Subscription late = live.follow(WEB)) {
            assertEquals(Optional.empty(), late.next(Duration.ofMillis(1)));
        }
    }

    @Test
    void aSlowFollowerLosesTheOldestAndIsToldHowMany() throws InterruptedException {
        try (Subscription slow = live.follow(WEB);
                Subscription quick = live.follow(WEB)) {
            for (int second = 0; second < 100; second++) {
                offer(WEB, second, second + 1);
                assertEquals(sampled(second, 0), next(quick));
            }
            assertEquals(sampled(84, 84), next(slow));
            offer(WEB, 100, 102);
            assertEquals(sampled(86, 1), next(slow), "counted from the last that he got");
            assertEquals(sampled(87, 0), next(slow));
        }
    }

    @Test
    void theEndComesAfterWhatWasStillWaiting() throws InterruptedException {
        try (Subscription one = live.follow(WEB);
                Subscription other = live.follow(OTHER)) {
            offer(WEB, 0, 20);
            live.end(WEB);
            offer(WEB, 20, 21);
            assertEquals(sampled(4, 4), next(one));
            for (int second = 5; second < 20; second++) assertEquals(sampled(second, 0), next(one));
            assertInstanceOf(Item.Ended.class, next(one));
            assertInstanceOf(Item.Ended.class, next(one), "and stays the end");
            assertEquals(Optional.empty(), other.next(Duration.ZERO));
        }
    }

    @Test
    void somebodyFollowsUntilTheLastHasClosed() {
        assertFalse(live.any());
        Subscription one = live.follow(WEB);
        Subscription two = live.follow(WEB);
        Subscription three = live.follow(OTHER);
        assertEquals(3, live.count());
        one.close();
        one.close();
        assertEquals(2, live.count());
        three.close();
        assertTrue(live.any());
        two.close();
        assertFalse(live.any());
        offer(WEB, 0, 1);
        live.end(WEB);
    }

    @Test
    void whoWaitsIsWokenByASample() throws Exception {
        try (Subscription one = live.follow(WEB);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var got = threads.submit(() -> one.next(LONG));
            offer(WEB, 7, 8);
            assertEquals(Optional.of(sampled(7, 0)), got.get());
            var end = threads.submit(() -> one.next(LONG));
            live.end(WEB);
            assertEquals(Optional.of(new Item.Ended(0)), end.get());
        }
    }

    @Test
    void whoWaitsCanBeInterrupted() {
        try (Subscription one = live.follow(WEB)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> one.next(LONG));
        }
    }

    @Test
    void nothingIsLostUnseenBetweenManyThreads() throws Exception {
        List<Item> got = new ArrayList<>();
        try (Subscription one = live.follow(WEB);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reading = threads.submit(() -> {
                for (Item item = one.next(LONG).orElseThrow();
                        ;
                        item = one.next(LONG).orElseThrow()) {
                    got.add(item);
                    if (item instanceof Item.Ended) return null;
                }
            });
            offer(WEB, 0, 50_000);
            live.end(WEB);
            reading.get();
        }
        long samples = got.stream().filter(Item.Sampled.class::isInstance).count();
        assertEquals(50_000, samples + got.stream().mapToLong(Item::lost).sum());
    }
}
