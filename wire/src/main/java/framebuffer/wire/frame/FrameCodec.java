package framebuffer.wire.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import framebuffer.wire.EntryId;
import framebuffer.wire.Names;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Frame.PictureFormat;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses frames from the fields of a capture stream entry (docs/protocol.md 2.2). Fields that are only forwarded are not decoded. */
public final class FrameCodec {
    /** Maximum number of fields in a valid entry. A Lua script can pass about 8 000 values to one command. */
    public static final int MAX_FIELDS = 1_000;

    /** Maximum number of capabilities of a frame. */
    public static final int MAX_CAPABILITIES = 32;

    private static final NeedsCache KNOWN = new NeedsCache();
    private static final IntegerRange PRIORITIES = new IntegerRange(0, 10);
    private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private FrameCodec() {
    }

    /**
     * Parses a frame, or reports all its faults; never throws.
     *
     * @param id id of its entry in the capture stream, which gives the default timestamp
     */
    public static Decoded<Frame> decode(EntryId id, Fields fields) {
        return decode(id, fields, MAX_FIELDS);
    }

    /** Like {@link #decode}, with another maximum number of fields, for entries to which we added fields. */
    static Decoded<Frame> decode(EntryId id, Fields fields, int most) {
        if (fields.size() > most) {
            return Decoded.invalid("fields", "must be at most " + most + ", not " + fields.size());
        }
        RawFrame raw = new RawFrame(fields);
        FieldReader reader = new FieldReader();
        String frameId = reader.required("frame_id", raw.frameId);
        String cameraId = reader.required("camera_id", raw.cameraId);
        Instant said = reader.moment("timestamp", raw.timestamp);
        Instant timestamp = said == null ? atEntry(id) : said;
        int priority = (int) reader.integer("priority", raw.priority, PRIORITIES, 0);
        List<String> capabilities = capabilities(raw, reader);
        Instant expiresAt = expiry(raw, timestamp, reader);
        PictureFormat picture = picture(raw, reader);
        return Decoded.of(new Frame(frameId, cameraId, timestamp, priority, capabilities, trace(raw), expiresAt,
                picture, fields), reader.problems());
    }

    private static Instant atEntry(EntryId id) {
        boolean written = id.millis() >= 0 && id.millis() <= Timestamps.LATEST_MILLIS;
        return written ? id.time() : Instant.EPOCH;
    }

    private static @Nullable TraceContext trace(RawFrame raw) {
        TraceContext header = raw.traceparent == null
                ? null
                : TraceContext.parse(raw.traceparent);
        return header != null || raw.traceContext == null ? header : TraceContext.parseJson(raw.traceContext);
    }

    private static @Nullable Instant expiry(RawFrame raw, Instant timestamp, FieldReader reader) {
        Instant at = reader.moment("expires_at", raw.expiresAt);
        long ttl = reader.integer("ttl_ms", raw.ttlMs, IntegerRange.NOT_NEGATIVE, -1);
        if (ttl < 0) {
            return at;
        }
        // A time to live above a hundred years counts as none, so that it cannot overflow.
        Instant byTtl = timestamp.plusMillis(Math.min(ttl, 3_155_760_000_000L));
        return at == null || byTtl.isBefore(at) ? byTtl : at;
    }

    private static PictureFormat picture(RawFrame raw, FieldReader reader) {
        long size = reader.integer("size_bytes", raw.sizeBytes, IntegerRange.NOT_NEGATIVE, -1);
        long width = reader.integer("width", raw.width, IntegerRange.POSITIVE, -1);
        long height = reader.integer("height", raw.height, IntegerRange.POSITIVE, -1);
        String format = raw.format == null ? null : reader.text("format", raw.format);
        return size < 0 && width < 0 && height < 0 && format == null
                ? PictureFormat.UNKNOWN
                : new PictureFormat(present(size), present(width), present(height), format);
    }

    private static @Nullable Long present(long number) {
        return number < 0 ? null : number;
    }

    /** The union of the capabilities in the field and in the metadata. */
    private static List<String> capabilities(RawFrame raw, FieldReader reader) {
        List<String> known = KNOWN.find(raw.detectionType, raw.metadata);
        if (known != null) {
            return known;
        }
        int problems = reader.problems().size();
        List<String> named = new ArrayList<>(1);
        if (raw.detectionType != null) {
            String text = reader.text("detection_type", raw.detectionType);
            add(named, "detection_type", text == null ? "" : text, reader);
        }
        if (raw.metadata != null) {
            try (JsonParser json = JSON.createParser(raw.metadata)) {
                metadata(json, named, reader);
            } catch (IOException e) {
                reader.problem("metadata", "must be a JSON object");
            }
        }
        if (named.size() > MAX_CAPABILITIES) {
            reader.problem("metadata", "names more than " + MAX_CAPABILITIES + " capabilities");
        }
        if (reader.problems().size() == problems) {
            KNOWN.remember(raw.detectionType, raw.metadata, named);
        }
        return named;
    }

    private static void metadata(JsonParser json, List<String> named, FieldReader reader) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            reader.problem("metadata", "must be a JSON object");
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "detection_type" -> one(json, value, named, reader);
                case "detection_types" -> list(json, value, named, reader);
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            reader.problem("metadata", "must be one JSON object with nothing behind it");
        }
    }

    private static void one(JsonParser json, JsonToken value, List<String> named, FieldReader reader)
            throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            add(named, "metadata.detection_type", json.getText(), reader);
        } else if (value != JsonToken.VALUE_NULL) {
            reader.problem("metadata.detection_type", "must be text");
            json.skipChildren();
        }
    }

    private static void list(JsonParser json, JsonToken value, List<String> named, FieldReader reader)
            throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            reader.problem("metadata.detection_types", "must be a list of texts");
            json.skipChildren();
            return;
        }
        boolean allText = true;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token == null) {
                throw new IOException("the list does not end");
            }
            if (token == JsonToken.VALUE_STRING) {
                add(named, "metadata.detection_types", json.getText(), reader);
            } else {
                allText = false;
                json.skipChildren();
            }
        }
        if (!allText) {
            reader.problem("metadata.detection_types", "must be a list of texts");
        }
    }

    private static void add(List<String> named, String field, String capability, FieldReader reader) {
        if (capability.isEmpty() || named.contains(capability)) {
            return;
        }
        if (!Names.isCapability(capability)) {
            reader.problem(field, "must name a capability of 1 to 128 characters, not "
                    + FieldReader.shown(capability));
        } else if (named.size() <= MAX_CAPABILITIES) {
            named.add(capability);
        }
    }

    /** The fields that we read, found in one pass; all others are forwarded unread. */
    private static final class RawFrame {
        private static final FieldNames NAMES = FieldNames.of("frame_id", "camera_id", "timestamp", "priority",
                "detection_type", "metadata", "traceparent", "trace_context", "ttl_ms", "expires_at", "size_bytes",
                "width",
                "height", "format");

        private byte @Nullable [] frameId;
        private byte @Nullable [] cameraId;
        private byte @Nullable [] timestamp;
        private byte @Nullable [] priority;
        private byte @Nullable [] detectionType;
        private byte @Nullable [] metadata;
        private byte @Nullable [] traceparent;
        private byte @Nullable [] traceContext;
        private byte @Nullable [] ttlMs;
        private byte @Nullable [] expiresAt;
        private byte @Nullable [] sizeBytes;
        private byte @Nullable [] width;
        private byte @Nullable [] height;
        private byte @Nullable [] format;

        RawFrame(Fields fields) {
            for (int i = 0; i < fields.size(); i++) {
                byte[] value = fields.value(i);
                switch (NAMES.indexOf(fields.name(i))) {
                    case 0 -> frameId = value;
                    case 1 -> cameraId = value;
                    case 2 -> timestamp = value;
                    case 3 -> priority = value;
                    case 4 -> detectionType = value;
                    case 5 -> metadata = value;
                    case 6 -> traceparent = value;
                    case 7 -> traceContext = value;
                    case 8 -> ttlMs = value;
                    case 9 -> expiresAt = value;
                    case 10 -> sizeBytes = value;
                    case 11 -> width = value;
                    case 12 -> height = value;
                    case 13 -> format = value;
                    default -> {
                        // Not a field that we read.
                    }
                }
            }
        }
    }
}
