package framebuffer.wire;

/**
 * What a processor is assigned with affinity routing: one camera's frames, as far as they need one capability.
 *
 * @param camera
 *            the camera's id
 * @param capability
 *            the capability; empty: of frames that name none
 */
public record CameraNeed(String camera, String capability) {
    /** A capability contains no control character, so that the first line break ends it, whatever the camera is called. */
    private static final char END = '\n';

    /** As it stands in Redis. */
    public String encode() {
        return capability + END + camera;
    }

    /** Reads what {@link #encode} wrote; of another text, all is the camera. */
    public static CameraNeed parse(String text) {
        int end = text.indexOf(END);
        return end < 0
                ? new CameraNeed(text, "")
                : new CameraNeed(text.substring(end + 1), text.substring(0, end));
    }
}
