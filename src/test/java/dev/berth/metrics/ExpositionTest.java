package dev.berth.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.model.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The text is what the two formats demand, whatever stands in a label.
class ExpositionTest {
    @Test
    void aFamilyIsExplainedBeforeItsSamples() {
        String text = new Exposition(Format.TEXT, 0)
                .counter("things_seconds_total", "seconds", "What things took.")
                .seconds("", 1_500_000_001L)
                .gauge("size_bytes", "bytes", "How large.")
                .sample(Labels.of("name", "a").toString(), 5)
                .sample(Labels.of("name", "b").toString(), 0.25)
                .end();
        assertEquals("""
                # HELP things_seconds_total What things took.
                # TYPE things_seconds_total counter
                things_seconds_total 1.500000001
                # HELP size_bytes How large.
                # TYPE size_bytes gauge
                size_bytes{name="a"} 5
                size_bytes{name="b"} 0.25
                """, text);
    }

    @Test
    void openMetricsNamesTheFamilyOfACounterWithoutItsEnding() {
        String text = new Exposition(Format.OPEN_METRICS, 0)
                .counter("things_seconds_total", "seconds", "What things took.")
                .seconds("", 2_000_000_000L)
                .counter("things_total", "", "How many.")
                .sample("", 7)
                .end();
        assertEquals("""
                # HELP things_seconds What things took.
                # TYPE things_seconds counter
                # UNIT things_seconds seconds
                things_seconds_total 2
                # HELP things How many.
                # TYPE things counter
                things_total 7
                # EOF
                """, text);
    }

    @Test
    void aHistogramCountsEachClassWithThoseBelowIt() {
        var histogram = new Histogram();
        for (long micros : new long[] {20, 100, 101, 4_000, 31_000_000}) histogram.add(micros * 1000);
        String text = new Exposition(Format.TEXT, 0)
                .histogram("took_seconds", "How long.")
                .distribution(Labels.of("route", "/x"), histogram.reading())
                .end();
        assertEquals("""
                # HELP took_seconds How long.
                # TYPE took_seconds histogram
                took_seconds_bucket{route="/x",le="0.0001"} 2
                took_seconds_bucket{route="/x",le="0.0005"} 3
                took_seconds_bucket{route="/x",le="0.001"} 3
                took_seconds_bucket{route="/x",le="0.005"} 4
                took_seconds_bucket{route="/x",le="0.01"} 4
                took_seconds_bucket{route="/x",le="0.05"} 4
                took_seconds_bucket{route="/x",le="0.1"} 4
                took_seconds_bucket{route="/x",le="0.5"} 4
                took_seconds_bucket{route="/x",le="1.0"} 4
                took_seconds_bucket{route="/x",le="5.0"} 4
                took_seconds_bucket{route="/x",le="30.0"} 4
                took_seconds_bucket{route="/x",le="+Inf"} 5
                took_seconds_sum{route="/x"} 31.004221
                took_seconds_count{route="/x"} 5
                """, text);
    }

    @Test
    void nothingBreaksOutOfALabel() {
        assertEquals(
                "{label=\"a\\\"} 1\\nb\\\\{\\\\\\\"\",name=\"ü\"}",
                Labels.of("label", "a\"} 1\nb\\{\\\"").and("name", "ü"));
    }

    @Test
    void aContainersLabelIsNamedAsCadvisorNamesIt() {
        assertEquals("container_label_com_example_some_team", Labels.nameOf("com.example/some-team"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                                                          | TEXT
                    */*                                                                         | TEXT
                    text/plain                                                                  | TEXT
                    application/openmetrics-text                                                | OPEN_METRICS
                    application/openmetrics-text;version=1.0.0                                  | OPEN_METRICS
                    application/openmetrics-text; version=0.0.1                                 | TEXT
                    application/openmetrics-text;version=1.0.0;q=0                              | TEXT
                    application/openmetrics-text;q=0.4,text/plain;q=0.5                         | TEXT
                    application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | OPEN_METRICS
                    application/openmetrics-text;q=nonsense                                     | OPEN_METRICS
                    """)
    void openMetricsIsForWhoAsksForIt(String accept, Format format) {
        assertEquals(format, Format.acceptable(accept));
    }
}
