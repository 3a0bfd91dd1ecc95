package framebuffer.vision.source;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avutil;

/** Describes FFmpeg's error numbers for users. */
final class FfmpegErrors {
    private static final int LONGEST = 256;

    private FfmpegErrors() {
    }

    /** One line with the reason why an address cannot be opened, and the remedy. */
    static String why(VideoAddress address, int error) {
        return why(address, text(error));
    }

    /** The same for a reason as text. */
    static String why(VideoAddress address, String reason) {
        return switch (address) {
            case VideoAddress.File(var path) -> "no video in " + path + ": " + reason;
            case VideoAddress.Network network -> "cannot reach " + network + ": " + reason
                    + "; check the address and that the camera is on";
            case VideoAddress.Device device -> "cannot open " + device + ": " + reason
                    + "; check that it is plugged in and not in use";
        };
    }

    static String text(int error) {
        byte[] text = new byte[LONGEST];
        avutil.av_strerror(error, text, LONGEST);
        int end = 0;
        while (end < LONGEST && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }
}
