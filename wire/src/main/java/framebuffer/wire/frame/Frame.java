package framebuffer.wire.frame;

import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame as an event: the fields of its producer (docs/protocol.md 2.2). Its pixels are elsewhere, or inline in {@link #fields}.
 *
 * @param frameId 1–256 characters; not unique, because a producer may retry
 * @param cameraId 1–256 characters
 * @param timestamp time of capture; by default the time of its stream entry
 * @param priority 0–10, 10 is most urgent
 * @param capabilities capabilities that it needs, without duplicates, at most {@link FrameCodec#MAX_CAPABILITIES}; empty: any processor
 * @param trace the producer's span; null: none, or malformed
 * @param expiresAt time after which the frame is worthless; null: never
 * @param picture properties of the picture
 * @param fields all original fields, byte for byte
 */
public record Frame(String frameId, String cameraId, Instant timestamp, int priority, List<String> capabilities,
        @Nullable TraceContext trace, @Nullable Instant expiresAt, PictureFormat picture, Fields fields) {

    /**
     * Properties of the picture; each is null if the producer did not give it.
     *
     * @param sizeBytes 0 or more
     * @param width in pixels, more than 0
     * @param height in pixels, more than 0
     * @param format such as {@code jpeg}
     */
    public record PictureFormat(@Nullable Long sizeBytes, @Nullable Long width, @Nullable Long height,
            @Nullable String format) {
        static final PictureFormat UNKNOWN = new PictureFormat(null, null, null, null);
    }

    public Frame {
        capabilities = List.copyOf(capabilities);
    }
}
