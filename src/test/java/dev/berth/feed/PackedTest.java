package dev.berth.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackedTest {
    private static final EventId ID = new EventId(1_700_000_000_000L, 4);
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123456789Z");
    private static final ContainerId CONTAINER = new ContainerId("0123456789abcdef".repeat(4));

    private static void assertComesBack(Instant at, Happening what) {
        assertEquals(new Event(ID, at, what), Packed.unpack(ID, Packed.pack(at, what)));
    }

    private static Happening health() {
        return Happening.of(Kind.CONTAINER, "health");
    }

    static Stream<Happening> everySortOfFact() {
        return Stream.of(
                health(),
                health().with("text", ""),
                health().with("text", "größer als ß, 容器, \uD83D\uDEA2"),
                health().with("yes", true).with("no", false),
                health().with("share", 0.1).with("small", -Double.MIN_VALUE).with("none", Double.NaN),
                health().with("exit_code", OptionalInt.of(137)).with("unknown", OptionalInt.empty()),
                health().with("health", Optional.of("unhealthy")).with("old_name", Optional.empty()),
                health().with("changed", List.of()),
                health().with("changed", List.of("mem_limit", "", "networks")),
                health().labelled(Map.of("com.example/key", "value", "empty", "")),
                health().concerning(CONTAINER, "web"));
    }

    @ParameterizedTest
    @MethodSource("everySortOfFact")
    void everyFactComesBackAsItWas(Happening what) {
        assertComesBack(AT, what);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 16_383, 16_384, -1, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE})
    void countsOfAnySizeComeBack(long count) {
        assertComesBack(AT, health().with("count", count));
    }

    @ParameterizedTest
    @ValueSource(ints = {126, 127, 128, 129, 500, 512, 513, 70_000, 3_000_000})
    void textsOfAnyLengthComeBack(int length) {
        String text = "x".repeat(length);
        assertComesBack(AT, health().with("text", text).labelled(Map.of(text, text)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindAndActionComesBack(Kind kind) {
        for (String action : kind.actions()) assertComesBack(AT, Happening.of(kind, action));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "2262-04-11T23:47:16.854775807Z"})
    void timesComeBackToTheNanosecond(String at) {
        assertComesBack(Instant.parse(at), health());
    }

    @Test
    void anEventOfAContainerTakesHardlyMoreThanItsTexts() {
        Happening died = Happening.of(Kind.CONTAINER, "died")
                .concerning(CONTAINER, "web")
                .with("id", CONTAINER.hex())
                .with("short_id", CONTAINER.shortId())
                .with("name", "web")
                .with("image", "busybox")
                .with("status", "exited")
                .with("exit_code", 137)
                .with("oom_killed", false);
        int length = Packed.pack(AT, died).length;
        assertTrue(length < 300, Integer.toString(length));
    }
}
