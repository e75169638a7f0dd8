package dev.berth.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory is bytes, written with a unit of 1024.
class MemorySizeTest {
    @ParameterizedTest
    @CsvSource({
        "100000b, 100000",
        "1000k, 1024000",
        "128m, 134217728",
        "1g, 1073741824",
        "2g, 2147483648",
        "1G, 1073741824",
        "128M, 134217728",
        "7K, 7168",
        "9B, 9",
        "512mb, 536870912",
        "512MB, 536870912",
        "1Gb, 1073741824",
        "3kb, 3072",
        "1.5g, 1610612736",
        "0.5m, 524288",
        "1.0b, 1",
        "0, 0",
        "536870912, 536870912",
        "9223372036854775807, 9223372036854775807"
    })
    void readsWhatTheContractShows(String text, long bytes) {
        assertEquals(new MemorySize(bytes), MemorySize.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "g",
                "1t",
                "1 g",
                " 1g",
                "1g ",
                "-1",
                "-1g",
                "+1",
                "1.g",
                ".5g",
                "1.5",
                "1.5b",
                "1,5g",
                "1e3",
                "0x10",
                "1gib",
                "1bb",
                "1kk",
                "NaN",
                "1.0000000001g",
                "9223372036854775808",
                "8589934592g",
                "99999999999999999999",
                "١g",
                "1\u0000",
                "1g\n"
            })
    void refusesWhatIsNoSize(String text) {
        Failure.Invalid refusal = assertThrows(Failure.Invalid.class, () -> MemorySize.parse(text));
        assertTrue(refusal.detail().contains("'" + text + "'"), refusal.detail());
    }

    @Test
    void isNeverNegative() {
        assertThrows(Failure.Invalid.class, () -> new MemorySize(-1));
    }

    static LongStream manySizes() {
        var random = new Random(7);
        LongStream edges = LongStream.of(0, 1, 1023, 1024, 1025, 1 << 20, (1 << 20) + 1024, 1L << 30, Long.MAX_VALUE);
        return LongStream.concat(edges, random.longs(500).map(it -> it >>> random.nextInt(1, 64)));
    }

    @ParameterizedTest
    @MethodSource("manySizes")
    void readsBackWhatItPrints(long bytes) {
        var size = new MemorySize(bytes);
        assertEquals(size, MemorySize.parse(size.toString()));
    }

    @ParameterizedTest
    @CsvSource({"2147483648, 2g", "536870912, 512m", "1610612736, 1536m", "3072, 3k", "1000, 1000b", "0, 0b"})
    void printsTheLargestUnitThatFits(long bytes, String text) {
        assertEquals(text, new MemorySize(bytes).toString());
    }

    @Test
    void isMebibytesUnrounded() {
        assertEquals(1.95703125, new MemorySize(2052096).mebibytes());
    }

    @Test
    void isOrderedBySize() {
        assertEquals(
                Stream.of("1k", "1m", "1g").map(MemorySize::parse).toList(),
                Stream.of("1g", "1k", "1m").map(MemorySize::parse).sorted().toList());
    }
}
