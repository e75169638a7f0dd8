package dev.berth.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// All faults at once, each with its place; and never more than a page of them.
class FaultsTest {
    private final Faults faults = new Faults();

    @Test
    void keepEveryFaultInTheOrderInWhichItWasFound() {
        faults.add("b", "is wrong");
        faults.add("a", "too");
        assertEquals(List.of(new Fault("b", "is wrong"), new Fault("a", "too")), faults.found());
        Failure.Invalid thrown = assertThrows(Failure.Invalid.class, faults::throwIfAny);
        assertEquals("b: is wrong; a: too", thrown.detail());
        assertEquals("invalid-request", thrown.code());
    }

    @Test
    void throwNothingWhenThereIsNone() {
        faults.throwIfAny();
        assertEquals(Optional.of(80), faults.parse("port", () -> 80));
        assertTrue(faults.found().isEmpty());
    }

    @Test
    void takeAParsersComplaintAsTheFieldsAndJoinItsPlace() {
        assertTrue(faults.parse("mem_limit", () -> MemorySize.parse("x")).isEmpty());
        assertTrue(faults.parse("device_read_bps[2]", () -> new DeviceRate("/dev/sda", 0))
                .isEmpty());
        assertEquals(
                List.of("mem_limit", "device_read_bps[2].Rate"),
                faults.found().stream().map(Fault::field).toList());
    }

    @Test
    void letEveryOtherExceptionThrough() {
        assertThrows(
                IllegalStateException.class,
                () -> faults.parse("x", () -> {
                    throw new IllegalStateException();
                }));
    }

    @Test
    void areAPageAtMost() {
        for (int i = 0; i < 1_000_000; i++) faults.add("f" + i, "is not a known field");
        assertEquals(50, faults.found().size());
        assertEquals("f0", faults.found().getFirst().field());
    }

    @Test
    void cutWhatNobodyWouldRead() {
        faults.add("k".repeat(1 << 20), "v".repeat(299) + "😀😀");
        Fault fault = faults.found().getFirst();
        assertEquals("k".repeat(300) + "…", fault.field());
        assertEquals("v".repeat(299) + "…", fault.problem());
    }

    @Test
    void aFailureKeepsWhatTheEngineSaidAndTheFiguresThatDecided() {
        Failure failure = new Failure.Conflict("port-taken", "the port is taken")
                .with("port", 80L)
                .with("container", "web")
                .saidByEngine("port is already allocated");
        assertEquals(List.of("container", "port"), List.copyOf(failure.figures().keySet()));
        assertEquals(Optional.of("port is already allocated"), failure.engineMessage());
        assertEquals("port-taken", failure.code());
    }
}
