package dev.berth.inside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.model.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Paths inside a container.
class FilePathTest {
    @ParameterizedTest
    @CsvSource({"/, /", "//, /", "/., /", "/a, /a", "/a/, /a/", "/a/., /a/", "/a//b/./c, /a/b/c", "/..a/b.., /..a/b.."})
    void isWrittenInOneWay(String given, String written) {
        assertEquals(written, FilePath.parse(given).toString());
        assertEquals(FilePath.parse(given), FilePath.parse(FilePath.parse(given).toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "./a", "../a", "/..", "/a/../b", "/a/..", "/../../etc", "/a\0b"})
    void isAbsoluteAndLeadsNowhereElse(String given) {
        Failure.Invalid invalid = assertThrows(Failure.Invalid.class, () -> FilePath.parse(given));
        assertEquals("path", invalid.faults().getFirst().field());
    }

    @Test
    void isNotLongerThanTheKernelTakes() {
        FilePath.parse("/" + "a".repeat(4094));
        assertThrows(Failure.Invalid.class, () -> FilePath.parse("/" + "a".repeat(4095)));
        assertThrows(Failure.Invalid.class, () -> FilePath.parse("/" + "ö".repeat(2048)));
    }

    @Test
    void hasANameAndAFolder() {
        assertEquals("c", FilePath.parse("/a/b/c").name());
        assertEquals("/a/b", FilePath.parse("/a/b/c").parent().toString());
        assertEquals("/", FilePath.parse("/a").parent().toString());
        assertEquals("/", FilePath.parse("/").parent().toString());
        assertEquals("/", FilePath.parse("/").name());
    }
}
