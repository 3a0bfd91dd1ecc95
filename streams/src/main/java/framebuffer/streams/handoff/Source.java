package framebuffer.streams.handoff;

/**
 * Where frames come from.
 *
 * @param stream
 *            the stream's key
 * @param group
 *            the group in which they are pending
 * @param kind
 *            what the stream is
 */
public record Source(String stream, String group, Kind kind) {

    /** What a stream that frames come from is. */
    public enum Kind {
        /** The capture stream: frames from here begin their life. Others may read it too. */
        CAPTURE,
        /** Frames that processors gave back. */
        RETURNED,
        /** A work queue, of which frames are taken that merely waited there: its processor is gone, or does not get to them. */
        WAITED,
        /** A work queue, of which frames are taken whose processing came to nothing: each is a failed attempt. */
        OVERDUE
    }
}
