package framebuffer.wire.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The only JSON reader and writer. Strict: one value, no duplicate names, no trailing content. */
public final class Json {
    /** Maximum nesting when reading. Values are written again within other values, so this is well below the writer's 1 000. */
    private static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {
    }

    /** The JSON object in these bytes; null: not a JSON object. */
    public static @Nullable ObjectNode object(byte[] bytes) {
        return value(bytes) instanceof ObjectNode object ? object : null;
    }

    /** The JSON value in these bytes; null: not JSON. */
    public static @Nullable JsonNode value(byte[] bytes) {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            return node.isMissingNode() ? null : node;
        } catch (IOException e) {
            // Invalid JSON in foreign bytes is a normal result.
            return null;
        }
    }

    /** The value as UTF-8. A lone surrogate, which UTF-8 cannot represent, becomes a question mark. */
    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
