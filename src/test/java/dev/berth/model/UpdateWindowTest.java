package dev.berth.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// When an update may happen by itself. 2026-01-03 is a Saturday.
class UpdateWindowTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "03:00-05:00             | 2026-01-03T03:00 | true",
                "03:00-05:00             | 2026-01-03T04:59 | true",
                "03:00-05:00             | 2026-01-03T05:00 | false",
                "03:00-05:00             | 2026-01-03T02:59 | false",
                "22:00-04:00             | 2026-01-03T23:00 | true",
                "22:00-04:00             | 2026-01-03T03:59 | true",
                "22:00-04:00             | 2026-01-03T12:00 | false",
                "sat 22:00-04:00         | 2026-01-03T22:00 | true",
                "sat 22:00-04:00         | 2026-01-04T03:00 | true",
                "sat 22:00-04:00         | 2026-01-03T03:00 | false",
                "sun,mon 01:00-02:00     | 2026-01-03T01:30 | false",
                "Sat,Sun 01:00-02:00     | 2026-01-03T01:30 | true",
                "00:00-00:00             | 2026-01-03T13:00 | true",
                "sun 00:00-00:00         | 2026-01-03T13:00 | false",
            })
    void aMomentIsInItOrNot(String window, LocalDateTime moment, boolean inside) {
        assertEquals(inside, UpdateWindow.parse(window).contains(moment));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3-5", "03:00", "25:00-05:00", "xyz 03:00-05:00", "sat,03:00-05:00", "03:00-05:00 sat"})
    void whatIsNoWindowIsRefused(String text) {
        assertThrows(Failure.Invalid.class, () -> UpdateWindow.parse(text));
    }
}
