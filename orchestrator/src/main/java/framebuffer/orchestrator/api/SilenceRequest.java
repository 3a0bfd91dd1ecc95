package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.monitoring.SilenceStore;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.JsonReader;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts to silence, and for how long.
 *
 * @param subject empty: all subjects of the rule
 */
record SilenceRequest(Duration duration, String subject, String reason) {
    private static final int LONGEST_TEXT = 256;
    private static final IntegerRange SECONDS = new IntegerRange(1, SilenceStore.LONGEST.toSeconds());

    /** Decodes a request body; never throws. */
    static Decoded<SilenceRequest> decode(byte[] body) {
        ObjectNode json = Json.object(body);
        if (json == null) {
            return Decoded.invalid("body", "must be a JSON object");
        }
        JsonReader reader = new JsonReader(json);
        reader.only(List.of("duration", "subject", "reason"));
        if (!json.hasNonNull("duration")) {
            reader.problem("duration", "is missing");
        }
        long seconds = reader.integer("duration", SECONDS, 1);
        return Decoded.of(new SilenceRequest(Duration.ofSeconds(seconds), text(reader, "subject"),
                text(reader, "reason")), reader.problems());
    }

    private static String text(JsonReader reader, String field) {
        @Nullable
        String text = reader.text(field, given -> given.codePointCount(0, given.length()) <= LONGEST_TEXT,
                "must be a text of at most " + LONGEST_TEXT + " characters");
        return text == null ? "" : text;
    }
}
