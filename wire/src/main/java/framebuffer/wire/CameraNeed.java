package framebuffer.wire;

/**
 * The unit of affinity routing: the frames of one camera that need one capability.
 *
 * @param camera the camera's id
 * @param capability the capability; empty: frames that name none
 */
public record CameraNeed(String camera, String capability) {
    /** The first line break ends the capability, which contains no control character; the camera's name may. */
    private static final char END = '\n';

    /** The form in Redis. */
    public String encode() {
        return capability + END + camera;
    }

    /** Parses the result of {@link #encode}; any other text counts as a camera. */
    public static CameraNeed parse(String text) {
        int end = text.indexOf(END);
        return end < 0
                ? new CameraNeed(text, "")
                : new CameraNeed(text.substring(end + 1), text.substring(0, end));
    }
}
