package dev.berth.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.feed.Feed;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableTest {
    private final HandTime time = new HandTime();
    private final FakeEngine engine = new FakeEngine();
    private final Table table = new Table(time, new Feed(time));

    @Test
    void whatIsGoneIsNotRaisedByAnOldAnswer() {
        Container web = container("web");
        table.saw(web);
        table.gone(web.id());
        table.saw(web);
        assertTrue(table.snapshot().container(web.id()).isEmpty());
    }

    @Test
    void whatWentBeforeItWasEverSeenStaysGone() {
        Container web = container("web");
        table.gone(web.id());
        table.saw(web);
        assertTrue(table.snapshot().container(web.id()).isEmpty());
    }

    @Test
    void whatWasListedBeforeAnInspectCouldFindItIsShownWhenItIsThere() {
        Container web = container("web");
        table.absent(web.id());
        table.saw(web);
        assertTrue(table.snapshot().container(web.id()).isPresent());
    }

    @Test
    void whatWasThereAndIsNotFoundIsGoneForGood() {
        Container web = container("web");
        table.saw(web);
        table.absent(web.id());
        table.saw(web);
        assertTrue(table.snapshot().container(web.id()).isEmpty());
    }

    @Test
    void theDeadAreRememberedThroughAStormOfOthers() {
        Container web = container("web");
        table.gone(web.id());
        for (int i = 0; i < 10_000; i++) table.gone(new ContainerId("%064x".formatted(i)));
        table.saw(web);
        assertTrue(table.snapshot().container(web.id()).isEmpty());
    }

    @Test
    void theDeadAreForgottenWhenTheyAreManyAndOld() {
        Container web = container("web");
        table.gone(web.id());
        time.advance(Duration.ofMinutes(11));
        for (int i = 0; i < 4_096; i++) table.gone(new ContainerId("%064x".formatted(i)));
        table.saw(web);
        assertTrue(table.snapshot().container(web.id()).isPresent());
    }

    @Test
    void outOfMemoryConcernsTheLifeInWhichItHappened() {
        Container web = container("web");
        Instant started = web.startedAt().orElseThrow();
        table.outOfMemory(web.id(), started.minusMillis(1));
        table.saw(web);
        assertFalse(shown(web).oomKilled());
        table.outOfMemory(web.id(), started.plusMillis(1));
        table.saw(web);
        assertTrue(shown(web).oomKilled());
    }

    @Test
    void anOlderOutOfMemoryThatIsToldAgainDoesNotHideTheNewerOne() {
        Container web = container("web");
        Instant started = web.startedAt().orElseThrow();
        table.outOfMemory(web.id(), started.plusMillis(1));
        table.outOfMemory(web.id(), started.minusSeconds(5));
        table.saw(web);
        assertTrue(shown(web).oomKilled());
    }

    @Test
    void anEqualAnswerChangesNothing() {
        Container web = container("web");
        table.saw(web);
        Snapshot before = table.snapshot();
        table.saw(engine.truth(web.id()));
        assertSame(before, table.snapshot());
    }

    @Test
    void sinceTellsWhenTheStateBeganThoughItsReasonChanges() {
        table.state(EngineState.Kind.CONNECTED, Optional.empty());
        time.advance(Duration.ofSeconds(1));
        table.state(EngineState.Kind.UNREACHABLE, Optional.of("one"));
        Instant gone = time.instant();
        time.advance(Duration.ofSeconds(1));
        table.state(EngineState.Kind.UNREACHABLE, Optional.of("two"));
        assertEquals(
                new EngineState(EngineState.Kind.UNREACHABLE, gone, Optional.of("two")),
                table.snapshot().state());
        assertTrue(table.snapshot().known());
    }

    @Test
    void theSameHostAgainChangesNothing() {
        table.host(engine.host());
        Container web = container("web");
        table.saw(web);
        Snapshot before = table.snapshot();
        table.host(engine.host());
        assertSame(before, table.snapshot());
    }

    private Container shown(Container container) {
        return table.snapshot().container(container.id()).orElseThrow();
    }

    private Container container(String name) {
        return engine.truth(engine.runs(SpecDraft.of("busybox").named(name).spec()));
    }
}
