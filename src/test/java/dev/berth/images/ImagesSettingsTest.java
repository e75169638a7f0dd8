package dev.berth.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.berth.model.Fault;
import dev.berth.model.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesSettingsTest {
    private final Faults faults = new Faults();

    private ImagesSettings read(Map<String, String> set) {
        return ImagesSettings.read(it -> Optional.ofNullable(set.get(it)), faults);
    }

    @Test
    void threePullsRunAtOnceAndUpdatesAreLookedForEverySixHours() {
        assertEquals(new ImagesSettings(3, Optional.of(Duration.ofHours(6))), read(Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"1m, 60", "60s, 60", "90m, 5400", "6h, 21600", "30d, 2592000", "off,", "OFF,", "0,"})
    void aTimeHasAUnitAndOffIsNever(String text, Long seconds) {
        assertEquals(
                Optional.ofNullable(seconds).map(Duration::ofSeconds),
                read(Map.of("updates.check-every", text)).checkEvery());
        assertFalse(faults.any());
    }

    @ParameterizedTest
    @ValueSource(strings = {"59s", "31d", "6", "0h", "-1h", "1.5h", "never", "99999999h", "6 h"})
    void anotherTimeIsAFault(String text) {
        read(Map.of("updates.check-every", text));
        assertEquals(
                List.of("updates.check-every"),
                faults.found().stream().map(Fault::field).toList());
    }

    @Test
    void oneToSixtyFourPullsMayRunAtOnce() {
        assertEquals(1, read(Map.of("images.parallel-pulls", "1")).parallelPulls());
        assertEquals(64, read(Map.of("images.parallel-pulls", "64")).parallelPulls());
        assertFalse(faults.any());
        for (String text : List.of("0", "65", "-1", "many", "1.5", "999999999999"))
            read(Map.of("images.parallel-pulls", text));
        assertEquals(6, faults.found().size());
    }
}
