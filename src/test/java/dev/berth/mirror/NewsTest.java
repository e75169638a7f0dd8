package dev.berth.mirror;

import static dev.berth.feed.Overheard.fact;
import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.feed.Event;
import dev.berth.feed.Feed;
import dev.berth.feed.Item;
import dev.berth.feed.Kind;
import dev.berth.feed.Overheard;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the feed is told of the engine's containers and images.
@Timeout(60)
class NewsTest {
    private final MirrorBench bench = new MirrorBench();
    private Overheard told = new Overheard(bench.feed);

    @AfterEach
    void close() {
        bench.close();
    }

    private void connected() {
        bench.connected();
        told = new Overheard(bench.feed);
    }

    /// Everything so far has been looked at.
    private void settle(ContainerId id) {
        bench.awaitTruth(id);
        bench.mirror.refresh(id);
    }

    private List<String> actions() {
        return told.names(Kind.CONTAINER);
    }

    @Test
    void aLifeIsToldFromItsBeginningToItsEnd() {
        connected();
        ContainerId id = bench.runs("web");
        told.awaitActions(Kind.CONTAINER, "created", "started");
        bench.engine.containers().pause(id);
        told.awaitActions(Kind.CONTAINER, "created", "started", "paused");
        bench.engine.containers().unpause(id);
        told.awaitActions(Kind.CONTAINER, "created", "started", "paused", "unpaused");
        bench.engine.containers().rename(id, "site");
        told.awaitActions(Kind.CONTAINER, "created", "started", "paused", "unpaused", "renamed");
        bench.engine.containers().stop(id, OptionalInt.empty());
        told.awaitActions(Kind.CONTAINER, "created", "started", "paused", "unpaused", "renamed", "died", "stopped");
        bench.engine.containers().remove(id, false, true);
        told.await("container.removed");
        assertEquals("web", fact(told.await("container.renamed"), "old_name"));
        Event died = told.await("container.died");
        assertEquals("137", fact(died, "exit_code"));
        assertEquals("site", fact(died, "name"));
        assertEquals(id.hex(), fact(died, "id"));
        assertEquals("exited", fact(died, "status"));
        assertEquals(8, actions().size());
    }

    @Test
    void whoHearsOfAnEventReadsWhatItTells() throws Exception {
        bench.connected();
        Feed.Reader reader = bench.feed.follow(Optional.empty(), _ -> true);
        List<String> wrong = new ArrayList<>();
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                while (true)
                    for (Item item : reader.next(Duration.ofSeconds(20)))
                        if (item instanceof Item.Happened(Event event))
                            contradiction(event).ifPresent(wrong::add);
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        });
        List<ContainerId> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) all.add(bench.runs("web" + i));
        eventually(() -> actions().size() == 400 && reader.position().equals(last()));
        for (ContainerId id : all) bench.engine.containers().remove(id, true, true);
        eventually(() -> actions().size() == 800 && reader.position().equals(last()));
        follower.interrupt();
        follower.join();
        assertEquals(List.of(), wrong);
    }

    private dev.berth.feed.EventId last() {
        return told.events().getLast().id();
    }

    private Optional<String> contradiction(Event event) {
        if (event.what().kind() != Kind.CONTAINER) return Optional.empty();
        Optional<Container> shown = bench.mirror.snapshot().container(new ContainerId(fact(event, "id")));
        boolean right = switch (event.what().action()) {
            case "created" -> shown.isPresent();
            case "started" -> shown.filter(it -> it.status() == Status.RUNNING).isPresent();
            case "removed" -> shown.isEmpty();
            default -> true;
        };
        return right ? Optional.empty() : Optional.of(event + " " + shown);
    }

    @Test
    void whatWasThereBeforeIsNotNews() {
        ContainerId id = bench.runs("web");
        bench.connected();
        bench.engine.imageStore().tag(bench.engine.truth(id).imageId(), "other:1");
        told.await("image.tagged");
        assertEquals(List.of(), actions());
        assertEquals(List.of("resyncing", "connected"), told.names(Kind.ENGINE));
        assertEquals("docker", fact(told.await("engine.connected"), "name"));
    }

    @Test
    void aRestartBetweenTwoLooksIsAnEndAndABeginning() {
        connected();
        ContainerId id = bench.runs("web");
        told.awaitActions(Kind.CONTAINER, "created", "started");
        settle(id);
        Gate gate = bench.engine.hold(Call.INSPECT);
        bench.engine.containers().restart(id, OptionalInt.empty());
        eventually(() -> bench.mirror.table().heard().waits(id, "stop"));
        gate.open();
        told.awaitActions(Kind.CONTAINER, "created", "started", "died", "stopped", "started");
    }

    @Test
    void oneThatIsGoneBeforeAnybodyLooksIsToldAllTheSame() {
        connected();
        Gate gate = bench.engine.hold(Call.INSPECT);
        ContainerId id =
                bench.engine.runs(SpecDraft.of("busybox").named("brief").spec());
        bench.engine.dies(id, 3);
        bench.engine.containers().remove(id, false, true);
        told.awaitActions(Kind.CONTAINER, "created", "started", "died", "removed");
        gate.open();
        assertEquals("brief", fact(told.await("container.removed"), "name"));
        assertEquals("busybox:latest", fact(told.await("container.created"), "image"));
        bench.mirror.refresh(id);
        assertEquals(4, actions().size());
    }

    @Test
    void doubledAndReplayedEventsAreToldOnce() {
        bench.engine.eventBus().doubled();
        connected();
        ContainerId id = bench.runs("web");
        bench.engine.containers().stop(id, OptionalInt.empty());
        told.await("container.stopped");
        bench.engine.goAway(); // its ring survives
        bench.engine.comeBack();
        bench.time.free("engine follower");
        told.await("engine.connected");
        bench.mirror.refresh(id);
        assertEquals(List.of("created", "started", "died", "stopped"), actions());
        assertEquals(List.of("unreachable", "resyncing", "connected"), told.names(Kind.ENGINE));
    }

    @Test
    void whatTheEngineNeverSaidIsToldFromTheNextLook() {
        connected();
        bench.engine.eventBus().off();
        ContainerId id = bench.runs("web");
        bench.mirror.refresh(id);
        bench.engine.dies(id, 7);
        bench.mirror.refresh(id);
        assertEquals(List.of("created", "started", "died"), actions());
        assertEquals("7", fact(told.await("container.died"), "exit_code"));
    }

    @Test
    void whatHappenedWhileTheEngineWasAwayIsToldWhenItIsBack() {
        connected();
        ContainerId stays = bench.runs("stays");
        settle(stays);
        bench.engine.crash();
        told.await("engine.unreachable");
        bench.back();
        told.await("engine.connected");
        List<String> names = told.names();
        assertTrue(names.indexOf("container.died") > names.indexOf("engine.unreachable"));
        assertTrue(names.indexOf("container.died") < names.indexOf("engine.connected"));
        assertTrue(fact(told.await("engine.unreachable"), "message").contains("broke off"));
    }

    @Test
    void aStartThatFailsIsToldWithItsReason() {
        connected();
        bench.engine.imageStore().put("busybox");
        ContainerId id = bench.engine
                .containers()
                .create(SpecDraft.of("busybox").running("/nosuch").spec());
        told.await("container.created");
        assertThrows(Failure.Rejected.class, () -> bench.engine.containers().start(id));
        bench.mirror.refresh(id);
        assertTrue(fact(told.await("container.start_failed"), "error").contains("/nosuch"));
        bench.mirror.refresh(id);
        assertEquals(List.of("created", "start_failed"), actions());
    }

    @Test
    void everyWantOfMemoryIsToldOnce() {
        connected();
        ContainerId id = bench.runs("web");
        told.awaitActions(Kind.CONTAINER, "created", "started");
        bench.engine.eventBus().say("container", "oom", id.hex());
        told.awaitActions(Kind.CONTAINER, "created", "started", "oom");
        bench.engine.eventBus().say("container", "oom", id.hex());
        told.awaitActions(Kind.CONTAINER, "created", "started", "oom", "oom");
    }

    @Test
    void aWantOfMemoryBelongsToTheLifeInWhichItWas() {
        connected();
        ContainerId id = bench.runs("web");
        told.awaitActions(Kind.CONTAINER, "created", "started");
        settle(id);
        Gate gate = bench.engine.hold(Call.INSPECT);
        bench.engine.eventBus().say("container", "oom", id.hex());
        bench.engine.containers().restart(id, OptionalInt.empty());
        eventually(() -> bench.mirror.table().heard().waits(id, "start"));
        gate.open();
        told.awaitActions(Kind.CONTAINER, "created", "started", "oom", "died", "stopped", "started");
    }

    @Test
    void aWantOfMemoryThatALookShowsBeforeItsEventIsToldOnce() {
        connected();
        ContainerId id = bench.runs("web");
        settle(id);
        bench.engine.change(id, it -> it.oomKilled = true);
        bench.mirror.refresh(id);
        bench.engine.eventBus().say("container", "oom", id.hex());
        bench.engine.dies(id, 137);
        told.await("container.died");
        assertEquals(List.of("created", "started", "oom", "died"), actions());
        assertEquals("true", fact(told.await("container.died"), "oom_killed"));
    }

    @Test
    void changesOfLimitsAndHealthAreNamed() {
        connected();
        ContainerId id = bench.runs("web");
        settle(id);
        bench.engine.change(id, it -> {
            it.memory = Optional.of(MemorySize.parse("1g"));
            it.health = Optional.of("starting");
        });
        bench.mirror.refresh(id);
        assertEquals("[mem_limit]", fact(told.await("container.updated"), "changed"));
        bench.engine.change(id, it -> it.health = Optional.of("unhealthy"));
        bench.mirror.refresh(id);
        assertEquals("unhealthy", fact(told.await("container.health"), "health"));
        bench.engine.change(id, it -> {
            it.health = Optional.of("healthy");
            it.status = Status.EXITED;
        });
        bench.mirror.refresh(id);
        assertEquals(List.of("created", "started", "updated", "health", "died"), actions());
    }

    @Test
    void aStopIsToldAfterALookThatBeganAfterIt() {
        connected();
        ContainerId id = bench.runs("web");
        settle(id);
        Gate before = bench.engine.holdAnswer(Call.INSPECT); // a look that has seen it run
        bench.mirror.hint(id);
        before.awaitArrival();
        bench.engine.containers().stop(id, OptionalInt.empty());
        eventually(() -> bench.mirror.table().heard().waits(id, "stop"));
        before.open();
        told.awaitActions(Kind.CONTAINER, "created", "started", "died", "stopped");
        assertEquals(
                Status.EXITED,
                bench.mirror.snapshot().container(id).map(Container::status).orElseThrow());
    }

    @Test
    void namesThatComeAndGoAndPullsAreTold() {
        connected();
        bench.engine.imageStore().put("app:1");
        var app = ImageRef.parse("app:1");
        Event pulled = told.await("image.pulled");
        assertEquals("app:1", fact(pulled, "reference"));
        assertEquals(bench.mirror.snapshot().image(app).orElseThrow().id().text(), fact(pulled, "id"));
        bench.engine
                .imageStore()
                .tag(bench.mirror.snapshot().image(app).orElseThrow().id(), "app:2");
        eventually(() -> told.names(Kind.IMAGE).size() == 3);
        bench.engine
                .images()
                .remove(bench.mirror.snapshot().image(app).orElseThrow().id(), true);
        told.await("image.deleted");
        assertEquals(List.of("tagged", "pulled", "tagged", "untagged", "untagged", "deleted"), told.names(Kind.IMAGE));
    }

    @Test
    void anotherEngineIsToldAndWhatIsForgottenIsNotCalledRemoved() {
        ContainerId id = bench.runs("web");
        connected();
        settle(id); // a look that is still under way would be answered by the other engine
        bench.engine.becomeAnother();
        bench.back();
        told.await("engine.replaced");
        told.await("engine.connected");
        assertTrue(!bench.shows(id));
        assertEquals(List.of(), actions());
    }

    @Test
    void whatIsExecutedIsToldWhileSomebodyWantsToKnow() {
        connected();
        ContainerId id = bench.runs("web");
        settle(id);
        bench.time.free("exec events");
        var execs = bench.engine.execBus();
        assertEquals(0, execs.followers());
        Execs.Listener second = bench.mirror.execs().listen();
        try (var _ = bench.mirror.execs().listen()) {
            eventually(() -> execs.followers() == 1);
            execs.say("container", "exec_start: sh -c true", id.hex(), Map.of("execID", "e1", "image", "busybox"));
            execs.say("container", "exec_die", id.hex(), Map.of("execID", "e1", "exitCode", "3"));
            Event started = told.await("container.exec_started");
            assertEquals("sh -c true", fact(started, "command"));
            assertEquals("web", fact(started, "name"));
            assertEquals("3", fact(told.await("container.exec_died"), "exit_code"));
            second.close();
            second.close();
            bench.engine.goAway();
            eventually(() -> execs.followers() == 0);
            bench.back();
            eventually(() -> execs.followers() == 1);
        }
        eventually(() -> execs.followers() == 0);
        try (var _ = bench.mirror.execs().listen()) {
            eventually(() -> execs.followers() == 1);
        }
        eventually(() -> execs.followers() == 0);
    }

    @Test
    void whatCannotBeToldIsBounded() {
        var heard = new Heard<String>();
        for (int i = 0; i < 10_000; i++) {
            var event = new dev.berth.engine.EngineEvent("container", "oom", "x", Map.of(), i);
            heard.heard("one", event);
            heard.heard("k" + i, event); // heard already
        }
        assertEquals(32, heard.all("one").size());
        assertEquals(List.of(), heard.all("k1"));
        for (int i = 0; i < 10_000; i++)
            heard.heard("k" + i, new dev.berth.engine.EngineEvent("container", "oom", "k" + i, Map.of(), i));
        assertEquals(List.of(), heard.all("k0"));
        assertEquals(1, heard.all("k9999").size());
    }
}
