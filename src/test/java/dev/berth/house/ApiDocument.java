package dev.berth.house;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The API document, and the judge of every answer that a test receives.
public final class ApiDocument {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    /// What may be answered to a request that the document has no operation for.
    private static final Map<Integer, String> ELSEWHERE = Map.of(
            400, "BadRequest",
            401, "Unauthorized",
            403, "Forbidden",
            404, "NotFound",
            405, "MethodNotAllowed",
            421, "MisdirectedRequest");

    private static final String ADDRESS = "https://berth.invalid/openapi.json";
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final ApiDocument OURS = read("/openapi.yaml");

    private final JsonNode root;
    private final List<Route> routes;
    private final SchemaRegistry schemas;
    private final Map<String, Schema> compiled = new ConcurrentHashMap<>();

    private record Route(String template, Pattern pattern) {}

    private record Operation(String template, String pointer) {}

    ApiDocument(JsonNode root) {
        this.root = root;
        this.routes = root.path("paths").propertyNames().stream()
                .sorted(Comparator.comparingInt(ApiDocument::fixedCharacters).reversed())
                .map(template -> new Route(template, pattern(template)))
                .toList();
        String closed = JSON.writeValueAsString(closed(root.deepCopy()));
        var assertingFormats =
                SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build();
        this.schemas = SchemaRegistry.withDialect(
                Dialects.getOpenApi31(),
                registry -> registry.schemas(Map.of(ADDRESS, closed)).schemaRegistryConfig(assertingFormats));
    }

    /// The document of this build.
    public static ApiDocument ours() {
        return OURS;
    }

    static ApiDocument parse(String yaml) {
        return new ApiDocument(YAML.readTree(yaml));
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /// A request that the document shows.
    public record Sendable(String method, String target, Optional<String> body) {}

    /// Every operation as its examples show it: once for each example of its body, with and without the examples of its
    /// query.
    public List<Sendable> examplesOfRequests() {
        var all = new ArrayList<Sendable>();
        for (Route route : routes) {
            for (String key : root.path("paths").path(route.template()).propertyNames()) {
                if (METHODS.contains(key) && asksAndIsAnswered(route.template(), key)) {
                    all.addAll(examplesOfRequests(route.template(), key));
                }
            }
        }
        return all;
    }

    /// Not what streams without an end, and not what takes other bodies than JSON.
    private boolean asksAndIsAnswered(String template, String verb) {
        String operation = "/paths/" + segment(template) + "/" + verb;
        JsonNode answers = at(operation).path("responses").path("200").path("content");
        if (answers.size() == 1 && answers.has("text/event-stream")) return false;
        if (!at(operation).has("requestBody")) return true;
        return at(resolved(operation + "/requestBody")).path("content").has("application/json");
    }

    private List<Sendable> examplesOfRequests(String template, String verb) {
        String path = "/paths/" + segment(template);
        String target = template;
        var query = new ArrayList<String>();
        boolean needed = false;
        for (String parameters : List.of(path + "/parameters", path + "/" + verb + "/parameters")) {
            for (int i = 0; i < at(parameters).size(); i++) {
                JsonNode parameter = at(resolved(parameters + "/" + i));
                String name = parameter.path("name").asString("");
                List<String> values = texts(parameter.path("example"));
                if (parameter.path("in").asString("").equals("path")) {
                    target = target.replace("{" + name + "}", values.getFirst());
                } else if (parameter.path("in").asString("").equals("query") && !values.isEmpty()) {
                    needed |= parameter.path("required").asBoolean(false);
                    boolean each = parameter.path("explode").asBoolean(true);
                    query.addAll(
                            each
                                    ? values.stream()
                                            .map(it -> name + "=" + encoded(it))
                                            .toList()
                                    : List.of(name + "=" + encoded(String.join(",", values))));
                }
            }
        }
        var bodies = new ArrayList<Optional<String>>();
        JsonNode content =
                at(resolved(path + "/" + verb + "/requestBody")).path("content").path("application/json");
        content.path("examples")
                .forEach(it -> bodies.add(Optional.of(it.path("value").toString())));
        if (content.has("example"))
            bodies.add(Optional.of(content.path("example").toString()));
        if (bodies.isEmpty()) bodies.add(Optional.empty());
        var all = new ArrayList<Sendable>();
        for (Optional<String> body : bodies) {
            if (!needed) all.add(new Sendable(verb.toUpperCase(Locale.ROOT), target, body));
            if (!query.isEmpty())
                all.add(new Sendable(verb.toUpperCase(Locale.ROOT), target + "?" + String.join("&", query), body));
        }
        return all;
    }

    private static List<String> texts(JsonNode example) {
        if (example.isMissingNode()) return List.of();
        if (!example.isArray()) return List.of(example.asString());
        var texts = new ArrayList<String>();
        example.forEach(it -> texts.add(it.asString()));
        return texts;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    /// Whether a text in JSON says the same.
    public boolean isWrittenAs(String json) {
        return root.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                json(json));
    }

    private static ApiDocument read(String resource) {
        try (InputStream in = Objects.requireNonNull(ApiDocument.class.getResourceAsStream(resource), resource)) {
            return parse(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every operation, as `GET /container/{id}`.
    public Set<String> operations() {
        var operations = new TreeSet<String>();
        for (Route route : routes) {
            for (String key : root.path("paths").path(route.template()).propertyNames()) {
                if (METHODS.contains(key)) {
                    operations.add(key.toUpperCase(Locale.ROOT) + " " + route.template());
                }
            }
        }
        return operations;
    }

    /// Throws an [AssertionError] that names every way in which an answer departs from the document.
    ///
    /// @param rawPath path and query as they were sent, percent signs included
    /// @param body the bytes as received; gzip is undone where the headers say so
    public void check(String method, String rawPath, int status, Map<String, List<String>> headers, byte[] body) {
        String path = rawPath.replaceFirst("[?#].*", "");
        boolean head = method.equals("HEAD");
        String verb = head ? "get" : method.toLowerCase(Locale.ROOT);
        Optional<Operation> operation = operation(verb, path);
        String name = method + " "
                + operation.map(Operation::template).orElse(path + ", which is no operation of the document,");
        var answer = new Answer(status, head, hasFields(rawPath), headers, body);

        Optional<String> response = operation
                .map(it -> it.pointer() + "/responses/" + status)
                .or(() -> Optional.ofNullable(ELSEWHERE.get(status)).map(it -> "/components/responses/" + it))
                .map(this::resolved)
                .filter(pointer -> !at(pointer).isMissingNode());
        List<String> faults = response.map(pointer -> faults(pointer, answer))
                .orElseGet(() -> List.of("the status is not documented; the body is " + new String(body, UTF_8)));
        if (!faults.isEmpty()) {
            throw new AssertionError(
                    name + " answered " + status + " against the document:\n- " + String.join("\n- ", faults));
        }
    }

    private static final class Answer {
        final int status;
        final boolean head;
        final boolean partial;
        final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        final byte[] body;

        Answer(int status, boolean head, boolean partial, Map<String, List<String>> headers, byte[] body) {
            this.status = status;
            this.head = head;
            this.partial = partial;
            this.headers.putAll(headers);
            this.body = body;
        }

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name)).map(values -> String.join(", ", values));
        }

        byte[] plainBody() throws IOException {
            if (!header("Content-Encoding").orElse("").equals("gzip")) {
                return body;
            }
            try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
                return in.readAllBytes();
            }
        }
    }

    private List<String> faults(String response, Answer answer) {
        var faults = new ArrayList<String>();
        for (String header : at(response + "/headers").propertyNames()) {
            faults.addAll(headerFaults(header, resolved(response + "/headers/" + header), answer.header(header)));
        }
        faults.addAll(bodyFaults(response + "/content", answer));
        return faults;
    }

    private List<String> headerFaults(String name, String pointer, Optional<String> sent) {
        if (sent.isEmpty()) {
            return at(pointer).path("required").asBoolean() ? List.of("header " + name + " is missing") : List.of();
        }
        String text = sent.get();
        boolean number = at(pointer + "/schema/type").asString("").equals("integer") && text.matches("-?[0-9]{1,18}");
        JsonNode value = number ? JSON.getNodeFactory().numberNode(Long.parseLong(text)) : StringNode.valueOf(text);
        return violations(pointer + "/schema", value).stream()
                .map(fault -> "header " + name + " is '" + text + "'" + fault)
                .toList();
    }

    private List<String> bodyFaults(String content, Answer answer) {
        JsonNode types = at(content);
        if (answer.head || types.isMissingNode()) {
            return answer.body.length == 0 ? List.of() : List.of("there is a body, and none is documented");
        }
        String type = answer.header("Content-Type")
                .orElse("none")
                .replaceFirst(";.*", "")
                .strip();
        if (!types.has(type)) {
            return List.of("content type " + type + " is not documented, only " + types.propertyNames());
        }
        if (!type.endsWith("json")) {
            return List.of();
        }
        String media = content + "/" + segment(type);
        String complete = media + "/x-schema-without-fields";
        String schema = answer.partial || at(complete).isMissingNode() ? media + "/schema" : complete;
        try {
            JsonNode body = JSON.readTree(answer.plainBody());
            if (body.isMissingNode()) {
                return List.of("the body is empty");
            }
            var faults = new ArrayList<>(violations(schema, body));
            if (type.equals("application/problem+json") && body.path("status").asInt(0) != answer.status) {
                faults.add("/status: is not the status of the answer");
            }
            return faults;
        } catch (IOException | JacksonException e) {
            return List.of("the body cannot be read as " + type + ": " + e.getMessage());
        }
    }

    /// What is wrong with a value, by the schema that a JSON pointer leads to.
    List<String> violations(String schema, JsonNode value) {
        return compiled.computeIfAbsent(resolved(schema), this::compile).validate(value).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .sorted()
                .toList();
    }

    private Schema compile(String pointer) {
        return schemas.getSchema(SchemaLocation.of(ADDRESS + "#" + pointer));
    }

    JsonNode at(String pointer) {
        return root.at(pointer);
    }

    /// The pointer itself, or where its reference leads in the end.
    String resolved(String pointer) {
        JsonNode reference = at(pointer).path("$ref");
        return reference.isString() ? resolved(reference.asString().substring(1)) : pointer;
    }

    /// A key as one segment of a JSON pointer.
    static String segment(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    private Optional<Operation> operation(String verb, String path) {
        return routes.stream()
                .filter(route -> route.pattern().matcher(path).matches())
                .findFirst()
                .map(Route::template)
                .map(template -> new Operation(template, "/paths/" + segment(template) + "/" + verb))
                .filter(it -> METHODS.contains(verb) && !at(it.pointer()).isMissingNode());
    }

    private Pattern pattern(String template) {
        var regex = new StringBuilder();
        for (String segment : template.substring(1).split("/", -1)) {
            boolean fixed = !segment.startsWith("{");
            String variable = plainSlashes(template, segment) ? ".+" : "[^/]+";
            regex.append('/').append(fixed ? Pattern.quote(segment) : variable);
        }
        return Pattern.compile(regex.toString());
    }

    private boolean plainSlashes(String template, String variable) {
        String parameters = "/paths/" + segment(template) + "/parameters";
        for (int i = 0; i < at(parameters).size(); i++) {
            JsonNode parameter = at(resolved(parameters + "/" + i));
            if (variable.equals("{" + parameter.path("name").asString("") + "}")) {
                return parameter.path("x-plain-slashes").asBoolean(false);
            }
        }
        return false;
    }

    private static int fixedCharacters(String template) {
        return template.replaceAll("\\{[^}]*}", "").length();
    }

    private static boolean hasFields(String rawPath) {
        int query = rawPath.indexOf('?');
        return query >= 0
                && Arrays.stream(rawPath.substring(query + 1).split("&", -1))
                        .anyMatch(it -> it.equals("fields") || it.startsWith("fields="));
    }

    /// A published schema stays open, or a client made from it would refuse an answer with a newer field. Ours may
    /// send nothing that the document does not name, so here what is not open by its own word is closed.
    private static JsonNode closed(JsonNode node) {
        if (node instanceof ObjectNode schema
                && schema.path("properties").isObject()
                && !schema.has("additionalProperties")) {
            schema.put("additionalProperties", false);
        }
        node.forEach(ApiDocument::closed);
        return node;
    }
}
