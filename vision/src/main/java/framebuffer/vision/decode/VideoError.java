package framebuffer.vision.decode;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avutil;

/** Describes FFmpeg's error numbers. */
public final class VideoError {
    private static final int LONGEST = 256;

    private VideoError() {
    }

    /** FFmpeg's own words for an error. */
    public static String text(int error) {
        byte[] text = new byte[LONGEST];
        avutil.av_strerror(error, text, LONGEST);
        int end = 0;
        while (end < LONGEST && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }
}
