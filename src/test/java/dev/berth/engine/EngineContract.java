package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerPort;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What holds of every engine, the real one and the one in memory.
interface EngineContract extends ExecContract, FilesContract, InsideContract {
    /// A reference that a registry holds and that is not here yet.
    String pullable();

    /// A reference of which a registry that answers says that it does not know it.
    String unknownToTheRegistry();

    @Test
    default void itIntroducesItself() {
        Engine.Greeting greeting = engine().connect();
        assertFalse(greeting.engineVersion().isEmpty());
        assertTrue(greeting.apiVersion().startsWith("1."));
        assertTrue(greeting.clock().isAfter(Instant.EPOCH));
        assertEquals(greeting.engineName(), engine().host().engineName());
        assertTrue(engine().host().memory().bytes() > 0 && engine().host().cpus() > 0);
        engine().ping();
    }

    @Test
    default void aContainerIsCreatedStartedStoppedAndRemoved() {
        ContainerId id = containers().create(sleeper().memory("64m").spec());
        Container created = inspect(id);
        assertEquals(Status.CREATED, created.status());
        assertTrue(created.startedAt().isEmpty() && created.exitCode().isEmpty());
        assertEquals(MemorySize.parse("64m"), created.memoryLimit().orElseThrow());

        containers().start(id);
        Container started = inspect(id);
        assertEquals(Status.RUNNING, started.status());
        assertTrue(started.startedAt().isPresent() && started.exitCode().isEmpty() && started.pid() > 0);
        assertFalse(started.networks().isEmpty());

        containers().stop(id, AT_ONCE);
        Container stopped = inspect(id);
        assertEquals(Status.EXITED, stopped.status());
        assertEquals(OptionalInt.of(137), stopped.exitCode());
        assertTrue(stopped.finishedAt().isPresent());

        containers().remove(id, false, true);
        assertTrue(containers().inspect(id).isEmpty());
    }

    @Test
    default void startingWhatRunsAndStoppingWhatStandsIsFine() {
        ContainerId id = running(sleeper());
        containers().start(id);
        containers().stop(id, AT_ONCE);
        containers().stop(id, AT_ONCE);
    }

    @Test
    default void whatDoesNotExistIsNotInspectedAndNotStartedAndRemovedWithoutComplaint() {
        assertTrue(containers().inspect(NOBODY).isEmpty());
        assertEquals(
                "no-such-container",
                assertThrows(Failure.NotFound.class, () -> containers().start(NOBODY))
                        .code());
        assertThrows(Failure.NotFound.class, () -> containers().stop(NOBODY, AT_ONCE));
        containers().remove(NOBODY, true, true);
    }

    @Test
    default void aRunningContainerIsRemovedOnlyByForce() {
        ContainerId id = running(sleeper());
        assertThrows(Failure.Conflict.class, () -> containers().remove(id, false, false));
        containers().remove(id, true, true);
        assertTrue(containers().inspect(id).isEmpty());
    }

    @Test
    default void aNameIsGivenOnce() {
        String name = "berth-contract-name";
        ContainerId id = containers().create(sleeper().named(name).spec());
        assertEquals(name, inspect(id).name());
        Failure taken = assertThrows(
                Failure.Conflict.class,
                () -> containers().create(sleeper().named(name).spec()));
        assertEquals("name-taken", taken.code());
        assertEquals(name, taken.figures().get("name"));
        assertTrue(taken.engineMessage().isPresent());
    }

    @Test
    default void aContainerNeedsItsImage() {
        Failure missing = assertThrows(
                Failure.NotFound.class,
                () -> containers().create(SpecDraft.of("berth.test/nosuch:1").spec()));
        assertEquals("no-such-image", missing.code());
    }

    @Test
    default void aCommandThatDoesNotExistIsRefusedAtTheStart() {
        ContainerId id = containers().create(sleeper().running("/nosuch").spec());
        Failure refused =
                assertThrows(Failure.Rejected.class, () -> containers().start(id));
        assertEquals("start-refused", refused.code());
        assertTrue(refused.engineMessage().orElseThrow().contains("/nosuch"));
        Container left = inspect(id);
        assertEquals(Status.CREATED, left.status());
        assertTrue(left.startedAt().isEmpty() && left.error().contains("/nosuch"));
    }

    @Test
    default void aPortThatIsTakenIsNamed() {
        ContainerId first = running(sleeper().port("80/tcp", 18_473));
        assertEquals(18_473, hostPorts(first, "80").getFirst());
        ContainerId second =
                containers().create(sleeper().port("80/tcp", 18_473).spec());
        Failure taken = assertThrows(Failure.Conflict.class, () -> containers().start(second));
        assertEquals("port-taken", taken.code());
        assertEquals(18_473L, taken.figures().get("port"));
    }

    @Test
    default void aPortMayBeLeftToTheEngine() {
        ContainerId id = running(sleeper().port("80/tcp", 0).exposing("81/udp"));
        assertTrue(hostPorts(id, "80").getFirst() > 1023);
        assertEquals(List.of(), hostPorts(id, "81/udp"));
    }

    @Test
    default void theListShowsRunningAndStopped() {
        ContainerId up = running(sleeper());
        ContainerId down = containers().create(sleeper().spec());
        List<ContainerId> ids =
                containers().list().stream().map(EngineContainers.Listed::id).toList();
        assertTrue(ids.contains(up) && ids.contains(down));
    }

    @Test
    default void eventsTellALife() throws Exception {
        Instant since = engine().connect().clock();
        try (EngineStream<EngineEvent> events = engine().events(since)) {
            ContainerId id = running(sleeper());
            containers().stop(id, AT_ONCE);
            containers().remove(id, false, true);
            List<String> actions = new ArrayList<>();
            ChangeContract.seek(events, event -> {
                if (event.type().equals("container") && event.id().equals(id.hex())) actions.add(event.action());
                return actions.contains("destroy");
            });
            actions.removeIf(it -> it.equals("kill"));
            assertEquals(List.of("create", "start", "die", "stop", "destroy"), actions);
        }
    }

    @Test
    default void eventsOfThePastAreReplayed() throws Exception {
        Instant since = engine().connect().clock();
        ContainerId id = running(sleeper());
        try (EngineStream<EngineEvent> events = engine().events(since)) {
            ChangeContract.seek(
                    events,
                    event -> event.id().equals(id.hex()) && event.action().equals("start"));
        }
    }

    @Test
    default void aWaitingStreamEndsWhenItIsClosed() throws Exception {
        EngineStream<EngineEvent> events =
                engine().events(engine().connect().clock().plusSeconds(3600));
        var ended = CompletableFuture.supplyAsync(() -> {
            while (events.next().isPresent()) {
                // whatever is still said
            }
            return true;
        });
        events.close();
        events.close();
        assertTrue(ended.get(10, TimeUnit.SECONDS));
        assertTrue(events.next().isEmpty());
    }

    @Test
    default void anImageIsFoundByNameAndId() {
        ImageRef reference = sleeper().spec().image();
        Image image = engine().images().inspect(reference).orElseThrow();
        assertTrue(image.tags().contains(reference));
        assertEquals(image, engine().images().inspect(image.id()).orElseThrow());
        assertTrue(engine().images().list().contains(image.id()));
        assertTrue(
                engine().images().inspect(ImageRef.parse("berth.test/nosuch:1")).isEmpty());
        assertTrue(engine().images().inspect(new ImageId("sha256:" + NOBODY)).isEmpty());
    }

    @Test
    default void anImageInUseIsNotRemoved() {
        ImageRef reference = sleeper().spec().image();
        ContainerId id = running(sleeper());
        ImageId image = inspect(id).imageId();
        Failure inUse =
                assertThrows(Failure.Conflict.class, () -> engine().images().remove(image, false));
        assertEquals("image-in-use", inUse.code());
        assertTrue(engine().images().inspect(reference).isPresent());
        Failure missing = assertThrows(
                Failure.NotFound.class, () -> engine().images().remove(ImageRef.parse("berth.test/nosuch:1"), false));
        assertEquals("no-such-image", missing.code());
    }

    @Test
    default void anImageIsPulledAndRemoved() throws Exception {
        ImageRef reference = ImageRef.parse(pullable());
        List<PullStep> steps = new ArrayList<>();
        try (EngineStream<PullStep> pull = engine().images().pull(reference, RegistryAuth.NONE)) {
            seekEnd(pull, steps);
        }
        assertTrue(steps.stream().anyMatch(it -> it.layer().isPresent()), steps.toString());
        Image image = engine().images().inspect(reference).orElseThrow();
        Digest remote = engine().images().remoteDigest(reference, RegistryAuth.NONE);
        assertTrue(image.digests().stream()
                .anyMatch(it -> it.sameRepository(reference)
                        && it.digest().orElseThrow().equals(remote)));
        EngineImages.Removal removal = engine().images().remove(reference, false);
        assertTrue(removal.untagged().stream().anyMatch(it -> ImageRef.parse(it).equals(reference)));
        assertTrue(engine().images().inspect(reference).isEmpty());
    }

    @Test
    default void aNameMovesFromOneImageToAnother() throws Exception {
        ImageRef other = ImageRef.parse(pullable());
        try (EngineStream<PullStep> pull = engine().images().pull(other, RegistryAuth.NONE)) {
            seekEnd(pull, new ArrayList<>());
        }
        ImageId first = engine().images()
                .inspect(sleeper().spec().image())
                .orElseThrow()
                .id();
        ImageId second = engine().images().inspect(other).orElseThrow().id();
        ImageRef name = ImageRef.parse("berth.test/named:1");
        engine().images().tag(first, name);
        assertEquals(first, engine().images().inspect(name).orElseThrow().id());
        engine().images().tag(second, name);
        engine().images().tag(second, name);
        assertEquals(second, engine().images().inspect(name).orElseThrow().id());
        assertFalse(engine().images().inspect(first).orElseThrow().tags().contains(name));
        engine().images().remove(name, false);
        assertTrue(engine().images().inspect(second).orElseThrow().tags().contains(other));
        engine().images().remove(other, false);
        ImageId nobody = new ImageId("sha256:" + NOBODY);
        Failure missing =
                assertThrows(Failure.NotFound.class, () -> engine().images().tag(nobody, name));
        assertEquals("no-such-image", missing.code());
    }

    @Test
    default void whatGoesWithAnImageAreLayersThatItHad() throws Exception {
        ImageRef reference = ImageRef.parse(pullable());
        try (EngineStream<PullStep> pull = engine().images().pull(reference, RegistryAuth.NONE)) {
            seekEnd(pull, new ArrayList<>());
        }
        Image image = engine().images().inspect(reference).orElseThrow();
        for (ImageRef other : image.tags())
            if (!other.equals(reference)) engine().images().remove(other, false); // with one left, nothing goes
        List<EngineImages.Layer> layers = engine().images().layers(image.id());
        assertEquals(
                image.sizeBytes(),
                layers.stream().mapToLong(EngineImages.Layer::sizeBytes).sum());
        List<String> deleted = engine().images().remove(reference, false).deleted();
        assertTrue(
                deleted.containsAll(
                        layers.stream().map(EngineImages.Layer::name).toList()),
                () -> deleted + " of " + layers);
        assertEquals(List.of(), engine().images().layers(image.id()));
    }

    @Test
    default void whatTheRegistryDoesNotKnowIsNotFound() {
        ImageRef unknown = ImageRef.parse(unknownToTheRegistry());
        Failure pulled = assertThrows(Failure.Rejected.class, () -> {
            try (EngineStream<PullStep> pull = engine().images().pull(unknown, RegistryAuth.NONE)) {
                seekEnd(pull, new ArrayList<>());
            }
        });
        assertEquals("image-not-found", pulled.code());
        Failure asked =
                assertThrows(Failure.Rejected.class, () -> engine().images().remoteDigest(unknown, RegistryAuth.NONE));
        assertEquals("image-not-found", asked.code());
    }

    @Test
    default void aPullThatIsClosedBeforeItBeganDoesNothing() {
        EngineStream<PullStep> pull = engine().images().pull(ImageRef.parse(unknownToTheRegistry()), RegistryAuth.NONE);
        pull.close();
        assertTrue(pull.next().isEmpty());
    }

    private List<Integer> hostPorts(ContainerId id, String port) {
        return Optional.ofNullable(inspect(id).ports().get(ContainerPort.parse(port))).orElseThrow().stream()
                .map(Container.HostPort::port)
                .toList();
    }

    private static <T> void seekEnd(EngineStream<T> stream, List<T> items) {
        for (var item = stream.next(); item.isPresent(); item = stream.next()) items.add(item.get());
    }
}
