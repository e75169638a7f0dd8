package dev.berth.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// YAML becomes the JSON that it means.
class YamlTest {
    private static String json(String yaml) {
        return new String(JsonWriter.bytes(Yaml.read(yaml.getBytes(UTF_8))), UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a: 1                    | {"a":1}
            a: [1.5, -2, 1e3]       | {"a":[1.5,-2,1000]}
            { b: true, a: null }    | {"a":null,"b":true}
            a: '1'                  | {"a":"1"}
            a: ~text                | {"a":"~text"}
            200: x                  | {"200":"x"}
            1972e07952: x           | {"1972e07952":"x"}
            a: yes                  | {"a":"yes"}
            a: { }                  | {"a":{}}
            """)
    void everyKindOfValueIsRead(String yaml, String json) {
        assertEquals(json, json(yaml));
    }

    @Test
    void aTextOfManyLinesKeepsThem() {
        assertEquals("{\"a\":\"one\\ntwo\\n\"}", json("a: |\n  one\n  two\n"));
    }

    @Test
    void whatJsonCannotSayIsRefused() {
        assertThrows(YamlEngineException.class, () -> json("[a]: 1"));
        assertThrows(IllegalArgumentException.class, () -> json("a: 1\na: 2"));
        assertThrows(YamlEngineException.class, () -> json("a: [1"));
    }
}
