package dev.berth.json;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Fault;
import dev.berth.model.Faults;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A body is JSON to the letter, or it is told where it stops being that.
class JsonReaderTest {
    private static Json read(String text) throws JsonReader.Broken {
        return JsonReader.request(text.getBytes(UTF_8), new Faults());
    }

    private static String broken(byte[] bytes) {
        var broken = assertThrows(JsonReader.Broken.class, () -> JsonReader.request(bytes, new Faults()));
        return String.valueOf(broken.getMessage());
    }

    static Stream<String> noJson() {
        return Stream.of(
                "",
                " ",
                "{",
                "}",
                "[",
                "[1,]",
                "[,1]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "nul",
                "True",
                "NaN",
                "Infinity",
                "-Infinity",
                "+1",
                ".5",
                "5.",
                "01",
                "-",
                "0x10",
                "1e",
                "1_000",
                "\"a",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\t\"",
                "\"\n\"",
                "\"\u0000\"",
                "/* a */ 1",
                "1 // a",
                "# a\n1",
                "{} {}",
                "{}x",
                "{}]",
                "1 2",
                "[1 2]",
                "{\"a\" 1}",
                "\u00a01",
                "\uFEFF\uFEFF1");
    }

    @ParameterizedTest
    @MethodSource("noJson")
    void whatIsNoJsonIsRefused(String text) {
        assertTrue(broken(text.getBytes(UTF_8)).matches("(?s).+ \\(line \\d+, column \\d+\\)"));
    }

    @Test
    void aRefusalSaysWhere() {
        assertTrue(broken("{\n  \"a\": nope\n}".getBytes(UTF_8)).contains("line 2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,", "{\"a\"", "{\"a\": \"b", "{\"a\": 1,"})
    void whatWasCutOffIsSaidToBe(String text) {
        assertTrue(broken(text.getBytes(UTF_8)).startsWith("it ends in the middle of a value (line 1"));
    }

    @Test
    void everyKindOfValueIsRead() throws JsonReader.Broken {
        assertEquals(Json.of("ä😀\n"), read("\"ä\\ud83d\\ude00\\n\""));
        assertEquals(new Json.Num(new BigDecimal("-1.50")), read("-1.50"));
        assertEquals(new Json.Bool(true), read(" true "));
        assertEquals(Json.Null.VALUE, read("null"));
        assertEquals(Json.of(List.of("a", "b")), read("[\"a\",\"b\"]"));
        assertEquals(
                List.of("a", "b"),
                List.copyOf(read("{\"b\":1,\"a\":2}").fields().keySet()));
        assertEquals(Json.Obj.empty(), read("\uFEFF{}"), "a byte order mark is not ours to complain about");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud800\"", "\"\\udc00\"", "\"\\udc00\\ud800\"", "{\"\\ud83d\":1}", "[\"a\\ud83db\"]"})
    void halfACharacterIsRefused(String text) {
        assertTrue(broken(text.getBytes(UTF_8)).matches(".*(half a character|surrogate).*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22ff22", // no byte of UTF-8
                "22c0af22", // overlong
                "22eda08022", // half a character
                "22f490808022", // beyond Unicode
                "22e28222", // cut short
                "22c3" // cut short at the end
            })
    void whatIsNotUtf8IsRefused(String hex) {
        assertTrue(broken(HexFormat.of().parseHex(hex)).contains("UTF-8"));
    }

    @Test
    void anotherEncodingIsNotGuessed() {
        assertFalse(broken("{}".getBytes(UTF_16)).isEmpty());
        assertFalse(broken("{}".getBytes(UTF_16LE)).isEmpty());
    }

    @Test
    void depthHasABound() throws JsonReader.Broken {
        assertEquals("a list", read("[".repeat(32) + "]".repeat(32)).kind());
        broken(("[".repeat(33) + "]".repeat(33)).getBytes(UTF_8));
        broken("[".repeat(500_000).getBytes(UTF_8));
        broken("{\"a\":".repeat(100_000).getBytes(UTF_8));
    }

    @Test
    void anEngineMayNestDeeper() throws JsonReader.Broken {
        byte[] deep = ("[".repeat(200) + "]".repeat(200)).getBytes(UTF_8);
        assertEquals("a list", JsonReader.engine(deep, 0, deep.length).kind());
        byte[] deeper = ("[".repeat(201) + "]".repeat(201)).getBytes(UTF_8);
        assertThrows(JsonReader.Broken.class, () -> JsonReader.engine(deeper, 0, deeper.length));
    }

    @Test
    void duplicatesAreNamedWithTheirPathAndTheFirstCounts() throws JsonReader.Broken {
        var faults = new Faults();
        String text = "{\"a\":1,\"a\":2,\"l\":[0,{\"x\":{\"y\":1,\"y\":2}}],\"\":1,\"\":2}";
        Json json = JsonReader.request(text.getBytes(UTF_8), faults);
        assertEquals(Json.of(1), json.get("a"));
        assertEquals(
                List.of("a", "l[1].x.y", ""),
                faults.found().stream().map(Fault::field).toList());
    }

    @Test
    void anEscapedKeyIsTheSameKey() throws JsonReader.Broken {
        var faults = new Faults();
        JsonReader.request("{\"a\":1,\"\\u0061\":2}".getBytes(UTF_8), faults);
        assertEquals(List.of(new Fault("a", "stands more than once")), faults.found());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e401", "1e-401", "1e999999999", "-1e999999999", "1e99999999999999999999", "1e-99999999999"})
    void aNumberThatWouldNotFitOnAPageIsRefused(String text) {
        broken(text.getBytes(UTF_8));
        broken(("[" + text + "]").getBytes(UTF_8));
    }

    @Test
    void aNumberHasAtMostFourHundredDigits() throws JsonReader.Broken {
        assertEquals("a number", read("9".repeat(400)).kind());
        broken("9".repeat(401).getBytes(UTF_8));
        broken(("0." + "9".repeat(100_000)).getBytes(UTF_8));
    }

    @Test
    void aStringMayFillTheBody() throws JsonReader.Broken {
        String text = "x".repeat((1 << 20) - 2);
        assertEquals(text, read("\"" + text + "\"").textOrEmpty());
        assertEquals(1, read("{\"" + text.substring(4) + "\":1}").fields().size());
    }

    @Test
    void aLongKeyAboveManyValuesCostsNothing() {
        String body = "{\"" + "k".repeat(500_000) + "\":[" + "1,".repeat(250_000) + "1]}";
        Json json = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> read(body));
        assertEquals(1, json.fields().size());
    }
}
