package dev.berth.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which labels are shown is a list, and no two of them may end up with one name.
class MetricsSettingsTest {
    private static List<String> labels(String text) {
        var faults = new Faults();
        var settings = MetricsSettings.read(
                key -> Optional.ofNullable(
                        Map.of("metrics.container-labels", text).get(key)),
                faults);
        faults.throwIfAny();
        return settings.containerLabels();
    }

    @Test
    void withoutTheSettingNoLabelIsShown() {
        assertEquals(MetricsSettings.DEFAULTS, MetricsSettings.read(_ -> Optional.empty(), new Faults()));
        assertEquals(List.of(), labels(" , "));
    }

    @Test
    void theListIsSeparatedByCommas() {
        assertEquals(List.of("stage", "com.example.team"), labels("stage, com.example.team,stage"));
    }

    @Test
    void twoLabelsOfOneNameAreAFault() {
        assertThrows(Failure.Invalid.class, () -> labels("a.b,a-b"));
    }

    @Test
    void aLabelMoreThanThirtyTwoIsAFault() {
        assertEquals(32, labels(many(32)).size());
        assertThrows(Failure.Invalid.class, () -> labels(many(33)));
    }

    private static String many(int count) {
        return IntStream.range(0, count).mapToObj(it -> "label" + it).collect(Collectors.joining(","));
    }
}
