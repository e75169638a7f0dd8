package dev.berth.admission;

import static dev.berth.feed.Overheard.fact;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.feed.Event;
import dev.berth.feed.Kind;
import dev.berth.feed.Overheard;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.MemorySize;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the feed is told of the line for memory.
@Timeout(60)
class LineNewsTest {
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private final Harbour harbour = harbour();
    private final Admission admission = harbour.admission;
    private Overheard told = new Overheard(harbour.feed);

    /// A host of ten gigabytes, of which all may be promised.
    private static Harbour harbour() {
        var engine = new FakeEngine();
        engine.size("10g", 2);
        engine.imageStore().put("here");
        var settings = new AdmissionSettings(
                BigDecimal.ONE, UnlimitedRule.USAGE, MemorySize.parse("64m"), Optional.empty(), Optional.empty());
        return new Harbour(engine, settings, true);
    }

    @BeforeEach
    void open() {
        harbour.open();
        told = new Overheard(harbour.feed);
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private static Ask ask(String what, String size) {
        return new Ask(what, Optional.empty(), Optional.of(MemorySize.parse(size)));
    }

    private Future<Hold> waiter(String what, String size) {
        int before = admission.line().size();
        Future<Hold> waiter = harbour.inBackground(() -> admission.hold(ask(what, size), PATIENT));
        Awaitility.await()
                .until(() -> admission.line().size() == before + 1
                        && told.names(Kind.ADMISSION).stream()
                                        .filter("waiting"::equals)
                                        .count()
                                > before);
        return waiter;
    }

    private List<String> line() {
        List<String> line = new ArrayList<>();
        for (Event event : told.events())
            if (event.what().kind() == Kind.ADMISSION)
                line.add(event.what().action() + " " + fact(event, "what") + " " + fact(event, "position"));
        return line;
    }

    @Test
    void everyWaiterIsToldItsPlaceWhenItChanges() throws Exception {
        Hold first = admission.hold(ask("first", "8g"));
        Future<Hold> a = waiter("a", "9g");
        Future<Hold> b = waiter("b", "9g");
        Future<Hold> c = waiter("c", "1g");
        assertTrue(b.cancel(true));
        Awaitility.await().until(() -> line().size() == 5);
        first.close();
        a.get().close();
        c.get().close();
        Awaitility.await().until(() -> line().size() == 8);
        assertEquals(
                List.of(
                        "waiting a 1",
                        "waiting b 2",
                        "waiting c 3",
                        "left b 2",
                        "moved c 2",
                        "admitted a 1",
                        "moved c 1",
                        "admitted c 1"),
                line());
        assertEquals("gone", fact(told.await("admission.left"), "reason"));
        Event waiting = told.await("admission.waiting");
        assertEquals(Long.toString(9L << 30), fact(waiting, "requested_bytes"));
        assertEquals(Long.toString(2L << 30), fact(waiting, "available_bytes"));
        assertEquals(fact(waiting, "waiter"), fact(told.await("admission.admitted"), "waiter"));
    }

    @Test
    void whoIsGrantedAtOnceHasNotWaited() throws Exception {
        admission.hold(ask("now", "1g"), PATIENT).close();
        admission.hold(ask("now", "1g")).close();
        assertEquals(List.of(), told.names(Kind.ADMISSION));
    }

    @Test
    void aRefusalIsToldOnce() {
        assertThrows(Failure.Refused.class, () -> admission.hold(ask("huge", "11g")));
        assertThrows(Failure.Refused.class, () -> admission.hold(ask("huge", "11g"), PATIENT));
        assertEquals(List.of("refused", "refused"), told.names(Kind.ADMISSION));
        assertThrows(
                Failure.Refused.class,
                () -> harbour.create(SpecDraft.of("here").memory("11g").spec()));
        assertEquals(List.of("refused", "refused", "refused"), told.names(Kind.ADMISSION));
        try (Hold _ = admission.hold(ask("first", "8g"))) {
            assertThrows(Failure.Refused.class, () -> admission.hold(ask("late", "3g"), Duration.ofMillis(20)));
        }
        assertEquals(List.of("refused", "refused", "refused", "waiting", "left"), told.names(Kind.ADMISSION));
        assertEquals("refused", fact(told.await("admission.left"), "reason"));
    }

    @Test
    void aLineOfHundredsDoesNotFloodTheFeed() {
        Hold first = admission.hold(ask("first", "10g"));
        List<Future<Hold>> waiters = new ArrayList<>();
        for (int i = 0; i < 200; i++) waiters.add(harbour.inBackground(() -> admission.hold(ask("w", "1g"), PATIENT)));
        Awaitility.await()
                .until(() -> told.names(Kind.ADMISSION).stream()
                                .filter("waiting"::equals)
                                .count()
                        == 200);
        Future<Hold> next = waiters.getFirst();
        int before = told.names(Kind.ADMISSION).size();
        assertTrue(next.cancel(true));
        Awaitility.await().until(() -> admission.line().size() == 199);
        int moved = told.names(Kind.ADMISSION).size() - before;
        assertTrue(moved >= 1 && moved <= 65, Integer.toString(moved));
        waiters.forEach(it -> it.cancel(true));
        Awaitility.await().until(() -> admission.line().isEmpty());
        first.close();
    }

    @Test
    void overcommitmentIsToldWhenItBeginsAndWhenItEnds() throws Exception {
        var ticks = new Harbour.Ticks();
        try (var overcommitment = new Overcommitment(admission, harbour.stats::unwatched, harbour.feed, ticks)) {
            overcommitment.start();
            ticks.pass(1);
            ContainerId id = harbour.foreign(SpecDraft.of("here").memory("12g").spec());
            Awaitility.await().until(() -> admission.figures().orElseThrow().overcommittedBytes() > 0);
            ticks.pass(2);
            assertEquals(List.of("overcommitted"), told.names(Kind.ADMISSION));
            assertEquals(Long.toString(2L << 30), fact(told.await("admission.overcommitted"), "overcommitted_bytes"));
            harbour.engine.dies(id, 1);
            Awaitility.await().until(() -> admission.figures().orElseThrow().overcommittedBytes() == 0);
            ticks.pass(2);
            assertEquals(List.of("overcommitted", "recovered"), told.names(Kind.ADMISSION));
        }
    }
}
