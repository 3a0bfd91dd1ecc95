package framebuffer.wire.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.JsonReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The policy of a camera: which frames are worth sending (docs/adr/0005-flow-control.md).
 *
 * @param keep which waiting frames to send; null: default of the service
 * @param maxAge maximum age; zero: no limit; null: default of the service
 */
public record CameraPolicy(@Nullable Keep keep, @Nullable Duration maxAge) {
    /** A year. */
    private static final IntegerRange AGES = new IntegerRange(0, 31_536_000_000L);

    /** Which waiting frames of a camera to send. */
    public enum Keep {
        ALL, LATEST;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static boolean known(String word) {
            return Arrays.stream(values()).anyMatch(keep -> keep.word().equals(word));
        }
    }

    /** Parses a policy from JSON; never throws. Refuses unknown members, so that a typo is noticed. */
    public static Decoded<CameraPolicy> decode(byte[] json) {
        ObjectNode object = Json.object(json);
        if (object == null) {
            return Decoded.invalid("body", "must be a JSON object");
        }
        JsonReader in = new JsonReader(object);
        in.only(List.of("keep", "max_age_ms"));
        String keep = in.text("keep", Keep::known, "must be all or latest");
        long maxAge = in.integer("max_age_ms", AGES, -1);
        return Decoded.of(new CameraPolicy(keep == null ? null : Keep.valueOf(keep.toUpperCase(Locale.ROOT)),
                maxAge < 0 ? null : Duration.ofMillis(maxAge)), in.problems());
    }

    /** As JSON, without null members. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (keep != null) {
            json.put("keep", keep.word());
        }
        if (maxAge != null) {
            json.put("max_age_ms", maxAge.toMillis());
        }
        return json;
    }

    /** {@link #json} as bytes. */
    public byte[] encode() {
        return Json.bytes(json());
    }
}
