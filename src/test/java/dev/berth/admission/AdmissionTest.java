package dev.berth.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.MemorySize;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is promised, to whom, and in which order.
@Timeout(60)
class AdmissionTest {
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private Harbour harbour = new Harbour();

    @AfterEach
    void close() {
        harbour.close();
    }

    /// A host of ten gigabytes, of which all may be promised.
    private Admission admission(UnlimitedRule rule) {
        harbour.close();
        var engine = new FakeEngine();
        engine.size("10g", 2);
        engine.imageStore().put("here");
        var settings = new AdmissionSettings(
                BigDecimal.ONE, rule, MemorySize.parse("64m"), Optional.empty(), Optional.empty());
        harbour = new Harbour(engine, settings, true).open();
        return harbour.admission;
    }

    private static Ask ask(String what, String size) {
        return new Ask(what, Optional.empty(), Optional.of(MemorySize.parse(size)));
    }

    private MemoryFigures figures() {
        return harbour.admission.figures().orElseThrow();
    }

    private static long gigabytes(int count) {
        return (long) count << 30;
    }

    private ContainerId foreign(String limit) {
        return harbour.foreign(SpecDraft.of("here").memory(limit).spec());
    }

    @Test
    void whatIsHeldIsCommittedUntilItIsGivenBack() {
        Admission admission = admission(UnlimitedRule.USAGE);
        Hold hold = admission.hold(ask("one", "6g"));
        assertEquals(gigabytes(6), figures().heldBytes());
        assertEquals(gigabytes(4), figures().availableBytes());
        var refused = assertThrows(Failure.Refused.class, () -> admission.hold(ask("two", "5g")));
        assertEquals(gigabytes(5), refused.figures().get("requested_bytes"));
        assertEquals(gigabytes(4), refused.figures().get("available_bytes"));
        assertEquals(gigabytes(6), refused.figures().get("committed_bytes"));
        assertEquals(gigabytes(10), refused.figures().get("capacity_bytes"));
        hold.close();
        hold.close();
        assertEquals(0, figures().committedBytes());
    }

    @Test
    void aContainerCountsTheLargerOfItsHoldAndItsLimitAndNeverBoth() {
        Admission admission = admission(UnlimitedRule.USAGE);
        ContainerId id = foreign("2g");
        var limit = Optional.of(MemorySize.parse("3g"));
        try (Hold _ = admission.hold(new Ask("raise", Optional.of(id), limit))) {
            assertEquals(gigabytes(2), figures().limitsBytes());
            assertEquals(gigabytes(1), figures().heldBytes());
            try (Hold _ = admission.hold(new Ask("restart", Optional.of(id), Optional.of(MemorySize.parse("2g"))))) {
                assertEquals(gigabytes(3), figures().committedBytes());
            }
        }
        assertEquals(gigabytes(2), figures().committedBytes());
    }

    @Test
    void aHoldThatIsHandedOnIsGivenBackByItsNewHandAlone() {
        Admission admission = admission(UnlimitedRule.USAGE);
        Hold first = admission.hold(ask("one", "6g"));
        Hold second = first.handedOn();
        first.close();
        assertEquals(gigabytes(6), figures().heldBytes());
        second.close();
        assertEquals(0, figures().heldBytes());
    }

    @Test
    void whatOthersTakeBeyondTheCapacityStopsAllGrantsUntilItIsOver() {
        Admission admission = admission(UnlimitedRule.USAGE);
        ContainerId id = foreign("12g");
        Awaitility.await().until(() -> figures().overcommittedBytes() == gigabytes(2));
        assertEquals(0, figures().availableBytes());
        assertThrows(Failure.Refused.class, () -> admission.hold(ask("one", "6m")));
        harbour.engine.dies(id, 1);
        Awaitility.await().until(() -> figures().committedBytes() == 0);
        admission.hold(ask("one", "10g")).close();
    }

    @Test
    void oneWithoutALimitCountsALittleUntilItsFirstSample() {
        Admission admission = admission(UnlimitedRule.USAGE);
        harbour.foreign(SpecDraft.of("here").spec());
        assertEquals(64L << 20, figures().unlimitedBytes());
        assertEquals(
                64L << 20,
                admission
                        .look(new Ask("any", Optional.empty(), Optional.empty()))
                        .requestedBytes());
    }

    @Test
    void whereOneWithoutALimitCountsEverythingNothingFitsBesideIt() {
        Admission admission = admission(UnlimitedRule.CAPACITY);
        ContainerId id = harbour.foreign(SpecDraft.of("here").spec());
        assertEquals(gigabytes(10), figures().unlimitedBytes());
        assertThrows(Failure.Refused.class, () -> admission.hold(ask("one", "6m")));
        harbour.engine.dies(id, 0);
        Awaitility.await().until(() -> figures().committedBytes() == 0);
        try (Hold _ = admission.hold(ask("one", "6m"))) {
            var unlimited = new Ask("all", Optional.empty(), Optional.empty());
            assertFalse(admission.look(unlimited).admitted(), "it starts only on an empty host");
        }
    }

    @Test
    void firstComeFirstServedSoThatALargeRequestIsNotStarved() throws Exception {
        Admission admission = admission(UnlimitedRule.USAGE);
        Hold first = admission.hold(ask("first", "8g"));
        Future<Hold> large = harbour.inBackground(() -> admission.hold(ask("large", "9g"), PATIENT));
        Awaitility.await().until(() -> admission.line().size() == 1);
        Future<Hold> small = harbour.inBackground(() -> admission.hold(ask("small", "1g"), PATIENT));
        Awaitility.await().until(() -> admission.line().size() == 2);
        assertThrows(Failure.Refused.class, () -> admission.hold(ask("smallest", "6m")), "it would overtake");
        List<Waiting> line = admission.line();
        assertEquals(List.of("large", "small"), line.stream().map(Waiting::what).toList());
        assertEquals(List.of(1, 2), line.stream().map(Waiting::position).toList());
        assertEquals(gigabytes(10), figures().queuedBytes());
        first.close();
        try (Hold _ = large.get();
                Hold _ = small.get()) {
            assertEquals(gigabytes(10), figures().heldBytes());
            assertTrue(admission.line().isEmpty());
        }
    }

    @Test
    void whoeverLeavesTheLineLetsTheNextOneIn() throws Exception {
        Admission admission = admission(UnlimitedRule.USAGE);
        Hold first = admission.hold(ask("first", "8g"));
        Future<Hold> large = harbour.inBackground(() -> admission.hold(ask("large", "9g"), PATIENT));
        Awaitility.await().until(() -> admission.line().size() == 1);
        Future<Hold> small = harbour.inBackground(() -> admission.hold(ask("small", "1g"), PATIENT));
        Awaitility.await().until(() -> admission.line().size() == 2);
        assertTrue(large.cancel(true));
        small.get().close();
        assertTrue(admission.line().isEmpty());
        first.close();
    }

    @Test
    void whatWillNeverFitDoesNotWait() {
        Admission admission = admission(UnlimitedRule.USAGE);
        assertThrows(Failure.Refused.class, () -> admission.hold(ask("huge", "11g"), PATIENT));
        assertTrue(admission.line().isEmpty());
    }

    @Test
    void whoeverHasWaitedLongEnoughIsRefusedWithTheFigures() {
        Admission admission = admission(UnlimitedRule.USAGE);
        try (Hold _ = admission.hold(ask("first", "8g"))) {
            var refused = assertThrows(
                    Failure.Refused.class, () -> admission.hold(ask("second", "3g"), Duration.ofMillis(20)));
            assertEquals(gigabytes(2), refused.figures().get("available_bytes"));
        }
        assertTrue(admission.line().isEmpty());
    }

    @Test
    void aWaiterGoesOnWhenAContainerEnds() throws ExecutionException, InterruptedException {
        Admission admission = admission(UnlimitedRule.USAGE);
        ContainerId id = foreign("8g");
        Future<Hold> waiter = harbour.inBackground(() -> admission.hold(ask("next", "8g"), PATIENT));
        Awaitility.await().until(() -> admission.line().size() == 1);
        harbour.engine.dies(id, 0);
        waiter.get().close();
    }

    @Test
    void aShareOfAByteIsNotPromised() {
        var settings = new AdmissionSettings(
                new BigDecimal("0.9"),
                UnlimitedRule.USAGE,
                MemorySize.parse("64m"),
                Optional.empty(),
                Optional.empty());
        assertEquals(9, settings.capacity(new MemorySize(11)));
        assertEquals(Long.MAX_VALUE / 10 * 9, settings.capacity(new MemorySize(Long.MAX_VALUE / 10 * 10)));
    }
}
