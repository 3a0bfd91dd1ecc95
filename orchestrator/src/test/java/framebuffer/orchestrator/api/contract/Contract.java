package framebuffer.orchestrator.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import framebuffer.orchestrator.api.site.OpenApiDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks whether a response conforms to the OpenAPI document. */
public final class Contract {
    private static final String PROBLEM = "application/problem+json";
    private static final List<String> METHODS = List.of("get", "post", "put", "delete");

    private final JsonNode document;
    private final SchemaRegistry registry = SchemaRegistry.withDialect(Dialects.getDraft202012());
    private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();
    private final List<Operation> operations = new ArrayList<>();

    /** A documented operation. */
    public record Operation(String method, String path, JsonNode shared, JsonNode said) {
        public String name() {
            return method + " " + path;
        }

        /** Whether it needs no token. */
        public boolean open() {
            return said.path("security").size() == 1 && said.path("security").path(0).isEmpty();
        }

        boolean answers(String asked) {
            String[] parts = path.split("/", -1);
            String[] given = asked.split("/", -1);
            return parts.length == given.length && Stream.iterate(0, i -> i < parts.length, i -> i + 1)
                    .allMatch(i -> parts[i].startsWith("{") ? !given[i].isEmpty() : parts[i].equals(given[i]));
        }
    }

    /** A response as received, with lower-case header names. */
    public record Given(String method, String path, int status, UnaryOperator<String> header, String body) {
    }

    public Contract() {
        document = closed(OpenApiDocument.document());
        document.path("paths").properties().forEach(path -> METHODS.stream().filter(path.getValue()::has)
                .forEach(method -> operations.add(new Operation(method.toUpperCase(Locale.ROOT), path.getKey(),
                        path.getValue(), path.getValue().path(method)))));
    }

    /** In tests, objects may have no undocumented members unless their schema allows it. */
    private static JsonNode closed(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(Contract::closed);
        return node;
    }

    public List<Operation> operations() {
        return operations;
    }

    /** The document with closed objects. */
    public JsonNode document() {
        return document;
    }

    /** Every documented response: {@code GET /processors 200}. */
    public Set<String> answers() {
        return operations.stream().flatMap(operation -> operation.said().path("responses").properties().stream()
                .map(response -> operation.name() + " " + response.getKey()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Fails when a response is not as documented.
     *
     * @return the documented response: {@code GET /processors 200}; empty for a path outside the API
     */
    public Optional<String> check(Given given) {
        String asked = given.path().replaceFirst("\\?.*", "");
        String plain = plain(asked);
        try {
            return check(given, withoutVersion(asked));
        } catch (AssertionError e) {
            if (plain.equals(asked)) {
                throw e;
            }
            if (given.status() == 404) {
                // A path with dot segments, encoded or not, may lead anywhere.
                checkProblem(given);
                return Optional.empty();
            }
            return check(given, withoutVersion(plain + "/").replaceFirst("(?<=.)/$", ""));
        }
    }

    private static String withoutVersion(String path) {
        return path.replaceFirst("^/api/v1(?=/)", "");
    }

    /** The path as the server may read it: without parameters and dot segments. */
    private static String plain(String path) {
        String dotted = path.replaceAll("(?i)%2e", ".").replaceAll("(?i)%2f", "/").replaceAll(";[^/]*", "")
                .replaceAll("//+", "/");
        return Path.of(dotted).normalize().toString();
    }

    private Optional<String> check(Given given, String asked) {
        String method = given.method().equals("HEAD") ? "GET" : given.method();
        Optional<Operation> operation = find(method, asked);
        if (operation.isEmpty()) {
            checkUnanswered(given, asked);
            return Optional.empty();
        }
        String answer = operation.get().name() + " " + given.status();
        JsonNode response = operation.get().said().path("responses").path(String.valueOf(given.status()));
        assertThat(response.isMissingNode()).as("%s is not documented; it was: %s", answer, given.body()).isFalse();
        check(given, resolved(response), answer);
        return Optional.of(answer);
    }

    private Optional<Operation> find(String method, String asked) {
        return operations.stream().filter(operation -> operation.method().equals(method) && operation.answers(asked))
                .min((a, b) -> Boolean.compare(a.path().contains("{"), b.path().contains("{")));
    }

    private void checkUnanswered(Given given, String asked) {
        Set<String> allowed = new TreeSet<>();
        operations.stream().filter(operation -> operation.answers(asked))
                .forEach(operation -> allowed.addAll(
                        operation.method().equals("GET") ? List.of("GET", "HEAD") : List.of(operation.method())));
        assertThat(given.status()).as("%s %s: %s", given.method(), given.path(), given.body())
                .isIn(allowed.isEmpty() ? List.of(400, 401, 403, 404, 421) : List.of(400, 401, 403, 405, 421));
        if (given.status() == 405) {
            assertThat(given.header().apply("allow")).isEqualTo(String.join(", ", allowed));
        }
        checkProblem(given);
    }

    /** Fails when the body is not a problem document. */
    public void checkProblem(Given given) {
        JsonNode problem = document.path("components").path("responses").path("BadRequest");
        check(given, problem, given.method() + " " + given.path() + " " + given.status());
    }

    private void check(Given given, JsonNode response, String answer) {
        response.path("headers").properties().stream().filter(header -> resolved(header.getValue()).path("required")
                .booleanValue())
                .forEach(header -> assertThat(given.header().apply(header.getKey().toLowerCase(Locale.ROOT)))
                        .as("header %s of %s", header.getKey(), answer).isNotEmpty());
        if (!response.has("content")) {
            assertThat(given.body()).as("body of %s", answer).isEmpty();
            return;
        }
        String type = given.header().apply("content-type").replaceFirst(";.*", "");
        JsonNode content = response.path("content").path(type);
        assertThat(content.isMissingNode()).as("%s is of type %s", answer, type).isFalse();
        if (!given.method().equals("HEAD")) {
            JsonNode body = type.endsWith("json")
                    ? json(given.body())
                    : JsonNodeFactory.instance.textNode(given.body());
            assertThat(faults(content.path("schema"), body)).as("%s: %s", answer, given.body()).isEmpty();
            if (type.equals(PROBLEM)) {
                assertThat(body.path("status").asInt()).isEqualTo(given.status());
            }
        }
    }

    /** Violations of a schema by a value. */
    public List<String> faults(JsonNode schema, JsonNode value) {
        return schemas.computeIfAbsent(schema, this::compiled).validate(value).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage()).toList();
    }

    private Schema compiled(JsonNode schema) {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", document.path("components"));
        return registry.getSchema(whole);
    }

    /** The node, or its reference resolved. */
    public JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** The schema of a response body; missing when it has none. */
    public JsonNode schema(String method, String path, int status, String type) {
        return resolved(find(method, path).orElseThrow().said().path("responses").path(String.valueOf(status)))
                .path("content").path(type).path("schema");
    }

    public static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    /** The first response on a connection, as text. */
    static Given parsed(String request, String answer) {
        String[] asked = request.split(" ", 3);
        String head = answer.replaceFirst("(?s)\r\n\r\n.*", "");
        Map<String, String> headers = Arrays.stream(head.split("\r\n", -1)).skip(1)
                .map(line -> line.split(":\\s*", 2))
                .collect(Collectors.toMap(line -> line[0].toLowerCase(Locale.ROOT), line -> line[1], (a, _) -> a));
        String body = answer.substring(Math.min(answer.length(), head.length() + 4));
        return new Given(asked[0], asked.length > 1 ? asked[1] : "", Integer.parseInt(head.substring(9, 12)),
                name -> headers.getOrDefault(name, ""), body);
    }
}
