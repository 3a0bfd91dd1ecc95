package framebuffer.vision.camera;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a camera does, as known at one moment.
 *
 * @param reason one line for users, without credentials: why the video is unavailable or has ended; empty while opening and playing
 * @param since when this phase began; an outage begins with its first failure, whatever fails later
 * @param lastPicture when the last wanted picture was decoded; null: none yet
 * @param decoder the codec and what decodes it, such as {@code h264 (software)}; empty before the video was opened
 * @param width of the video as it is shown, in pixels; 0 before the first picture
 * @param height of the video as it is shown, in pixels; 0 before the first picture
 * @param picturesPerSecond coded pictures received, measured over the last ten seconds
 * @param framesPerSecond frames published, measured over the last ten seconds
 */
public record CameraState(Phase phase, String reason, Instant since, @Nullable Instant lastPicture, String decoder,
        int width, int height, double picturesPerSecond, double framesPerSecond) {

    /** The phases of a camera. */
    public enum Phase {
        /** No picture has come yet, and nothing has failed. */
        OPENING,
        /** Pictures come. */
        PLAYING,
        /** The video is unavailable; the camera tries again. */
        WAITING,
        /** The camera is closed, its recording has ended, or it cannot go on. */
        ENDED
    }

    static CameraState opening(Instant now) {
        return new CameraState(Phase.OPENING, "", now, null, "", 0, 0, 0, 0);
    }

    /** A picture was decoded. */
    CameraState picture(Instant now, String by, int videoWidth, int videoHeight) {
        return new CameraState(Phase.PLAYING, "", phase == Phase.PLAYING ? since : now, now, by, videoWidth,
                videoHeight, picturesPerSecond, framesPerSecond);
    }

    /** The video is unavailable. */
    CameraState waiting(Instant now, String why) {
        return changed(Phase.WAITING, phase == Phase.WAITING ? since : now, why);
    }

    /** The camera has ended; the first reason stays. */
    CameraState ended(Instant now, String why) {
        return phase == Phase.ENDED ? this : changed(Phase.ENDED, now, why);
    }

    CameraState measured(double pictures, double frames) {
        return new CameraState(phase, reason, since, lastPicture, decoder, width, height, pictures, frames);
    }

    private CameraState changed(Phase next, Instant from, String why) {
        return new CameraState(next, why, from, lastPicture, decoder, width, height, picturesPerSecond,
                framesPerSecond);
    }
}
