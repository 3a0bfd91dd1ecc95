package framebuffer.redis.handoff;

import java.util.Locale;

/**
 * Where frames come from.
 *
 * @param stream
 *            the stream's key
 * @param group
 *            the group of ours in which they are pending; empty for a work queue, whose frames are taken from all its groups
 * @param kind
 *            what the stream is
 */
public record FrameSource(String stream, String group, SourceKind kind) {

    /** What a stream that frames come from is. */
    public enum SourceKind {
        /** The capture stream: frames from here begin their life. Others may read it too. */
        CAPTURE,
        /** Frames that processors gave back. */
        RETURNED,
        /** A work queue, of which frames are taken that its processor will not answer for, read or not. */
        QUEUE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The work queue with this key. */
    public static FrameSource queue(String key) {
        return new FrameSource(key, "", SourceKind.QUEUE);
    }
}
