package dev.berth.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.HealthCheck;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A create that is answered when the container is healthy.
@Timeout(60)
class HealthWatchTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Harbour harbour = new Harbour();
    private final Departure departure = new Departure();

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.engine.imageStore().putChecked("checked");
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private static CreateRequest request(SpecDraft draft, Duration longest) {
        return new CreateRequest(draft.spec(), CreateRequest.Pull.MISSING, true, Optional.of(longest));
    }

    private static SpecDraft draft() {
        return SpecDraft.of("here").named("web").checkedBy("true");
    }

    private Container make(CreateRequest request) {
        return harbour.containers.healthy(harbour.create(request), request, departure);
    }

    /// Begins to create one and to wait for it.
    private Future<Container> waiting(SpecDraft draft) {
        Future<Container> waiting = harbour.inBackground(() -> make(request(draft, LONG)));
        await().atMost(20, SECONDS)
                .until(() -> harbour.snapshot().containers().values().stream()
                        .anyMatch(it -> it.health().isPresent()));
        return waiting;
    }

    private ContainerId id() {
        return harbour.snapshot().container("web").id();
    }

    private static Failure failure(Future<?> waiting) {
        var failed = assertThrows(ExecutionException.class, () -> waiting.get(20, SECONDS));
        return assertInstanceOf(Failure.class, failed.getCause());
    }

    @Test
    void theAnswerComesWhenItIsHealthy() throws Exception {
        Future<Container> waiting = waiting(draft());
        assertFalse(waiting.isDone());
        harbour.engine.healthTurns(id(), "unhealthy");
        harbour.engine.healthTurns(id(), "healthy");
        assertEquals(Optional.of("healthy"), waiting.get(20, SECONDS).health());
    }

    @Test
    void theCheckMayBeTheImages() throws Exception {
        Future<Container> waiting = waiting(SpecDraft.of("checked").named("web"));
        harbour.engine.healthTurns(id(), "healthy");
        assertEquals(Status.RUNNING, waiting.get(20, SECONDS).status());
    }

    @Test
    void whatIsNotHealthyInTimeStaysAndIsNamed() {
        Failure late = assertThrows(Failure.Overdue.class, () -> make(request(draft(), Duration.ofMillis(50))));
        assertEquals("not-healthy-in-time", late.code());
        assertEquals(id().hex(), late.figures().get("id"));
        assertEquals("starting", late.figures().get("health"));
        assertEquals(Status.RUNNING, harbour.shown(id()).orElseThrow().status());
    }

    @Test
    void whatEndsBeforeItIsHealthyIsAnsweredAtOnceAndStays() {
        Future<Container> waiting = waiting(draft());
        harbour.engine.dies(id(), 3);
        Failure ended = failure(waiting);
        assertEquals("ended-before-healthy", ended.code());
        assertEquals(3L, ended.figures().get("exit_code"));
        assertEquals(id().hex(), ended.figures().get("id"));
        assertEquals(1, harbour.engine.containerCount());
    }

    @Test
    void whatItsPolicyStartsAgainMayBecomeHealthyYet() throws Exception {
        Future<Container> waiting = waiting(draft().restarting("always"));
        harbour.engine.dies(id(), 3);
        await().atMost(20, SECONDS)
                .until(() -> harbour.shown(id()).orElseThrow().restartCount() == 1);
        assertFalse(waiting.isDone());
        harbour.engine.healthTurns(id(), "healthy");
        assertEquals(1, waiting.get(20, SECONDS).restartCount());
    }

    @Test
    void whatSomebodyRemovesIsGone() {
        Future<Container> waiting = waiting(draft());
        harbour.containers.remove("web", OptionalInt.of(0), false);
        Failure gone = failure(waiting);
        assertTrue(gone.code().equals("container-gone") || gone.code().equals("ended-before-healthy"), gone.code());
    }

    @Test
    void nothingIsMadeWhereThereIsNothingToWaitFor() {
        var none = SpecDraft.of("here").named("web");
        Failure refused = assertThrows(Failure.Rejected.class, () -> make(request(none, LONG)));
        assertEquals("no-health-check", refused.code());
        var off = SpecDraft.of("checked").named("web").checked(HealthCheck.DISABLED);
        assertThrows(Failure.Rejected.class, () -> make(request(off, LONG)));
        assertThrows(Failure.Rejected.class, () -> harbour.containers.plan(request(none, LONG)));
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aClientThatGoesEndsTheWaitAndNotTheContainer() {
        Future<Container> waiting = waiting(draft());
        departure.gone();
        assertInstanceOf(Failure.Cancelled.class, failure(waiting));
        assertEquals(Status.RUNNING, harbour.shown(id()).orElseThrow().status());
    }

    @Test
    void whatNobodyWantsToWaitForIsAnsweredAtOnce() {
        Container made = make(new CreateRequest(draft().spec(), CreateRequest.Pull.MISSING, true, Optional.empty()));
        assertEquals(Optional.of("starting"), made.health());
    }
}
