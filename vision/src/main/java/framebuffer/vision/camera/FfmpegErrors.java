package framebuffer.vision.camera;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FrameGrabber;

/** What FFmpeg's error numbers mean, for people. */
final class FfmpegErrors {
    private static final Pattern NUMBER = Pattern.compile("error (-\\d+)");
    private static final int LONGEST = 256;

    private FfmpegErrors() {
    }

    /** Why an address cannot be opened, and what to do: one line. */
    static String why(VideoAddress address, FrameGrabber.Exception e) {
        String reason = reason(e);
        return switch (address) {
            case VideoAddress.File(var path) -> "no video in " + path + ": " + reason;
            case VideoAddress.Network network -> "cannot reach " + network + ": " + reason
                    + "; check the address and that the camera is on";
            case VideoAddress.Device device -> "cannot open " + device + ": " + reason
                    + "; check that it is plugged in and not in use";
        };
    }

    private static String reason(FrameGrabber.Exception e) {
        Matcher number = NUMBER.matcher(String.valueOf(e.getMessage()));
        if (!number.find()) {
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown");
        }
        byte[] text = new byte[LONGEST];
        avutil.av_strerror(Integer.parseInt(number.group(1)), text, LONGEST);
        int end = 0;
        while (end < LONGEST && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, java.nio.charset.StandardCharsets.UTF_8);
    }
}
