package framebuffer.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Decoded.FieldProblem;
import framebuffer.wire.text.Decoded.Invalid;
import framebuffer.wire.text.Decoded.Valid;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;

/** The test vectors in {@code golden/}, as our types. */
public final class Golden {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Golden() {
    }

    /** The vectors of a file, by name. */
    public static Stream<Named<JsonNode>> vectors(String file) {
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + file), file)) {
            return StreamSupport.stream(JSON.readTree(in).spliterator(), false)
                    .map(vector -> Named.of(vector.path("name").asText(), vector));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Fields fields(JsonNode object) {
        Fields.Writer fields = new Fields.Writer(32);
        object.properties().forEach(field -> fields.put(utf8(field.getKey()), bytes(field.getValue())));
        return fields.fields();
    }

    /** A value of a field: text, or {@code {"base64": …}}. */
    public static byte[] bytes(JsonNode value) {
        return value.isTextual() ? utf8(value.asText()) : Base64.getDecoder().decode(value.path("base64").asText());
    }

    /** The body of a request: JSON, {@code {"raw": text}} or {@code {"base64": …}}. */
    public static byte[] body(JsonNode body) {
        return body.has("raw") ? utf8(body.path("raw").asText()) : body.has("base64") ? bytes(body) : Json.bytes(body);
    }

    /** Fields as an unordered map, for comparison. */
    public static Map<String, String> sorted(Fields fields) {
        Map<String, String> sorted = new TreeMap<>();
        for (int i = 0; i < fields.size(); i++) {
            sorted.put(new String(fields.name(i), StandardCharsets.ISO_8859_1),
                    new String(fields.value(i), StandardCharsets.ISO_8859_1));
        }
        return sorted;
    }

    public static <T> T valid(Decoded<T> decoded) {
        return switch (decoded) {
            case Valid<T>(T value) -> value;
            case Invalid<T> invalid -> throw new AssertionError("refused: " + invalid.detail());
        };
    }

    /** The names of invalid fields, without duplicates. */
    public static List<String> problems(Decoded<?> decoded) {
        return decoded instanceof Invalid<?>(List<FieldProblem> problems)
                ? problems.stream().map(FieldProblem::field).distinct().toList()
                : List.of();
    }

    public static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    public static @Nullable String text(JsonNode vector, String name) {
        return vector.hasNonNull(name) ? vector.path(name).asText() : null;
    }

    public static Instant moment(JsonNode vector, String name) {
        return Instant.parse(vector.path(name).asText());
    }

    public static TraceContext trace(JsonNode vector, String name) {
        return Objects.requireNonNull(TraceContext.parse(vector.path(name).asText()));
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
