package dev.berth.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FeedTest {
    private static final Instant BORN = Instant.parse("2026-03-01T12:00:00.250Z");
    private static final InstantSource CLOCK = () -> BORN;
    private static final long EPOCH = BORN.toEpochMilli();
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private final Feed feed = new Feed(CLOCK, 8, 1 << 20);

    private static Happening died(String name) {
        return Happening.of(Kind.CONTAINER, "died").with("name", name);
    }

    private static Feed.Reader everything(Feed feed) {
        return feed.follow(Optional.empty(), _ -> true);
    }

    private Feed.Reader after(long sequence) {
        return feed.follow(Optional.of(new EventId(EPOCH, sequence)), _ -> true);
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) feed.publish(died("c" + i));
    }

    /// All that is there: events by number, gaps as `reason lost from..to`.
    private static List<String> rest(Feed.Reader reader) throws InterruptedException {
        List<String> all = new ArrayList<>();
        for (var items = reader.next(AT_ONCE); !items.isEmpty(); items = reader.next(AT_ONCE))
            for (Item item : items) all.add(text(item));
        return all;
    }

    private static String text(Item item) {
        return switch (item) {
            case Item.Happened(Event event) -> Long.toString(event.id().sequence());
            case Item.Gap(Item.Reason reason, OptionalLong lost, EventId from, EventId to) ->
                reason.word() + " " + (lost.isPresent() ? lost.getAsLong() : "?") + " " + from + ".." + to;
        };
    }

    @Test
    void eventsAreNumberedAndComeInOrder() throws Exception {
        Feed.Reader reader = everything(feed);
        assertEquals(new EventId(EPOCH, 1), feed.publish(died("web")));
        publish(3);
        var first = (Item.Happened) reader.next(PATIENT).getFirst();
        assertEquals(new EventId(EPOCH, 1), first.event().id());
        assertEquals(BORN, first.event().at());
        assertEquals("container.died", first.event().what().name());
        assertEquals(new Fact.Text("web"), first.event().what().facts().get("name"));
        assertEquals(new EventId(EPOCH, 4), reader.position());
    }

    @Test
    void whoBeginsToFollowGetsWhatComesFromThenOn() throws Exception {
        publish(3);
        Feed.Reader reader = everything(feed);
        assertEquals(List.of(), reader.next(AT_ONCE));
        assertEquals(new EventId(EPOCH, 3), reader.position());
        publish(2);
        assertEquals(List.of("4", "5"), rest(reader));
    }

    @Test
    void whoComesBackGetsWhatWasMissed() throws Exception {
        publish(8);
        assertEquals(List.of("6", "7", "8"), rest(after(5)));
        assertEquals(List.of(), rest(after(8)));
        assertEquals(8, rest(after(0)).size());
    }

    @Test
    void whoComesBackTooLateIsToldWhatIsLost() throws Exception {
        publish(20);
        Feed.Reader reader = after(5);
        assertEquals(
                List.of("moved-on 7 " + EPOCH + ".6.." + EPOCH + ".12", "13", "14", "15", "16", "17", "18", "19", "20"),
                rest(reader));
        assertEquals(List.of("13"), rest(after(12)).subList(0, 1));
    }

    @Test
    void aSlowReaderIsToldWhatIsLostAndThePublisherNeverWaits() throws Exception {
        Feed.Reader slow = everything(feed);
        Feed.Reader quick = everything(feed);
        for (int i = 0; i < 100; i++) {
            publish(1);
            assertEquals(List.of(Integer.toString(i + 1)), rest(quick));
        }
        List<String> rest = rest(slow);
        assertEquals("moved-on 92 " + EPOCH + ".1.." + EPOCH + ".92", rest.getFirst());
        assertEquals(9, rest.size());
        publish(1);
        assertEquals(List.of("101"), rest(slow));
    }

    @Test
    void anIdOfAnEarlierLifeGivesAGapAndThenAllOfThisLife() throws Exception {
        publish(2);
        Feed.Reader reader = feed.follow(Optional.of(new EventId(EPOCH - 1000, 77)), _ -> true);
        assertEquals(List.of("restarted ? " + (EPOCH - 1000) + ".78.." + EPOCH + ".0", "1", "2"), rest(reader));
        publish(20);
        Feed.Reader late = feed.follow(Optional.of(new EventId(EPOCH - 1000, 2)), _ -> true);
        assertEquals(
                "restarted ? " + (EPOCH - 1000) + ".3.." + EPOCH + ".14",
                rest(late).getFirst());
        assertEquals(List.of("15"), rest(after(14)).subList(0, 1), "the gap's end is a place to resume from");
    }

    @Test
    void anIdThatHasNeverBeenIsRefused() {
        publish(2);
        assertThrows(Failure.Invalid.class, () -> after(3));
        for (String text : List.of("", "x", "1", "1.", ".1", "1.1.1", "-1.1", "1.1x", "9".repeat(16) + ".1"))
            assertThrows(Failure.Invalid.class, () -> EventId.parse(text), text);
        assertEquals(new EventId(17, 4), EventId.parse("17.4"));
        assertEquals("17.4", new EventId(17, 4).toString());
    }

    @Test
    void theBytesThatAreKeptAreBounded() throws Exception {
        var small = new Feed(CLOCK, 1000, 20_000);
        Feed.Reader reader = everything(small);
        String text = "x".repeat(1000);
        for (int i = 0; i < 100; i++) {
            small.publish(died(text));
            assertTrue(small.keptBytes() <= 20_000, Long.toString(small.keptBytes()));
        }
        int kept = small.kept();
        assertTrue(kept >= 17 && kept <= 19, Integer.toString(kept));
        List<String> rest = rest(reader);
        assertEquals("moved-on " + (100 - kept) + " " + EPOCH + ".1.." + EPOCH + "." + (100 - kept), rest.getFirst());
        assertEquals(1 + kept, rest.size());
    }

    @Test
    void anEventThatIsLargerThanTheRingIsAGap() throws Exception {
        var small = new Feed(CLOCK, 1000, 20_000);
        Feed.Reader reader = everything(small);
        small.publish(died("small"));
        small.publish(died("x".repeat(20_000)));
        assertEquals(0, small.kept());
        assertEquals(0, small.keptBytes());
        assertEquals(List.of("moved-on 2 " + EPOCH + ".1.." + EPOCH + ".2"), rest(reader));
        small.publish(died("small"));
        assertEquals(List.of("3"), rest(reader));
    }

    @Test
    void labelsAndTextsCount() {
        var large = new Feed(CLOCK, 8, 1 << 20);
        long bare = grownBy(large, died("web"));
        assertTrue(grownBy(large, died("web").labelled(Map.of("k", "v".repeat(500)))) >= bare + 500);
        assertTrue(grownBy(large, died("web").with("changed", List.of("v".repeat(500)))) >= bare + 500);
        var named = died("web").concerning(new ContainerId("a".repeat(64)), "n".repeat(500));
        assertTrue(grownBy(large, named) >= bare + 564);
    }

    private static long grownBy(Feed feed, Happening what) {
        long before = feed.keptBytes();
        feed.publish(what);
        return feed.keptBytes() - before;
    }

    @Test
    void whatIsNotWantedIsPassedOver() throws Exception {
        Feed.Reader odd = feed.follow(Optional.empty(), event -> event.id().sequence() % 2 == 1);
        publish(5);
        assertEquals(List.of("1", "3", "5"), rest(odd));
        Feed.Reader none = feed.follow(Optional.of(new EventId(EPOCH, 1)), _ -> false);
        assertEquals(List.of(), none.next(AT_ONCE));
        assertEquals(new EventId(EPOCH, 5), none.position(), "it may resume from here");
    }

    @Test
    void anActionThatItsKindDoesNotHaveIsAMistake() {
        assertThrows(IllegalArgumentException.class, () -> Happening.of(Kind.IMAGE, "started"));
        assertThrows(Failure.Invalid.class, () -> Kind.action("started", java.util.Set.of(Kind.IMAGE, Kind.JOB)));
        assertEquals("started", Kind.action("started", java.util.Set.of(Kind.IMAGE, Kind.CONTAINER)));
    }

    @Test
    void whoWaitsIsWokenByAnEventAndEndsWhenInterrupted() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Feed.Reader reader = everything(feed);
            Future<List<Item>> waiting = threads.submit(() -> reader.next(PATIENT));
            publish(1);
            assertEquals("1", text(waiting.get().getFirst()));
            var ended = new CountDownLatch(1);
            Thread waiter = Thread.ofVirtual().start(() -> {
                try {
                    reader.next(Duration.ofHours(1));
                } catch (InterruptedException interrupted) {
                    ended.countDown();
                }
            });
            waiter.interrupt();
            ended.await();
        }
    }

    @Test
    void manyPublishersAndManyReadersLoseNothing() throws Exception {
        int publishers = 8;
        int each = 2_000;
        int all = publishers * each;
        var large = new Feed(CLOCK, all, Long.MAX_VALUE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> readers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Feed.Reader reader = everything(large);
                readers.add(threads.submit(() -> read(reader, all)));
            }
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < publishers; i++) {
                String name = "p" + i;
                work.add(() -> {
                    for (int n = 0; n < each; n++) large.publish(died(name).with("n", (long) n));
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(work)) assertTrue(done.get());
            List<String> expected = new ArrayList<>();
            for (int i = 1; i <= all; i++) expected.add(Integer.toString(i));
            for (Future<List<String>> reader : readers) assertEquals(expected, reader.get());
            assertOrderOfEachPublisher(large, publishers, each);
        }
    }

    private static List<String> read(Feed.Reader reader, int count) throws InterruptedException {
        List<String> read = new ArrayList<>();
        while (read.size() < count) {
            List<Item> items = reader.next(PATIENT);
            if (items.isEmpty()) return read;
            for (Item item : items) read.add(text(item));
        }
        return read;
    }

    private static void assertOrderOfEachPublisher(Feed feed, int publishers, int each) throws Exception {
        Feed.Reader reader = feed.follow(Optional.of(new EventId(EPOCH, 0)), _ -> true);
        Map<String, AtomicLong> next = new java.util.HashMap<>();
        for (var items = reader.next(AT_ONCE); !items.isEmpty(); items = reader.next(AT_ONCE))
            for (Item item : items) {
                var facts = ((Item.Happened) item).event().what().facts();
                long n = next.computeIfAbsent(String.valueOf(facts.get("name")), _ -> new AtomicLong())
                        .getAndIncrement();
                assertEquals(new Fact.Count(n), facts.get("n"));
            }
        assertEquals(publishers, next.size());
        next.values().forEach(it -> assertEquals(each, it.get()));
    }
}
