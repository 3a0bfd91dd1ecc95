package framebuffer.wire.frame;

import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame as an event: what its producer said of it (contract §2.1). Its pixels are elsewhere or inline among {@link #fields}.
 *
 * @param frameId
 *            1–256 characters; two frames may bear the same (a producer that retried)
 * @param cameraId
 *            1–256 characters
 * @param timestamp
 *            when it was captured; the time of its stream entry when the producer did not say
 * @param priority
 *            0–10, 10 is most urgent
 * @param capabilities
 *            what it needs, each once, at most {@link FrameCodec#MAX_CAPABILITIES}; empty: any processor will do
 * @param trace
 *            the producer's span; null when it gave none or a malformed one
 * @param expiresAt
 *            past it the frame is worth nothing; null: it keeps
 * @param picture
 *            what is known of the picture
 * @param fields
 *            every field as it came, byte for byte
 */
public record Frame(String frameId, String cameraId, Instant timestamp, int priority, List<String> capabilities,
        @Nullable TraceContext trace, @Nullable Instant expiresAt, PictureFormat picture, Fields fields) {

    /**
     * What the producer said of the picture; each part is null when it did not.
     *
     * @param sizeBytes
     *            0 or more
     * @param width
     *            in pixels, more than 0
     * @param height
     *            in pixels, more than 0
     * @param format
     *            such as {@code jpeg}
     */
    public record PictureFormat(@Nullable Long sizeBytes, @Nullable Long width, @Nullable Long height,
            @Nullable String format) {
        static final PictureFormat UNKNOWN = new PictureFormat(null, null, null, null);
    }

    public Frame {
        capabilities = List.copyOf(capabilities);
    }
}
