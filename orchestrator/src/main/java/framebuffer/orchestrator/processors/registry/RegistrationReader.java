package framebuffer.orchestrator.processors.registry;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Json;

/** Decodes registrations from requests and from Redis. Limits metadata, because it is stored, shown and read again each second. */
public final class RegistrationReader {
    /** The largest metadata, in bytes as JSON. */
    public static final int MAX_METADATA_BYTES = 16_384;

    /** The deepest metadata, in levels of nesting. */
    public static final int MAX_METADATA_DEPTH = 32;

    private RegistrationReader() {
    }

    /** Decodes a registration; never throws. */
    public static Decoded<Registration> decode(byte[] json) {
        return Registration.decode(json).then(RegistrationReader::bounded);
    }

    private static Decoded<Registration> bounded(Registration registration) {
        if (depth(registration.metadata()) > MAX_METADATA_DEPTH) {
            return Decoded.invalid("metadata", "must be nested at most " + MAX_METADATA_DEPTH + " levels deep");
        }
        if (Json.bytes(registration.metadata()).length > MAX_METADATA_BYTES) {
            return Decoded.invalid("metadata", "must be at most " + MAX_METADATA_BYTES + " bytes as JSON");
        }
        return new Decoded.Valid<>(registration);
    }

    private static int depth(JsonNode node) {
        int deepest = 0;
        for (JsonNode child : node) {
            deepest = Math.max(deepest, depth(child));
        }
        return node.isContainerNode() ? deepest + 1 : 0;
    }
}
