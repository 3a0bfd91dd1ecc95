package framebuffer.vision.source;

import framebuffer.vision.decode.VideoError;

/** Describes FFmpeg's error numbers for users. */
final class FfmpegErrors {
    private FfmpegErrors() {
    }

    /** One line with the reason why an address cannot be opened, and the remedy. */
    static String why(VideoAddress address, int error) {
        return why(address, VideoError.text(error));
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
}
