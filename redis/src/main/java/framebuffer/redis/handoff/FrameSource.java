package framebuffer.redis.handoff;

import java.util.Locale;

/**
 * The source of frames.
 *
 * @param stream the stream's key
 * @param group our group in which they are pending; empty for a work queue, whose frames are taken from all its groups
 * @param kind the kind of stream
 */
public record FrameSource(String stream, String group, SourceKind kind) {

    /** The kind of a source stream. */
    public enum SourceKind {
        /** The capture stream, where frames begin. Other groups may read it too. */
        CAPTURE,
        /** The returned stream. */
        RETURNED,
        /** A work queue, from which frames, read or unread, are taken that its processor will not answer. */
        QUEUE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A work queue as source. */
    public static FrameSource queue(String key) {
        return new FrameSource(key, "", SourceKind.QUEUE);
    }
}
