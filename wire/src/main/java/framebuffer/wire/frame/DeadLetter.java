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
 * A dead letter (docs/protocol.md 2.6).
 *
 * @param frame the fields of the frame, valid or not
 * @param reason the reason
 * @param detail details in words
 * @param at when the frame ended
 * @param source stream and entry of the frame
 * @param attempt number of attempts; 0: never handed off
 * @param counted whether the ledger counts it; false: it was returned and never handed off
 */
public record DeadLetter(Fields frame, DeadLetterReason reason, String detail, Instant at, DeadLetterSource source,
        int attempt, boolean counted) {
    /** The field with the earlier ends of a requeued frame. */
    public static final String HISTORY = "dead_history";

    /** Maximum number of earlier ends kept, the newest. */
    public static final int MAX_HISTORY = 10;

    /** The camera of frames that name none. */
    public static final String UNKNOWN_CAMERA = "unknown";

    private static final FieldNames ADDED = FieldNames.of("dead_reason", "dead_detail", "dead_at", "dead_source",
            "attempt", "dead_counted");
    private static final IntegerRange ATTEMPTS = new IntegerRange(0, 1_000_000);
    private static final int LONGEST_CAMERA = 256;
    /** Maximum length of a detail in the history, in characters. */
    private static final int REMEMBERED = 300;

    /** A dead letter that the ledger counts. */
    public DeadLetter(Fields frame, DeadLetterReason reason, String detail, Instant at, DeadLetterSource source,
            int attempt) {
        this(frame, reason, detail, at, source, attempt, true);
    }

    /** Why a frame becomes a dead letter. */
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

        /** The reason with this word; null: none. */
        public static @Nullable DeadLetterReason of(@Nullable String word) {
            return Arrays.stream(values()).filter(reason -> reason.word().equals(word)).findAny().orElse(null);
        }
    }

    /** The stream and entry of a frame when it ended. */
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
                // The text is not a source.
                return null;
            }
        }
    }

    /** An earlier end of this frame as a dead letter. */
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
                .put("attempt", Integer.toString(attempt)).putIfPresent("dead_counted", counted ? null : "false")
                .fields();
    }

    /** Parses an entry of the dead-letter stream, or some of its fields; never throws. */
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
                source, attempt, !"false".equals(fields.text("dead_counted"))), reader.problems());
    }

    /** The camera in the ledger for a frame with these fields, valid or not. */
    public static String camera(Fields fields) {
        String camera = fields.text("camera_id");
        return camera == null || camera.isEmpty() || camera.codePointCount(0, camera.length()) > LONGEST_CAMERA
                ? UNKNOWN_CAMERA
                : camera;
    }

    /**
     * The capture id of a frame with these fields, valid or not.
     *
     * @param entry the entry of the frame
     * @param captured whether the entry is in the capture stream, where the producer's fields are ignored
     */
    public static EntryId captureId(Fields fields, EntryId entry, boolean captured) {
        String said = captured ? null : fields.text("capture_id");
        try {
            return said == null ? entry : EntryId.parse(said);
        } catch (IllegalArgumentException e) {
            // Count it as a separate frame.
            return entry;
        }
    }

    /** Whether the frame comes straight from this capture stream and was never handed off. */
    public boolean cameFrom(String captureStream) {
        return source.stream().equals(captureStream);
    }

    /**
     * The capabilities that the frame still needs: the one of its hand-off, or all if it was never handed off; empty: any processor.
     *
     * @param captureStream key of the capture stream
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

    /** The earlier ends of the frame, oldest first, without invalid ones. */
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

    /** The history with this end as the newest, for the requeued frame. */
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
