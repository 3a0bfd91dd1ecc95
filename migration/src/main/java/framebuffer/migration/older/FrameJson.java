package framebuffer.migration.older;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/**
 * A frame as the older service gave it to its processors: text, but sizes and the priority as numbers, and what is JSON as JSON. Bytes that
 * are no text, such as pixels, are in base64. Names that begin with an underscore are left out.
 */
final class FrameJson {
    private static final Set<String> NUMBERS = Set.of("width", "height", "size_bytes", "priority");
    private static final Set<String> OBJECTS = Set.of("metadata", "trace_context");

    private FrameJson() {
    }

    static ObjectNode of(Fields fields) {
        ObjectNode frame = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < fields.size(); i++) {
            String name = new String(fields.name(i), StandardCharsets.UTF_8);
            if (!name.startsWith("_")) {
                frame.set(name, value(name, fields.value(i)));
            }
        }
        return frame;
    }

    private static JsonNode value(String name, byte[] value) {
        ObjectNode object = OBJECTS.contains(name) ? Json.object(value) : null;
        if (object != null) {
            return object;
        }
        JsonNodeFactory json = JsonNodeFactory.instance;
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
            return NUMBERS.contains(name) && text.matches("-?\\d{1,15}")
                    ? json.numberNode(Long.parseLong(text))
                    : json.textNode(text);
        } catch (CharacterCodingException e) {
            // It is no text.
            return json.textNode(Base64.getEncoder().encodeToString(value));
        }
    }
}
