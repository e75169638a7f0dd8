package dev.berth.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.JsonReader;
import dev.berth.model.Cpus;
import dev.berth.model.Fault;
import dev.berth.model.Faults;
import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import dev.berth.model.RestartPolicy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The body of a change, and the operator's presets for memory.
class ChangeRequestReaderTest {
    private final Faults faults = new Faults();
    private MemoryPresets presets = MemoryPresets.NONE;

    private EngineHost host() {
        return new EngineHost(Optional.of(Cpus.of(2)), Optional.of(MemorySize.parse("4g")), presets, Optional.empty());
    }

    private Optional<ChangeRequest> read(String body) throws JsonReader.Broken {
        return ChangeRequestReader.read(JsonReader.request(body.getBytes(UTF_8), faults), host(), faults);
    }

    private List<String> fields() {
        return faults.found().stream().map(Fault::field).toList();
    }

    @Test
    void whatIsNotNamedStays() throws JsonReader.Broken {
        ChangeRequest change = read("{\"mem_limit\":\"256m\"}").orElseThrow();
        assertEquals(Optional.of(MemorySize.parse("256m")), change.memory());
        assertEquals(
                new LimitsChange(change.memory(), Optional.empty(), Optional.empty(), Optional.empty()),
                change.limits());
        assertTrue(change.name().isEmpty() && !change.liftsMemory());
    }

    @Test
    void nullIsWithout() throws JsonReader.Broken {
        ChangeRequest change =
                read("{\"mem_limit\":null,\"cpu_percent_limit\":null,\"pids_limit\":null,\"restart_policy\":null}")
                        .orElseThrow();
        assertTrue(change.liftsMemory());
        assertEquals(Optional.of(Cpus.of(2)), change.limits().cpus(), "all that the host has");
        assertEquals(Optional.of(LimitsChange.Pids.UNLIMITED), change.limits().pids());
        assertEquals(Optional.of(RestartPolicy.NO), change.limits().restartPolicy());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|body",
                "[]|body",
                "{\"mem_limit\":0}|mem_limit",
                "{\"mem_limit\":\"1m\"}|mem_limit",
                "{\"cpu_percent_limit\":300}|cpu_percent_limit",
                "{\"pids_limit\":0}|pids_limit",
                "{\"restart_policy\":\"often\"}|restart_policy",
                "{\"name\":\"x\"}|name",
                "{\"image_name\":\"nginx\"}|image_name",
                "{\"mem_reservation\":\"1g\"}|mem_reservation"
            })
    void whatIsWrongIsNamed(String body, String field) throws JsonReader.Broken {
        assertTrue(read(body).isEmpty());
        assertEquals(List.of(field), fields());
    }

    @Test
    void noLimitIsHigherThanTheOperatorLetsItBe() throws JsonReader.Broken {
        presets = new MemoryPresets(Optional.empty(), Optional.of(MemorySize.parse("1g")), true);
        assertTrue(read("{\"mem_limit\":\"2g\"}").isEmpty());
        assertTrue(read("{\"mem_limit\":null}").isEmpty());
        assertEquals(List.of("mem_limit", "mem_limit"), fields());
        assertTrue(read("{\"name\":\"some\"}").isEmpty(), "faults are kept");
    }

    private Optional<CreateRequest> create(String body) throws JsonReader.Broken {
        return CreateRequestReader.read(JsonReader.request(body.getBytes(UTF_8), faults), host(), faults);
    }

    @Test
    void aCreateThatNamesNoLimitGetsTheStandardOne() throws JsonReader.Broken {
        presets = new MemoryPresets(Optional.of(MemorySize.parse("256m")), Optional.empty(), false);
        var limits = create("{\"image_name\":\"a\"}").orElseThrow().spec().limits();
        assertEquals(Optional.of(MemorySize.parse("256m")), limits.memory());
        var without = create("{\"image_name\":\"a\",\"mem_limit\":null}")
                .orElseThrow()
                .spec()
                .limits();
        assertEquals(Optional.empty(), without.memory());
    }

    @Test
    void whereALimitIsRequiredNoneIsAFault() throws JsonReader.Broken {
        presets = new MemoryPresets(Optional.empty(), Optional.empty(), true);
        assertTrue(create("{\"image_name\":\"a\"}").isEmpty());
        assertEquals(List.of("mem_limit"), fields());
    }
}
