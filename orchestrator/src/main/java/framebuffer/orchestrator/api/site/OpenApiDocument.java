package framebuffer.orchestrator.api.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The description of the REST API as OpenAPI 3.1: written by hand in YAML; other forms are derived from it. */
public final class OpenApiDocument {
    /** The document uses many aliases; the parser's default limit is meant for untrusted documents. */
    private static final int MOST_ALIASES = 1_000;

    private OpenApiDocument() {
    }

    /** The YAML as written. */
    public static byte[] yaml() {
        return resource("openapi.yaml");
    }

    /** The document as a tree without aliases; references remain. The first call takes some hundred milliseconds. */
    public static JsonNode document() {
        LoadSettings settings = LoadSettings.builder().setMaxAliasesForCollections(MOST_ALIASES).build();
        return tree(new Load(settings).loadFromString(new String(yaml(), StandardCharsets.UTF_8)));
    }

    static byte[] resource(String name) {
        try (InputStream in = OpenApiDocument.class.getResourceAsStream("/framebuffer/orchestrator/api/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode tree(@Nullable Object value) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (value) {
            case Map<?, ?> map -> {
                ObjectNode object = json.objectNode();
                map.forEach((name, member) -> object.set((String) name, tree(member)));
                yield object;
            }
            case List<?> list -> {
                ArrayNode array = json.arrayNode();
                list.forEach(item -> array.add(tree(item)));
                yield array;
            }
            case String text -> json.textNode(text);
            case Boolean truth -> json.booleanNode(truth);
            case Integer number -> json.numberNode(number);
            case Long number -> json.numberNode(number);
            case Double number -> json.numberNode(number);
            case null -> json.nullNode();
            default -> throw new IllegalStateException("no JSON: " + value.getClass());
        };
    }
}
