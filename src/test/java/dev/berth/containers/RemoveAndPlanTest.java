package dev.berth.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerPort;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.Host;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Removals, and what would happen if.
@Timeout(60)
class RemoveAndPlanTest {
    private final Harbour harbour = new Harbour();

    @BeforeEach
    void open() {
        harbour.engine.imageStore().put("here");
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private void remove(String named) {
        harbour.containers.remove(named, OptionalInt.empty(), false);
    }

    @Test
    void aRunningContainerIsStoppedAndRemovedWithEventsSwitchedOff() {
        ContainerId id = harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.eventBus().off();
        remove("web");
        assertEquals(1, harbour.engine.count(Call.STOP));
        assertTrue(harbour.shown(id).isEmpty());
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aStoppedContainerIsNotStoppedAgain() {
        ContainerId id = harbour.create(SpecDraft.of("here").spec()).id();
        harbour.engine.containers().stop(id, OptionalInt.empty());
        assertEquals(Optional.of(id), harbour.mirror.refresh(id).map(it -> it.id()));
        remove(id.shortId());
        assertEquals(1, harbour.engine.count(Call.STOP));
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void whatSomebodyElseRemovedMeanwhileIsRemoved() {
        ContainerId id = harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.eventBus().off();
        harbour.engine.containers().remove(id, true, true);
        assertThrows(Failure.NotFound.class, () -> remove("nobody"));
        harbour.engine.refuseNext(Call.STOP, new Failure.NotFound("no-such-container", "gone"));
        assertThrows(Failure.NotFound.class, () -> remove("web"));
    }

    @Test
    void whatNobodyKnowsIsNotFound() {
        assertEquals(
                "no-such-container",
                assertThrows(Failure.NotFound.class, () -> remove("web")).code());
        assertEquals(0, harbour.engine.count(Call.REMOVE));
    }

    @Test
    void aRemovalThatCannotBeConfirmedHappenedAllTheSame() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.eventBus().off();
        Gate looks = harbour.engine.hold(Call.INSPECT);
        Future<Boolean> removal = harbour.inBackground(() -> {
            remove("web");
            return true;
        });
        looks.awaitArrival();
        harbour.engine.goAway();
        var failed = assertThrows(ExecutionException.class, () -> removal.get(20, SECONDS));
        Failure failure = assertInstanceOf(Failure.EngineDown.class, failed.getCause());
        assertTrue(failure.detail().startsWith("done, not yet confirmed"), failure.detail());
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void anEngineThatIsAwayIsSaidBeforeAnythingIsTried() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.goAway();
        harbour.awaitUnreachable();
        assertThrows(Failure.EngineDown.class, () -> remove("web"));
        assertEquals(0, harbour.engine.count(Call.STOP));
    }

    @Test
    void aPlannedRemovalNamesWhatWouldGoAndChangesNothing() {
        String anonymous = "0123456789abcdef".repeat(4);
        harbour.foreign(SpecDraft.of("here")
                .named("web")
                .volume(anonymous + ":/a")
                .volume("data:/b")
                .spec());
        var plan = harbour.containers.planRemove("web", false);
        assertTrue(plan.stop());
        assertEquals(List.of(anonymous), plan.volumes(), "a volume with a name stays");
        assertEquals(List.of(), harbour.containers.planRemove("web", true).volumes());
        assertEquals(1, harbour.engine.runningCount());
        assertEquals(0, harbour.engine.count(Call.STOP) + harbour.engine.count(Call.REMOVE));
    }

    private Containers.CreatePlan plan(ContainerSpec spec, CreateRequest.Pull pull) {
        return harbour.containers.plan(new CreateRequest(spec, pull, true, Optional.empty()));
    }

    @Test
    void aPlanTellsWhetherTheRegistryWouldBeAskedAndChangesNothing() {
        ContainerSpec here = SpecDraft.of("here").spec();
        ContainerSpec there = SpecDraft.of("there").spec();
        assertFalse(plan(here, CreateRequest.Pull.MISSING).pull());
        assertFalse(plan(here, CreateRequest.Pull.NEVER).pull());
        assertTrue(plan(here, CreateRequest.Pull.ALWAYS).pull());
        assertTrue(plan(there, CreateRequest.Pull.MISSING).pull());
        var refusal = assertThrows(Failure.NotFound.class, () -> plan(there, CreateRequest.Pull.NEVER));
        assertEquals("no-such-image", refusal.code());
        for (Call call : List.of(Call.CREATE, Call.START, Call.PULL, Call.DIGEST))
            assertEquals(0, harbour.engine.count(call), call::name);
        assertEquals(0, harbour.engine.containerCount());
    }

    @Test
    void aPlanSeesANameThatIsTaken() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        ContainerSpec same = SpecDraft.of("here").named("web").spec();
        var refusal = assertThrows(Failure.Conflict.class, () -> plan(same, CreateRequest.Pull.MISSING));
        assertEquals("name-taken", refusal.code());
    }

    @ParameterizedTest
    @CsvSource({
        // held at, wanted at, in the way
        "'',        '',        true",
        "'',        127.0.0.1, true",
        "127.0.0.1, '',        true",
        "127.0.0.1, 0.0.0.0,   true",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 10.0.0.1,  false",
        "::,        '',        true"
    })
    void aPlanSeesAPortThatIsTaken(String held, String wanted, boolean taken) {
        harbour.foreign(published("holder", held, "80/tcp"));
        ContainerSpec late = published("late", wanted, "90/tcp");
        if (!taken) {
            assertEquals(late, plan(late, CreateRequest.Pull.MISSING).request().spec());
            return;
        }
        var refusal = assertThrows(Failure.Conflict.class, () -> plan(late, CreateRequest.Pull.MISSING));
        assertEquals("holder", refusal.figures().get("container"));
    }

    @Test
    void anotherProtocolAndAStoppedContainerAreNotInTheWay() {
        ContainerId id = harbour.foreign(published("holder", "", "53/udp"));
        ContainerSpec tcp = published("tcp", "", "53/tcp");
        assertEquals(tcp, plan(tcp, CreateRequest.Pull.MISSING).request().spec());
        harbour.engine.containers().stop(id, OptionalInt.empty());
        assertFalse(harbour.mirror.refresh(id).orElseThrow().status().alive());
        ContainerSpec udp = published("udp", "", "53/udp");
        assertEquals(udp, plan(udp, CreateRequest.Pull.MISSING).request().spec());
    }

    @Test
    void whatIsNotStartedNeedsNoPortYet() {
        harbour.foreign(published("holder", "", "80/tcp"));
        var request =
                new CreateRequest(published("late", "", "80/tcp"), CreateRequest.Pull.MISSING, false, Optional.empty());
        assertFalse(harbour.containers.plan(request).request().start());
    }

    private static ContainerSpec published(String name, String ip, String port) {
        ContainerSpec base = SpecDraft.of("here").named(name).spec();
        var binding = new PortBinding(Optional.of(ip).filter(it -> !it.isEmpty()), OptionalInt.of(8080));
        return new ContainerSpec(
                base.image(),
                base.name(),
                Map.of(ContainerPort.parse(port), List.of(binding)),
                base.limits(),
                base.environment(),
                base.command(),
                base.entrypoint(),
                base.workingDir(),
                base.user(),
                base.hostname(),
                base.labels(),
                base.volumes(),
                base.networks(),
                base.restartPolicy(),
                base.readOnly(),
                base.dropCapabilities(),
                base.init(),
                base.stopTimeoutSeconds(),
                base.healthCheck(),
                base.tmpfs(),
                base.ulimits(),
                base.logging(),
                base.privileges());
    }

    @Test
    void whatIsKnownOfTheHostLimitsARequest() {
        EngineHost host = harbour.containers.host();
        assertEquals(Optional.of(Cpus.of(4)), host.cpus());
        assertEquals(Optional.of(MemorySize.parse("16g")), host.memory());
        assertTrue(host.isBlockDevice().isEmpty(), "the engine's /dev is not ours");
    }

    @Test
    void devicesAreLookedAtOnlyWhereTheEngineIsOnThisMachine() {
        var here = new Host("id", "docker", "20", "1.41", "quay", 2, MemorySize.parse("4g"), "6.1");
        assertTrue(new LocalDevices(true, "quay", "6.1").areOf(here));
        assertFalse(new LocalDevices(false, "quay", "6.1").areOf(here));
        assertFalse(new LocalDevices(true, "inside", "6.1").areOf(here));
        assertFalse(new LocalDevices(true, "quay", "6.2").areOf(here));
    }

    @Test
    void onlyABlockDeviceIsOne() throws IOException {
        var devices = new LocalDevices(true, "quay", "6.1");
        for (String other : List.of("/dev/null", "/dev", "/dev/nosuch", "/etc/passwd", "/dev/a\0b"))
            assertFalse(devices.isBlockDevice(other), other);
        for (String line : Files.readAllLines(Path.of("/proc/partitions"))) {
            String device = "/dev/" + line.strip().replaceFirst(".* ", "");
            if (line.matches(" +\\d+ .*") && Files.exists(Path.of(device)))
                assertTrue(devices.isBlockDevice(device), device);
        }
    }
}
