package dev.berth.house;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.DialectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The document is OpenAPI, whole, and true to its own examples.
class ApiDocumentTest {
    private static final ApiDocument OURS = ApiDocument.ours();

    /// The part of OpenAPI 3.1 that the document uses: a kind of object and its keys, `key:kind` where an object
    /// follows, `[kind]` for a list of them, `{kind}` for a map. Another key is a slip of the pen, or belongs here.
    private static final Map<String, Map<String, String>> GRAMMAR = grammar("""
            document openapi info:info servers:[server] tags:[tag] security paths:{path} components:components
            info title version summary description license:license
            license name identifier
            server url description
            tag name description
            path parameters:[parameter] get:operation put:operation post:operation patch:operation delete:operation
            operation operationId tags summary description security parameters:[parameter] requestBody:body responses:{response}
            parameter name in required description style explode schema:schema example x-plain-slashes
            body required content:{media}
            response description headers:{header} content:{media}
            header required description schema:schema example
            media schema:schema example examples:{example} x-schema-without-fields:schema
            example summary description value
            components securitySchemes:{scheme} parameters:{parameter} headers:{header} responses:{response} schemas:{schema}
            scheme type scheme description
            schema $ref type format enum const default examples description required \
            minimum maximum exclusiveMinimum minLength maxLength pattern minItems \
            properties:{schema} propertyNames:schema additionalProperties:schema items:schema \
            allOf:[schema] anyOf:[schema] oneOf:[schema]
            reference $ref
            """);

    private record Part(String kind, String pointer, JsonNode node) {}

    @Test
    void speaksOpenApiAndNothingElse() {
        assertTrue(OURS.at("/openapi").asString().startsWith("3.1."));
        assertEquals(List.of(), strangeKeys(OURS));
    }

    @Test
    void hasNoReferenceThatLeadsNowhere() {
        assertEquals(List.of(), brokenReferences(OURS));
    }

    @Test
    void keepsNoComponentThatNothingUses() {
        var used = new HashSet<>(references(OURS));
        for (String shelf : List.of("parameters", "headers", "responses", "schemas")) {
            for (String name : OURS.at("/components/" + shelf).propertyNames()) {
                assertTrue(used.contains("#/components/" + shelf + "/" + name), shelf + "/" + name);
            }
        }
    }

    @Test
    void namesEveryOperationOnce() {
        var ids = new HashSet<String>();
        for (Part operation : parts(OURS, "operation")) {
            assertTrue(ids.add(operation.node().path("operationId").asString()), operation.pointer());
            assertTrue(operation.node().has("summary"), operation.pointer());
            assertEquals(1, operation.node().path("tags").size(), operation.pointer());
        }
        assertEquals(OURS.operations().size(), ids.size());
    }

    @Test
    void declaresEveryVariableOfAPath() {
        for (Part path : parts(OURS, "path")) {
            Set<String> template = Pattern.compile("\\{([^}]*)}")
                    .matcher(path.pointer())
                    .results()
                    .map(variable -> variable.group(1))
                    .collect(toSet());
            for (Part operation : parts(OURS, "operation")) {
                if (operation.pointer().startsWith(path.pointer() + "/")) {
                    var declared = pathParameters(path.pointer() + "/parameters");
                    declared.addAll(pathParameters(operation.pointer() + "/parameters"));
                    assertEquals(template, declared, operation.pointer());
                }
            }
        }
    }

    private static Set<String> pathParameters(String pointer) {
        var names = new HashSet<String>();
        for (int i = 0; i < OURS.at(pointer).size(); i++) {
            JsonNode parameter = OURS.at(OURS.resolved(pointer + "/" + i));
            if (parameter.path("in").asString("").equals("path")) {
                assertTrue(parameter.path("required").asBoolean(false), pointer);
                names.add(parameter.path("name").asString(""));
            }
        }
        return names;
    }

    @Test
    void tellsARightRequestFromAWrongOne() {
        for (String port : List.of("8080", "\"8080\"", "null", "{\"ip\":\"::1\",\"port\":null}", "[80,\"81\",null]")) {
            assertEquals(List.of(), createFaults("{\"image_name\":\"a\",\"ports\":{\"80/tcp\":" + port + "}}"), port);
        }
        for (String port :
                List.of("0", "65536", "1.5", "true", "\"x\"", "[\"127.0.0.1\",80]", "{\"host\":1}", "[[80]]")) {
            assertEquals(
                    1,
                    createFaults("{\"image_name\":\"a\",\"ports\":{\"80/tcp\":" + port + "}}")
                            .size(),
                    port);
        }
        assertEquals(
                1, createFaults("{\"image_name\":\"a\",\"mem_limit\":\"2 g\"}").size());
        assertEquals(2, createFaults("{\"image\":\"a\"}").size());
    }

    private static List<String> createFaults(String body) {
        return OURS.violations("/components/schemas/ContainerCreate", ApiDocument.json(body));
    }

    @Test
    void leavesNoStatusToADefault() {
        for (Part operation : parts(OURS, "operation")) {
            Set<String> statuses = Set.copyOf(operation.node().path("responses").propertyNames());
            assertTrue(statuses.stream().allMatch(status -> status.matches("101|[2-5][0-9]{2}")), operation.pointer());
            assertTrue(statuses.contains("500") && statuses.contains("421"), operation.pointer());
        }
    }

    @Test
    void promisesARequestIdOnEveryAnswer() {
        for (Part response : parts(OURS, "response")) {
            assertTrue(response.node().has("description"), response.pointer());
            assertEquals(
                    "#/components/headers/RequestId",
                    response.node().at("/headers/X-Request-Id/$ref").asString(""),
                    response.pointer());
        }
        assertTrue(OURS.at("/components/headers/RequestId/required").asBoolean());
    }

    @Test
    void opensWithoutATokenOnlyWhatTheContractOpens() {
        var open = parts(OURS, "operation").stream()
                .filter(operation -> operation.node().path("security").isEmpty()
                        && operation.node().has("security"))
                .map(operation -> operation.node().path("operationId").asString())
                .toList();
        assertEquals(List.of("getLiveness", "getReadiness", "explainProblem"), open);
        assertEquals(2, OURS.at("/security").size());
    }

    @Test
    void hasOnlySchemasThatAreSchemas() {
        var meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of(DialectId.DRAFT_2020_12));
        for (Part schema : parts(OURS, "schema")) {
            assertEquals(List.of(), meta.validate(schema.node()), schema.pointer());
        }
    }

    @Test
    void keepsToItsOwnSchemasInEveryExample() {
        assertEquals(List.of(), wrongExamples(OURS));
        assertTrue(examples(OURS).size() > 60, "examples: " + examples(OURS).size());
    }

    @Test
    void wouldShowEachOfTheseFaults() {
        var faulty = ApiDocument.parse("""
                openapi: 3.1.1
                paths:
                  /thing:
                    get:
                      sumary: A slip of the pen
                      responses: { '200': { $ref: '#/components/responses/Lost' } }
                components:
                  schemas:
                    Size: { type: integer, examples: [1, many] }
                """);
        assertEquals(List.of("/paths/~1thing/get: sumary"), strangeKeys(faulty));
        assertEquals(List.of("#/components/responses/Lost"), brokenReferences(faulty));
        assertEquals(1, wrongExamples(faulty).size(), wrongExamples(faulty).toString());
    }

    private static List<String> strangeKeys(ApiDocument document) {
        var strange = new ArrayList<String>();
        for (Part part : parts(document)) {
            for (String key : part.node().propertyNames()) {
                if (!keys(part.kind()).containsKey(key)) {
                    strange.add(part.pointer() + ": " + key);
                }
            }
        }
        return strange;
    }

    private static List<String> references(ApiDocument document) {
        return parts(document).stream()
                .map(part -> part.node().path("$ref").asString(""))
                .filter(reference -> !reference.isEmpty())
                .toList();
    }

    private static List<String> brokenReferences(ApiDocument document) {
        return references(document).stream()
                .filter(reference -> !reference.startsWith("#/")
                        || document.at(reference.substring(1)).isMissingNode())
                .toList();
    }

    private static List<String> wrongExamples(ApiDocument document) {
        var wrong = new ArrayList<String>();
        examples(document)
                .forEach((example, schema) ->
                        document.violations(schema, document.at(example)).forEach(fault -> wrong.add(example + fault)));
        return wrong;
    }

    /// Every example and default, with the pointer of its schema.
    private static Map<String, String> examples(ApiDocument document) {
        var examples = new TreeMap<String, String>();
        for (Part part : parts(document)) {
            boolean isSchema = part.kind().equals("schema");
            String schema = isSchema ? part.pointer() : part.pointer() + "/schema";
            for (String key : part.node().propertyNames()) {
                String pointer = part.pointer() + "/" + key;
                if (key.equals("example") || (isSchema && key.equals("default"))) {
                    examples.put(pointer, schema);
                } else if (key.equals("examples") && isSchema) {
                    for (int i = 0; i < document.at(pointer).size(); i++) {
                        examples.put(pointer + "/" + i, schema);
                    }
                } else if (key.equals("examples")) {
                    document.at(pointer)
                            .propertyNames()
                            .forEach(it -> examples.put(pointer + "/" + it + "/value", schema));
                }
            }
        }
        return examples;
    }

    private static List<Part> parts(ApiDocument document) {
        var parts = new ArrayList<Part>();
        collect("document", "", document.at(""), parts);
        return parts;
    }

    private static List<Part> parts(ApiDocument document, String kind) {
        return parts(document).stream().filter(part -> part.kind().equals(kind)).toList();
    }

    private static void collect(String kind, String pointer, JsonNode node, List<Part> parts) {
        if (!node.isObject()) {
            return;
        }
        String actual = node.has("$ref") && !kind.equals("schema") ? "reference" : kind;
        parts.add(new Part(actual, pointer, node));
        keys(actual).forEach((key, next) -> {
            JsonNode child = node.path(key);
            String at = pointer + "/" + key;
            String inner = next.replaceAll("[\\[\\]{}]", "");
            if (next.startsWith("{")) {
                child.propertyNames()
                        .forEach(it -> collect(inner, at + "/" + ApiDocument.segment(it), child.path(it), parts));
            } else if (next.startsWith("[")) {
                for (int i = 0; i < child.size(); i++) {
                    collect(inner, at + "/" + i, child.path(i), parts);
                }
            } else if (!next.isEmpty()) {
                collect(inner, at, child, parts);
            }
        });
    }

    private static Map<String, String> keys(String kind) {
        return GRAMMAR.getOrDefault(kind, Map.of());
    }

    private static Map<String, Map<String, String>> grammar(String lines) {
        var grammar = new HashMap<String, Map<String, String>>();
        for (String line : lines.lines().toList()) {
            List<String> words = Arrays.asList(line.split(" +", -1));
            var keys = new TreeMap<String, String>();
            for (String word : words.subList(1, words.size())) {
                int colon = word.indexOf(':');
                keys.put(colon < 0 ? word : word.substring(0, colon), colon < 0 ? "" : word.substring(colon + 1));
            }
            grammar.put(words.getFirst(), keys);
        }
        return grammar;
    }
}
