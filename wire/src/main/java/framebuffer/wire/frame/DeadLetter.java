package framebuffer.wire.frame;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A frame given up on (contract §2.4).
 *
 * @param frame
 *            its fields as they came, readable or not
 * @param reason
 *            why, as one of the known reasons
 * @param detail
 *            why, in words
 * @param at
 *            when
 * @param source
 *            the stream and entry it came from
 * @param attempt
 *            how often it had been tried: 0 when it was never handed off
 */
public record DeadLetter(Fields frame, DeadLetterReason reason, String detail, Instant at, DeadLetterSource source,
        int attempt) {
    /** The field with what had happened to a frame that was handed off again after it was given up on. */
    public static final String HISTORY = "dead_history";

    /** How many of the earlier ends of a frame are remembered, the newest. */
    public static final int MAX_HISTORY = 10;

    /** Under which frames are counted that name no camera. */
    public static final String UNKNOWN_CAMERA = "unknown";

    private static final FieldNames ADDED = FieldNames.of("dead_reason", "dead_detail", "dead_at", "dead_source",
            "attempt");
    private static final IntegerRange ATTEMPTS = new IntegerRange(0, 1_000_000);
    private static final int LONGEST_CAMERA = 256;
    /** How much of a detail is remembered in the history, in characters. */
    private static final int REMEMBERED = 300;

    /** Why a frame is given up on. */
    public enum DeadLetterReason {
        INVALID, NO_PROCESSOR, MAX_ATTEMPTS, REJECTED;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All words, as in a sentence: {@code a, b or c}. */
        public static String words() {
            List<String> words = Arrays.stream(values()).map(DeadLetterReason::word).toList();
            return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
        }

        /** The reason with this word; null: there is none. */
        public static @Nullable DeadLetterReason of(@Nullable String word) {
            return Arrays.stream(values()).filter(reason -> reason.word().equals(word)).findAny().orElse(null);
        }
    }

    /** Where a frame was when it was given up on. */
    public record DeadLetterSource(String stream, EntryId id) {
        @Override
        public String toString() {
            return stream + ' ' + id;
        }

        static @Nullable DeadLetterSource of(@Nullable String text) {
            int space = text == null ? -1 : text.lastIndexOf(' ');
            if (text == null || space <= 0) {
                return null;
            }
            try {
                return new DeadLetterSource(text.substring(0, space), EntryId.parse(text.substring(space + 1)));
            } catch (IllegalArgumentException e) {
                // Whatever stands there, it is no source.
                return null;
            }
        }
    }

    /** An earlier time at which this frame was given up on. */
    public record PastFailure(DeadLetterReason reason, String detail, Instant at, int attempt) {
        static @Nullable PastFailure of(JsonNode json) {
            DeadLetterReason reason = DeadLetterReason.of(json.path("reason").asText());
            Instant at = Timestamps.parse(json.path("at").asText());
            return reason == null || at == null
                    ? null
                    : new PastFailure(reason, json.path("detail").asText(), at,
                            Math.max(0, json.path("attempt").asInt()));
        }
    }

    /** The fields of the entry in the dead-letter stream. */
    public Fields encode() {
        return frame.without(ADDED).put("dead_reason", reason.word()).put("dead_detail", detail)
                .put("dead_at", Timestamps.micros(at)).put("dead_source", source.toString())
                .put("attempt", Integer.toString(attempt)).fields();
    }

    /** Reads an entry of the dead-letter stream, or those of its fields that are at hand; never throws. */
    public static Decoded<DeadLetter> decode(Fields fields) {
        FieldReader reader = new FieldReader();
        DeadLetterReason reason = DeadLetterReason.of(fields.text("dead_reason"));
        if (reason == null) {
            reader.problem("dead_reason", "must be " + DeadLetterReason.words());
        }
        Instant at = reader.moment("dead_at", fields.get("dead_at"));
        if (fields.get("dead_at") == null) {
            reader.problem("dead_at", "is missing");
        }
        DeadLetterSource source = DeadLetterSource.of(fields.text("dead_source"));
        if (source == null) {
            reader.problem("dead_source", "must be a stream and an entry id");
        }
        int attempt = (int) reader.integer("attempt", fields.get("attempt"), ATTEMPTS, 0);
        String detail = fields.text("dead_detail");
        if (reason == null || at == null || source == null) {
            return new Decoded.Invalid<>(reader.problems());
        }
        return Decoded.of(new DeadLetter(fields.without(ADDED).fields(), reason, detail == null ? "" : detail, at,
                source, attempt), reader.problems());
    }

    /** The camera under which a frame with these fields is counted, readable or not. */
    public static String camera(Fields fields) {
        String camera = fields.text("camera_id");
        return camera == null || camera.isEmpty() || camera.codePointCount(0, camera.length()) > LONGEST_CAMERA
                ? UNKNOWN_CAMERA
                : camera;
    }

    /**
     * The id in the capture stream of a frame with these fields, readable or not.
     *
     * @param entry
     *            where it was found
     * @param captured
     *            whether that is an entry of the capture stream itself; there its producer's fields say nothing of it
     */
    public static EntryId captureId(Fields fields, EntryId entry, boolean captured) {
        String said = captured ? null : fields.text("capture_id");
        try {
            return said == null ? entry : EntryId.parse(said);
        } catch (IllegalArgumentException e) {
            // It is counted as what it is: an entry of its own.
            return entry;
        }
    }

    /** Whether it comes straight from this capture stream, and was never handed off. */
    public boolean cameFrom(String captureStream) {
        return source.stream().equals(captureStream);
    }

    /**
     * What it still needs: what it was handed off for, or all that it asks for if it never was; empty: any processor will do.
     *
     * @param captureStream
     *            the key of the capture stream
     */
    public List<String> needs(String captureStream) {
        String capability = cameFrom(captureStream) ? null : frame.text("capability");
        if (capability != null) {
            return capability.isEmpty() ? List.of() : List.of(capability);
        }
        return FrameCodec.decode(source.id(), frame) instanceof Decoded.Valid<Frame>(Frame readable)
                ? readable.capabilities()
                : List.of();
    }

    /** What had happened to it before, the oldest first; what makes no sense of it is left out. */
    public List<PastFailure> history() {
        byte[] said = frame.get(HISTORY);
        JsonNode json = said == null ? null : Json.value(said);
        List<PastFailure> past = new ArrayList<>();
        if (json != null && json.isArray()) {
            json.forEach(one -> {
                PastFailure read = PastFailure.of(one);
                if (read != null) {
                    past.add(read);
                }
            });
        }
        return List.copyOf(past.subList(Math.max(0, past.size() - MAX_HISTORY), past.size()));
    }

    /** The history with this end as the newest, as it travels with the frame when it is handed off again. */
    public String historyJson() {
        List<PastFailure> all = new ArrayList<>(history());
        all.add(new PastFailure(reason, detail, at, attempt));
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (PastFailure past : all.subList(Math.max(0, all.size() - MAX_HISTORY), all.size())) {
            String told = past.detail();
            json.addObject().put("reason", past.reason().word())
                    .put("detail", told.substring(0, told.offsetByCodePoints(0,
                            Math.min(REMEMBERED, told.codePointCount(0, told.length())))))
                    .put("at", Timestamps.micros(past.at())).put("attempt", past.attempt());
        }
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }
}
