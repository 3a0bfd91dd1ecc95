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

/** The one JSON reader and writer. Strict: one value, no duplicate names, nothing behind it. */
public final class Json {
    /** Deepest nesting read. What was read is written again inside lists and objects, so this lies well below the writer's 1 000. */
    private static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {
    }

    /** The JSON object in these bytes, or null when they hold anything else. */
    public static @Nullable ObjectNode object(byte[] bytes) {
        return value(bytes) instanceof ObjectNode object ? object : null;
    }

    /** The JSON value in these bytes, or null when they hold none. */
    public static @Nullable JsonNode value(byte[] bytes) {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            return node.isMissingNode() ? null : node;
        } catch (IOException e) {
            // Foreign bytes that are no JSON are an answer here, not a failure.
            return null;
        }
    }

    /** The value as UTF-8. Half a surrogate pair, which JSON can escape and UTF-8 cannot hold, becomes a question mark. */
    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
