package dev.berth.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Fault;
import dev.berth.model.Faults;
import dev.berth.model.MemorySize;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is written reads back the same, sorted and escaped; what is read is asked for in words.
class JsonTreeTest {
    private static String written(Json json) {
        return new String(JsonWriter.bytes(json), UTF_8);
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyTreeReadsBackAsItWasWritten(int seed) throws JsonReader.Broken {
        Json tree = tree(new Random(seed), 5);
        var faults = new Faults();
        assertEquals(plain(tree), plain(JsonReader.request(JsonWriter.bytes(tree), faults)));
        assertEquals(List.of(), faults.found());
        assertEquals(written(tree), written(JsonReader.request(JsonWriter.bytes(tree), faults)));
    }

    private static Json tree(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> Json.of(text(random));
            case 1 -> new Json.Num(new BigDecimal(random.nextLong()).movePointLeft(random.nextInt(-20, 20)));
            case 2 -> Json.of(random.nextBoolean());
            case 3 -> Json.Null.VALUE;
            case 4 -> {
                var items = new ArrayList<Json>();
                for (int i = random.nextInt(5); i > 0; i--) items.add(tree(random, depth - 1));
                yield new Json.Arr(items);
            }
            default -> {
                var entries = new TreeMap<String, Json>();
                for (int i = random.nextInt(5); i > 0; i--) entries.put(text(random), tree(random, depth - 1));
                yield new Json.Obj(entries);
            }
        };
    }

    /// Everything that has ever broken a writer: controls, quotes, backslashes, line separators, astral characters.
    private static String text(Random random) {
        int[] dangerous = {
            '"', '\\', '/', '\b', '\f', '\n', '\r', '\t', 0, 1, 0x1f, 0x7f, 0x80, 0x2028, 0xFEFF, 0xFFFF, 0x1F600, '<',
            ',', ':', '{', 'a'
        };
        return random.ints(random.nextInt(6), 0, dangerous.length)
                .map(it -> dangerous[it])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /// Numbers by value: 1.0 is written as 1.
    private static Object plain(Json json) {
        return switch (json) {
            case Json.Obj(var entries) -> {
                var map = new TreeMap<String, Object>();
                entries.forEach((key, value) -> map.put(key, plain(value)));
                yield map;
            }
            case Json.Arr(var items) -> items.stream().map(JsonTreeTest::plain).toList();
            case Json.Num(var number) -> number.stripTrailingZeros();
            case Json.Str(String text) -> text;
            case Json.Bool(boolean bool) -> bool;
            case Json.Null() -> "null";
        };
    }

    @Test
    void keysAreEscapedAndCannotBreakOut() {
        assertEquals("{\"a\\\":1,\\\"x\\\":\\\"\":\"\\\"},{\"}", written(Json.of(Map.of("a\":1,\"x\":\"", "\"},{"))));
    }

    @Test
    void keysAreSortedAtEveryLevel() {
        Json inner = new ObjBuilder().put("z", 1).put("B", 2).put("a", 3).build();
        Json outer = new ObjBuilder()
                .put("y", inner)
                .put("x", new Json.Arr(List.of(inner)))
                .build();
        assertEquals("{\"x\":[{\"B\":2,\"a\":3,\"z\":1}],\"y\":{\"B\":2,\"a\":3,\"z\":1}}", written(outer));
    }

    @Test
    void halfACharacterFromAnEngineIsReplaced() throws JsonReader.Broken {
        assertEquals("{\"\uFFFDk\":\"a\uFFFDb😀\"}", written(Json.of(Map.of("\udc00k", "a\ud800b😀"))));
        byte[] said = "{\"a\":\"\\ud800\"}".getBytes(UTF_8);
        assertEquals("{\"a\":\"\uFFFD\"}", written(JsonReader.engine(said, 0, said.length)));
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of("1", "1"),
                Arguments.of("1.0", "1"),
                Arguments.of("1e3", "1000"),
                Arguments.of("0.10", "0.1"),
                Arguments.of("-0", "0"),
                Arguments.of("0e-10", "0"),
                Arguments.of("1.95703125", "1.95703125"),
                Arguments.of("18446744073709551615", "18446744073709551615"));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void numbersAreWrittenWithoutExponent(String read, String text) {
        assertEquals(text, written(new Json.Num(new BigDecimal(read))));
    }

    @Test
    void doublesThatAreWholeHaveNoFraction() {
        assertEquals(
                "[0,2048,4.53515625]",
                written(new Json.Arr(List.of(Json.of(0.0), Json.of(2048.0), Json.of(4.53515625)))));
    }

    static Stream<Arguments> wholes() {
        return Stream.of(
                Arguments.of("0", OptionalLong.of(0)),
                Arguments.of("1e3", OptionalLong.of(1000)),
                Arguments.of("1.0", OptionalLong.of(1)),
                Arguments.of("1.5", OptionalLong.empty()),
                Arguments.of("1e-400", OptionalLong.empty()),
                Arguments.of("0e-400", OptionalLong.of(0)),
                Arguments.of("-7", OptionalLong.of(-7)),
                Arguments.of("9223372036854775807", OptionalLong.of(Long.MAX_VALUE)),
                Arguments.of("9223372036854775808", OptionalLong.of(Long.MAX_VALUE)),
                Arguments.of("18446744073709551615", OptionalLong.of(Long.MAX_VALUE)),
                Arguments.of("1e400", OptionalLong.of(Long.MAX_VALUE)),
                Arguments.of("-1e400", OptionalLong.of(Long.MIN_VALUE)),
                Arguments.of("-9223372036854775808", OptionalLong.of(Long.MIN_VALUE)),
                Arguments.of("12345678901234567890", OptionalLong.of(Long.MAX_VALUE)));
    }

    @ParameterizedTest
    @MethodSource("wholes")
    void wholeNumbersAreCutToWhatALongHolds(String text, OptionalLong whole) {
        assertEquals(whole, new Json.Num(new BigDecimal(text)).whole());
    }

    @Test
    void whatIsAbsentOrOfAnotherTypeIsNothing() {
        Json json = new ObjBuilder()
                .put("a", "x")
                .put("e", "")
                .put("l", List.of("p", "q"))
                .build();
        assertTrue(json.get("b").isNull());
        assertTrue(json.at("a", "b", "c").isNull());
        assertEquals(OptionalLong.empty(), json.get("a").whole());
        assertEquals(7, json.get("a").wholeOr(7));
        assertEquals(Optional.empty(), json.get("e").someText());
        assertEquals("", json.get("l").textOrEmpty());
        assertEquals(List.of("p", "q"), json.get("l").texts());
        assertEquals(List.of(), json.items());
        assertEquals(Map.of(), json.get("l").fields());
        assertTrue(!json.get("a").isTrue());
    }

    @Test
    void whatIsNotKnownIsWrittenAsNull() {
        Json json = new ObjBuilder()
                .put("i", OptionalInt.empty())
                .put("l", OptionalLong.of(5))
                .put("d", OptionalDouble.empty())
                .putText("t", Optional.empty())
                .putTime("w", Optional.of(Instant.parse("2026-01-02T03:04:05Z")))
                .build();
        assertEquals("{\"d\":null,\"i\":null,\"l\":5,\"t\":null,\"w\":\"2026-01-02T03:04:05Z\"}", written(json));
    }

    // Fields.

    private final Faults faults = new Faults();

    private Fields fields(String body) throws JsonReader.Broken {
        return Fields.of(JsonReader.request(body.getBytes(UTF_8), faults), "", faults);
    }

    private List<String> places() {
        return faults.found().stream().map(Fault::field).toList();
    }

    @Test
    void readingGoesOnAfterEachFault() throws JsonReader.Broken {
        Fields body = fields("""
                {"s":1,"b":"yes","w":1.5,"x":11,"n":"1","l":{},"o":[],"m":"5q","i":["a",2,null],"e":{"k":1,"j":"v"},\
                "t":true,"t":false,"nul":"a\\u0000b"}""");
        assertEquals(Optional.empty(), body.string("s"));
        assertTrue(body.bool("b", true));
        assertEquals(OptionalLong.empty(), body.whole("w", 0, 10));
        assertEquals(OptionalLong.empty(), body.whole("x", 0, 10));
        assertEquals(Optional.empty(), body.number("n"));
        assertEquals(Optional.empty(), body.strings("l"));
        assertEquals(Map.of(), body.entries("o", body::text));
        assertEquals(Optional.empty(), body.parsed("m", MemorySize::parse));
        assertEquals(Optional.of(List.of("a")), body.strings("i"));
        assertEquals(Map.of("j", "v"), body.entries("e", body::text));
        assertEquals(Optional.empty(), body.string("nul"));
        body.refuseUnknown();
        assertEquals(List.of("t", "s", "b", "w", "x", "n", "l", "o", "m", "i[1]", "i[2]", "e.k", "nul", "t"), places());
        assertEquals("is not a known field", faults.found().getLast().problem());
    }

    @Test
    void nullIsAbsentButStillKnown() throws JsonReader.Broken {
        Fields body = fields("{\"a\":null,\"b\":null}");
        assertEquals(Optional.empty(), body.string("a"));
        body.refuseUnknown();
        assertEquals(List.of("b"), places());
    }

    @Test
    void aBodyThatIsNoObjectIsOneFault() throws JsonReader.Broken {
        fields("[]").refuseUnknown();
        assertEquals(List.of(new Fault("body", "must be an object, not a list")), faults.found());
    }

    @Test
    void aPathLeadsThroughNestedObjects() {
        var inner = Fields.of(Json.of(5), "ports.80/tcp[1]", faults);
        inner.refuseUnknown();
        assertEquals("ports.80/tcp[1].ip", inner.path("ip"));
        assertEquals(List.of("ports.80/tcp[1]"), places());
    }

    @Test
    void aNumberBeyondALongIsOutOfEveryRange() throws JsonReader.Broken {
        assertEquals(OptionalLong.empty(), fields("{\"a\":1e300}").whole("a", 0, 100));
        assertEquals(List.of("a"), places());
    }
}
