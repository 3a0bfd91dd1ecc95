package framebuffer.orchestrator.api.site;

import static framebuffer.orchestrator.api.site.Html.code;
import static framebuffer.orchestrator.api.site.Html.line;
import static framebuffer.orchestrator.api.site.Html.link;
import static framebuffer.orchestrator.api.site.Html.paragraphs;
import static framebuffer.orchestrator.api.site.Html.row;
import static framebuffer.orchestrator.api.site.Html.table;
import static framebuffer.orchestrator.api.site.Html.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The description as one self-contained HTML page: without scripts, fonts or pictures. */
final class DocsPage {
    private static final List<String> METHODS = List.of("get", "post", "put", "delete");

    private final JsonNode document;

    private record Operation(String method, String path, JsonNode shared, JsonNode said) {
        String title() {
            return method.toUpperCase(Locale.ROOT) + " " + path;
        }

        String id() {
            return said.path("operationId").asText();
        }
    }

    DocsPage(JsonNode document) {
        this.document = document;
    }

    String html() {
        JsonNode info = document.path("info");
        String style = new String(OpenApiDocument.resource("docs.css"), StandardCharsets.UTF_8);
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
                <title>%1$s API</title>
                <style>
                %2$s</style>
                </head>
                <body>
                <main>
                <h1>%1$s</h1>
                %3$s<p>The same as <a href="openapi.yaml">YAML</a> and as <a href="openapi.json">JSON</a>, for programs.</p>
                <nav>
                %4$s</nav>
                %5$s<h2 id="schemas">Schemas</h2>
                %6$s</main>
                </body>
                </html>
                """
                .formatted(text(info.path("title").asText()), style, paragraphs(info.path("description").asText()),
                        contents(), tags(), schemas());
    }

    private String contents() {
        return children(document.path("tags")).map(tag -> "<p>" + text(tag.path("name").asText()) + "</p>\n<ul>\n"
                + operations(tag).map(operation -> "<li>" + link(operation.id(), operation.title()) + " "
                        + line(operation.said().path("summary").asText()) + "</li>\n").collect(Collectors.joining())
                + "</ul>\n").collect(Collectors.joining());
    }

    private String tags() {
        return children(document.path("tags")).map(tag -> "<h2>" + text(tag.path("name").asText()) + "</h2>\n"
                + paragraphs(tag.path("description").asText())
                + operations(tag).map(this::operation).collect(Collectors.joining())).collect(Collectors.joining());
    }

    private Stream<Operation> operations(JsonNode tag) {
        return document.path("paths").properties().stream()
                .flatMap(path -> METHODS.stream().filter(path.getValue()::has).map(
                        method -> new Operation(method, path.getKey(), path.getValue(), path.getValue().path(method))))
                .filter(operation -> operation.said().path("tags").path(0).equals(tag.path("name")));
    }

    private String operation(Operation operation) {
        JsonNode said = operation.said();
        String parameters = Stream.of(operation.shared(), said).flatMap(place -> children(place.path("parameters")))
                .map(this::resolved)
                .map(parameter -> row(code(parameter.path("name").asText()), text(parameter.path("in").asText()),
                        type(parameter.path("schema")), line(parameter.path("description").asText())))
                .collect(Collectors.joining());
        return "<section id=\"" + text(operation.id()) + "\">\n<h3><b class=\"" + operation.method() + "\">"
                + operation.method().toUpperCase(Locale.ROOT) + "</b> " + code(operation.path()) + "</h3>\n"
                + paragraphs(said.path("summary").asText() + ".") + paragraphs(said.path("description").asText())
                + table(parameters) + body(resolved(said.path("requestBody")))
                + table(said.path("responses").properties().stream().map(this::response)
                        .collect(Collectors.joining()))
                + examples(said) + "</section>\n";
    }

    private String body(JsonNode body) {
        return content(body).map(content -> "<p>Body: " + type(content.getValue().path("schema")) + "</p>\n"
                + example(content.getValue())).collect(Collectors.joining());
    }

    private String response(Map.Entry<String, JsonNode> entry) {
        JsonNode response = resolved(entry.getValue());
        return row("<b>" + text(entry.getKey()) + "</b>", line(response.path("description").asText()),
                content(response).map(content -> type(content.getValue().path("schema")))
                        .distinct().collect(Collectors.joining(", ")));
    }

    /** Examples of the successful responses. */
    private String examples(JsonNode said) {
        return said.path("responses").properties().stream().filter(response -> response.getKey().startsWith("2"))
                .flatMap(response -> content(resolved(response.getValue())))
                .map(content -> example(content.getValue())).collect(Collectors.joining());
    }

    private static String example(JsonNode content) {
        JsonNode example = content.path("example");
        return example.isMissingNode()
                ? ""
                : Html.example(example.isTextual() ? example.asText() : example.toPrettyString());
    }

    private String schemas() {
        return document.path("components").path("schemas").properties().stream()
                .map(schema -> "<section id=\"schema-" + text(schema.getKey()) + "\">\n<h3>" + text(schema.getKey())
                        + "</h3>\n" + paragraphs(schema.getValue().path("description").asText())
                        + (schema.getValue().has("properties")
                                ? members(schema.getValue())
                                : "<p>" + type(schema.getValue()) + "</p>\n")
                        + "</section>\n")
                .collect(Collectors.joining());
    }

    private String members(JsonNode schema) {
        List<String> required = children(schema.path("required")).map(JsonNode::asText).toList();
        return table(schema.path("properties").properties().stream()
                .map(member -> row(code(member.getKey()) + (required.contains(member.getKey()) ? " *" : ""),
                        type(member.getValue()), line(member.getValue().path("description").asText())
                                + nested(member.getValue())))
                .collect(Collectors.joining()));
    }

    private String nested(JsonNode schema) {
        return Stream.of(schema, schema.path("items"), schema.path("additionalProperties"))
                .filter(inner -> inner.has("properties")).map(this::members).collect(Collectors.joining());
    }

    /** A short form of the values that a schema allows. */
    private String type(JsonNode schema) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asText().replaceFirst(".*/", "");
            return link("schema-" + name, name);
        }
        if (schema.has("items")) {
            return "list of " + type(schema.path("items"));
        }
        if (schema.path("additionalProperties").isObject()) {
            return "object of " + type(schema.path("additionalProperties"));
        }
        JsonNode values = schema.has("enum") ? schema.path("enum") : schema.path("type");
        String type = values.isArray()
                ? children(values).map(JsonNode::asText).collect(Collectors.joining(" or "))
                : schema.has("const") ? schema.path("const").asText() : values.asText();
        return text(type) + bounds(schema);
    }

    private static String bounds(JsonNode schema) {
        return Stream.of("minimum", "maximum", "minLength", "maxLength", "pattern").filter(schema::has)
                .map(bound -> ", " + bound + " " + code(schema.path(bound).asText())).collect(Collectors.joining());
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static Stream<Map.Entry<String, JsonNode>> content(JsonNode part) {
        return part.path("content").properties().stream();
    }

    private static Stream<JsonNode> children(JsonNode list) {
        return list.valueStream();
    }
}
