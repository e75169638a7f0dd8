package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Network;
import dev.berth.model.NetworkSpec;
import dev.berth.model.Volume;
import dev.berth.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What holds of every engine's networks and volumes.
interface AttachmentsContract extends ChangeContract {
    private static NetworkSpec network(String name) {
        var range = new Network.Range("10.77.7.0/24", Optional.of("10.77.7.1"));
        return new NetworkSpec(name, Optional.of("bridge"), List.of(range), true, Map.of("tier", "back"));
    }

    private static VolumeSpec volume(String name) {
        return new VolumeSpec(name, Optional.empty(), Map.of("tier", "back"));
    }

    private Optional<Network> found(String id) {
        return engine().networks().list().stream()
                .filter(it -> it.id().equals(id))
                .findFirst();
    }

    @Test
    default void aNetworkIsCreatedListedAndRemoved() {
        String id = engine().networks().create(network("berth-contract-net"));
        try {
            Network made = found(id).orElseThrow();
            assertEquals("berth-contract-net", made.name());
            assertEquals("bridge", made.driver());
            assertEquals(List.of(new Network.Range("10.77.7.0/24", Optional.of("10.77.7.1"))), made.ranges());
            assertEquals(Map.of("tier", "back"), made.labels());
            assertTrue(made.internal() && made.created().isPresent());
            Failure again = assertThrows(
                    Failure.Conflict.class, () -> engine().networks().create(network("berth-contract-net")));
            assertEquals("network-exists", again.code());
            Failure overlap = assertThrows(
                    Failure.Conflict.class, () -> engine().networks().create(network("berth-contract-other")));
            assertEquals("subnet-taken", overlap.code());
        } finally {
            engine().networks().remove(id);
        }
        assertTrue(found(id).isEmpty());
        engine().networks().remove(id);
    }

    @Test
    default void aNetworkInWhichSomebodyRunsIsNotRemoved() {
        String id = engine().networks().create(network("berth-contract-used"));
        ContainerId container = running(sleeper().network("berth-contract-used"));
        Failure used =
                assertThrows(Failure.Conflict.class, () -> engine().networks().remove(id));
        assertEquals("network-in-use", used.code());
        containers().remove(container, true, true);
        engine().networks().remove(id);
        assertTrue(found(id).isEmpty());
    }

    @Test
    default void theEnginesOwnNetworksStay() {
        for (Network own : engine().networks().list()) {
            if (!own.name().equals("bridge") && !own.name().equals("none")) continue;
            Failure refused = assertThrows(
                    Failure.Conflict.class, () -> engine().networks().remove(own.id()));
            assertEquals("network-predefined", refused.code());
        }
        Failure taken = assertThrows(
                Failure.Conflict.class,
                () -> engine().networks()
                        .create(new NetworkSpec("bridge", Optional.empty(), List.of(), false, Map.of())));
        assertEquals("network-exists", taken.code());
    }

    @Test
    default void aNetworkDriverThatIsNotThereIsRefusedWithTheEnginesWords() {
        var spec = new NetworkSpec("berth-contract-x", Optional.of("nosuch"), List.of(), false, Map.of());
        Failure refused =
                assertThrows(Failure.Rejected.class, () -> engine().networks().create(spec));
        assertEquals("network-refused", refused.code());
        assertTrue(refused.engineMessage().orElseThrow().contains("nosuch"));
    }

    @Test
    default void aVolumeIsCreatedListedAndRemoved() {
        Volume made = engine().volumes().create(volume("berth-contract-vol"));
        assertEquals("berth-contract-vol", made.name());
        assertEquals("local", made.driver());
        assertEquals(Map.of("tier", "back"), made.labels());
        assertTrue(made.created().isPresent() && made.mountpoint().isPresent());
        assertEquals(Optional.of(made), engine().volumes().inspect("berth-contract-vol"));
        assertTrue(engine().volumes().list().contains(made));
        assertEquals(made, engine().volumes().create(volume("berth-contract-vol")), "an engine gives the old one");
        engine().volumes().remove("berth-contract-vol");
        engine().volumes().remove("berth-contract-vol");
        assertTrue(engine().volumes().inspect("berth-contract-vol").isEmpty());
    }

    @Test
    default void aVolumeThatAStoppedContainerHasIsNeitherRemovedNorPruned() {
        engine().volumes().create(volume("berth-contract-kept"));
        Volume free = engine().volumes().create(volume("berth-contract-free"));
        ContainerId container = containers()
                .create(sleeper().volume("berth-contract-kept:/data").spec());
        Failure used =
                assertThrows(Failure.Conflict.class, () -> engine().volumes().remove("berth-contract-kept"));
        assertEquals("volume-in-use", used.code());
        assertTrue(engine().volumes().unused().contains(free));
        EngineVolumes.Pruned pruned = engine().volumes().prune();
        assertTrue(pruned.names().contains("berth-contract-free"), pruned::toString);
        assertFalse(pruned.names().contains("berth-contract-kept"), pruned::toString);
        assertTrue(engine().volumes().inspect("berth-contract-kept").isPresent());
        containers().remove(container, true, true);
        engine().volumes().remove("berth-contract-kept");
    }
}
